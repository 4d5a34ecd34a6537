"""Random portal × mood for as long as is asked for: does anybody ever tell what the portals' ledgers do not?

Everything a round does is drawn from its seed and its number alone, so that one round can be played again.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError

from scripts.stage import story
from scripts.stage.portal import LOGIN, account, practice_portal
from scripts.stage.theatre import CARRIER, Theatre, theatre
from scripts.stage.waiting import NeverHappenedError, until
from scripts.trials.extension import Extension
from scripts.trials.reckoning import Saved, differences, surplus
from scripts.trials.rounds import LOGINS, MOODS, Counts, Plan, Round, count

SITTING = 8
"""Rounds that are played in one browser; then everything is compared, and the next one is started."""
BROWSERS = ["chromium", "chromium", "firefox"]


@dataclass
class Outcome:
    """What a soak did. All promises hold when `differences` is empty."""

    seed: int
    rounds: int = 0
    saves: int = 0
    played: Counts = field(default_factory=dict)
    """Rounds by portal × moods."""
    actions: Counts = field(default_factory=dict)
    """What the clerks did, and the blows."""
    differences: list[str] = field(default_factory=list)
    seconds: float = 0


def soak(directory: Path, packages: Path, minutes: float, seed: int, first: int = 0) -> Outcome:
    """Play rounds for so many minutes, beginning with the round `first`; always whole ones, at least one.

    A round that comes to no end is a difference; what follows is played on a new stage.
    """
    began = time.monotonic()
    outcome = Outcome(seed)
    trial = _Trial(outcome, first, began + minutes * 60)
    while trial.goes_on():
        folder = directory / f"stage-{trial.round}"
        folder.mkdir()
        with _stages(folder, packages) as stages:
            saves: list[Saved] = []
            while trial.goes_on() and trial.sitting(stages, saves):
                pass
    outcome.seconds = round(time.monotonic() - began, 1)
    return outcome


@contextmanager
def _stages(folder: Path, packages: Path) -> Iterator[dict[str, Theatre]]:
    """One theatre, looked at from each portal; all of the portals' clerks have accounts in it."""
    with ExitStack() as stack:
        stage = stack.enter_context(theatre(folder, packages))
        stages = {CARRIER: stage}
        for carrier in MOODS.keys() - {CARRIER}:
            portal = stack.enter_context(practice_portal(carrier, folder))
            stages[carrier] = replace(stage, carrier=carrier, portal=portal)
        for carrier, logins in LOGINS.items():
            for login in logins:
                if (carrier, login) != (CARRIER, LOGIN):  # whose account the theatre makes
                    stage.office.post("accounts", account(carrier, stages[carrier].portal.origin, login))
        yield stages


class _Trial:
    """The rounds played so far."""

    def __init__(self, outcome: Outcome, first: int, deadline: float) -> None:
        self._outcome = outcome
        self._deadline = deadline
        self.round = first

    def goes_on(self) -> bool:
        """Whether there is time for another round."""
        return not self._outcome.rounds or time.monotonic() < self._deadline

    def sitting(self, stages: dict[str, Theatre], saves: list[Saved]) -> bool:
        """Some rounds in one browser, then the comparison; False when a round came to no end."""
        stage, whole = stages[CARRIER], True
        # By its number, so that a single round is played in the browser that it was played in before.
        kind = random.Random(f"{self._outcome.seed} {self.round // SITTING}").choice(BROWSERS)
        with stage.browser(kind) as browser:
            patterns = {each.portal_pattern for each in stages.values()}
            until(lambda: patterns <= set(browser.registered()), "page scripts in all portals")
            there: dict[str, str] = {}
            while whole and self.goes_on():
                plan = Plan.drawn(self._outcome.seed, self.round)
                _say(f"{plan} in {kind}")
                whole = self._play(plan, Round(plan, stages, browser, there, self._outcome.actions), saves)
                self.round += 1
                if self.round % SITTING == 0:
                    break
            self._compare(stages, saves, whole)
        return whole

    def _play(self, plan: Plan, played: Round, saves: list[Saved]) -> bool:
        began, whole = time.monotonic(), True
        try:
            saves.append(played.play())
        except (NeverHappenedError, RuntimeError, PlaywrightError) as error:
            whole = False
            self._found([f"{plan}: {type(error).__name__}: {str(error)[:300]}"])
            played.photograph()
        self._found(f"{plan}: {told}" for told in played.told)
        self._outcome.rounds += 1
        self._outcome.saves += whole
        count(self._outcome.played, plan.scene)
        _say(f"  {'played' if whole else 'BROKEN OFF'} in {time.monotonic() - began:.1f} s")
        return whole

    def _compare(self, stages: dict[str, Theatre], saves: Sequence[Saved], whole: bool) -> None:
        self._found(differences(saves))
        if whole:
            self._found(surplus(list(stages.values()), saves))
            self._found(_kept(stages[CARRIER]))
        _say(f"compared {len(saves)} saves with the ledgers")

    def _found(self, told: Sequence[str] | Iterator[str]) -> None:
        for one in told:
            sentence = f"seed {self._outcome.seed}, {one}"
            if sentence not in self._outcome.differences:
                self._outcome.differences.append(sentence)
                _say(sentence)


def _kept(stage: Theatre) -> Iterator[str]:
    """What the daemon has acknowledged and not handed over."""
    extension = Extension(stage.desk.socket)
    extension.connect()
    try:
        until(lambda: extension.waiting() == 0, "everything acknowledged is delivered", story.MINUTE)
    except NeverHappenedError:
        yield f"{extension.waiting()} acknowledged events are not delivered"
    finally:
        extension.disconnect()


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
