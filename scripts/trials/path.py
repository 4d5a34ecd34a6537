"""Blows at random points of the main job, with a real browser: does every quote still become one proposal?"""

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.blows import kill_hosts, restart_daemon
from scripts.stage.browser import Browser
from scripts.stage.clerk import Clerk
from scripts.stage.theatre import Theatre, theatre
from scripts.stage.waiting import NeverHappenedError, until

Victim = Literal["host", "daemon", "browser"]
KILLS: dict[str, dict[Victim, int]] = {
    "small": {"host": 20, "daemon": 20, "browser": 5},
    "full": {"host": 200, "daemon": 200, "browser": 50},
}
"""How often each victim is killed: by the tests, and where all is measured that is promised."""
WINDOW = 1.5
"""Seconds after a gesture within which the blow falls; the path takes about as long."""
SEEN_WITHIN = 30.0
"""Seconds within which another browser asks about what the killed one knew."""


@dataclass(frozen=True)
class Outcome:
    """What a trial of the path did. All promises hold when `troubles` is empty."""

    victim: Victim
    kills: int
    filed: int
    """Saves that became exactly one proposal, as the portal's ledger has it."""
    unseen: int
    """Saves whose browser died before it knew of them; the clerk saves again."""
    troubles: list[str]
    seconds: float

    @property
    def good(self) -> bool:
        """Every save was filed once; only a browser may have forgotten some, and only few of them."""
        forgivable = self.kills // 5 + 1 if self.victim == "browser" else 0
        return not self.troubles and self.filed + self.unseen == self.kills and self.unseen <= forgivable


def path(directory: Path, packages: Path, victim: Victim, kills: int, seed: int) -> Outcome:
    """Play the main job `kills` times; each time `victim` is killed after the save or after the answer."""
    began = time.monotonic()
    trial = _Trial(random.Random(seed))
    with theatre(directory, packages) as stage:
        if victim == "browser":
            for _ in range(kills):
                trial.with_a_new_browser(stage)
        else:
            blow = kill_hosts if victim == "host" else restart_daemon
            with stage.browser("chromium") as browser:
                clerk = stage.clerk(browser)
                clerk.log_in()
                for _ in range(kills):
                    trial.play(stage, clerk, lambda: blow(stage))
        troubles = []
        for save in trial.saves:
            troubles += disagreements(stage, save)
            troubles += once(stage, save, daemon_died=victim == "daemon")
    return Outcome(victim, kills, len(trial.saves), trial.unseen, troubles, time.monotonic() - began)


class _Trial:
    """The saves made so far and the chance that times the blows."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.saves: list[dict[str, Any]] = []
        self.unseen = 0

    def play(self, stage: Theatre, clerk: Clerk, blow: Callable[[], None]) -> None:
        """One job with one blow, in a browser that lives."""
        after_the_answer = self._chance.random() < 0.5
        save, entry = story.quote(stage, clerk)
        if not after_the_answer:
            self._strike(blow)
        clerk.question(within=story.MINUTE)
        clerk.answer("download_only")
        if after_the_answer:
            self._strike(blow)
        story.filed(stage, save["numbers"][0])
        self.saves.append(save)
        entry.close()

    def with_a_new_browser(self, stage: Theatre) -> None:
        """One job whose browser is killed, and which another browser on the same profile finishes."""
        after_the_answer = self._chance.random() < 0.5
        with ExitStack() as stack:
            browser: Browser = stack.enter_context(stage.browser("chromium"))
            clerk = stage.clerk(browser)
            clerk.log_in()
            save, _ = story.quote(stage, clerk)
            if after_the_answer:
                clerk.answer("download_only")
            self._strike(browser.kill)
        with stage.browser("chromium") as browser:
            clerk = stage.clerk(browser)
            clerk.log_in()
            self._finish(stage, clerk, save)

    def _finish(self, stage: Theatre, clerk: Clerk, save: dict[str, Any]) -> None:
        number = save["numbers"][0]

        def answered() -> bool:
            return any(step["kind"].startswith("answered_") for step in stage.timeline(number))

        # What nobody had seen of an earlier save may be asked about first: the browser had a note of it. And
        # an answer given before the blow may still be on its way.
        while not answered():
            try:
                until(lambda: answered() or bool(clerk.questions()), "a question, or its answer", SEEN_WITHIN)
            except NeverHappenedError:
                if stage.timeline(number):
                    raise
                self.unseen += 1
                return
            if not answered():
                clerk.answer("download_only")
        story.filed(stage, number)
        self.saves.append(save)

    def _strike(self, blow: Callable[[], None]) -> None:
        time.sleep(self._chance.random() * WINDOW)
        blow()
