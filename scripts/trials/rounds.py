"""One round of a soak: a car at one portal in one mood, drawn by chance and taken as far as that says."""

import json
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError

from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.blows import kill_hosts, restart_daemon
from scripts.stage.browser import Browser, Tab
from scripts.stage.clerk import Car, Clerk
from scripts.stage.cpic_clerk import PAGES
from scripts.stage.life import LIVES, Life
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from scripts.trials.reckoning import Saved

Counts = dict[str, int]
LOGINS = {
    "picc": ["clerk01", "clerk02"],
    "cpic": ["clerk01", "clerk02"],
    "pingan": ["WANGLI001", "CHENMIN002"],
}
"""The clerks of each portal; all of them have an account."""
HOMES = {"picc": "/prpall/index.do", "cpic": f"{PAGES}/common/index.html", "pingan": ""}
"""Where somebody who is logged in begins."""
CALM: list[list[str]] = [[], ["network_only"], ["page_only"], ["late_query=2"], ["busy_grid", "strict_csp"]]
ENDING = ["logged_out"]
"""The session ends with the save; the clerk logs in again."""
LOGIN_PAGE = ["html_instead_of_json"]
"""Queries get the log-in page, though somebody is logged in."""
PASSING: list[list[str]] = [["save_refused"], ["maintenance"], LOGIN_PAGE, ENDING]
"""What has to pass before anything comes of a save."""

MOODS: dict[str, list[list[str]]] = {
    "picc": [
        *CALM,
        *PASSING,
        ["alerts"],
        ["written_windows"],
        ["brief_messages", "slow_query=3"],
        ["duplicate_answer"],
    ],
    "cpic": [*CALM, *PASSING, ["encrypted", "strict_csp"], ["duplicate_answer"], ["slow_query=3"]],
    "pingan": [
        *CALM,
        ["save_refused"],
        ["maintenance"],
        ENDING,
        ["brief_messages", "page_only"],
        ["brief_messages"],
        ["slow_query=3"],
    ],
}
"""What each portal does to a save."""
LATER: dict[str, list[list[str]]] = {
    "picc": [[], ["one_line_refused"], ["late_query=2"], ["busy_grid"]],
    "cpic": [[], ["one_line_refused"], ["canvas_qr"], ["duplicate_answer"]],
    "pingan": [[], ["one_line_refused"], ["canvas_qr", "pushed_result=0.5"]],
}
"""What each portal does to what follows."""
ANSWERS = ["yes", "download_only", "download_only", "cancel"]
DEEDS = ["nothing", "change", "download", "delete", "submit", "fetch_code", "pay"]
"""How far the clerk goes with a car; the last three one after another."""
BLOWS = {"hosts": kill_hosts, "daemon": restart_daemon}
OTHER_CLERK = "other clerk"
INTERRUPTIONS = [*[""] * 4, *BLOWS, OTHER_CLERK]
"""What happens between a save and its answer, or right after that."""


def count(counts: Counts, what: str) -> None:
    """Count one more."""
    counts[what] = counts.get(what, 0) + 1


@dataclass(frozen=True)
class Plan:
    """What is to happen in a round."""

    seed: int
    number: int
    carrier: str
    moods: list[str]
    login: str
    other: str
    """The portal's other clerk."""
    answer: str
    interruption: str
    late: bool
    """The blow falls after the answer, not before."""
    deed: str
    later: list[str]

    @classmethod
    def drawn(cls, seed: int, number: int) -> "Plan":
        """The same plan each time."""
        chance = random.Random(f"{seed} round {number}")
        carrier = chance.choice(list(MOODS))
        moods, later = chance.choice(MOODS[carrier]), chance.choice(LATER[carrier])
        login, other = chance.sample(LOGINS[carrier], 2)
        interruption, deed = chance.choice(INTERRUPTIONS), chance.choice(DEEDS)
        if moods in PASSING:
            interruption = ""
        elif interruption == OTHER_CLERK:
            moods = ["late_query=3"]  # else the query is answered before anybody could log out
        if "encrypted" in moods:
            later = moods  # its page goes on in ciphertext
        if moods == ENDING or interruption == OTHER_CLERK:
            deed = "nothing"  # the page behind the save is of a session that is over
        answer, late = chance.choice(ANSWERS), chance.random() < 0.5
        return cls(seed, number, carrier, moods, login, other, answer, interruption, late, deed, later)

    def __str__(self) -> str:
        what = [self.scene, self.login, self.answer, self.deed, *self.later, self.interruption]
        return f"round {self.number} ({', '.join(filter(None, what))})"

    @property
    def scene(self) -> str:
        """Portal × moods."""
        return f"{self.carrier} × {' + '.join(self.moods) or 'no mood'}"


class Round:
    """A plan and those who play it."""

    def __init__(
        self, plan: Plan, stages: dict[str, Theatre], browser: Browser, there: dict[str, str], actions: Counts
    ) -> None:
        """`there` says who is logged in at which portal, `actions` what was done how often; both are kept."""
        self._plan, self._there, self._actions = plan, there, actions
        self.told: list[str] = []
        """What did not fit together, before anything else could change it."""
        self._behind = plan.interruption == OTHER_CLERK or plan.moods in PASSING[1:]
        """Another tab was opened over the question: it is answered unseen, so nobody tells it was shown."""
        self._car = Car.invent((plan.seed, plan.number))
        self._stage = stages[plan.carrier]
        others = [_host(one.portal.origin) for name, one in stages.items() if name != plan.carrier]
        self._browser = Side(browser, tuple(others))

    def play(self) -> Saved:
        """Play it. Raises NeverHappenedError and others when it comes to no end."""
        clerk = self._enter()
        self._stage.portal.mood(*self._plan.moods)
        event, tab = self._save(clerk)
        saved = Saved(self._plan.number, self._stage, event, self._plan.answer)
        self._strike(late=False)
        self._decide(clerk, saved)
        if self._plan.answer != "cancel":
            self._go_on(saved, LIVES[self._plan.carrier](self._stage, clerk, tab, event["numbers"]))
        self._stage.portal.mood()
        self._tidy()
        return saved

    def photograph(self) -> None:
        """Keep what stood before the clerk, and all that the management system tells, beside the ledgers."""
        folder = self._stage.folder / f"round-{self._plan.number}"
        folder.mkdir()
        for place, tab in enumerate(self._browser.tabs()):
            with suppress(RuntimeError, PlaywrightError):  # a window may be closing
                tab.screenshot(folder / f"{place}.png")
        told = json.dumps(self._stage.office.rows("timeline"), ensure_ascii=False, indent=1)
        (folder / "timeline.json").write_text(told, encoding="utf-8")

    def _enter(self) -> Clerk:
        """Be logged in as this round's clerk: whoever was there before leaves."""
        clerk, before = self._clerk(self._plan.login), self._there.get(self._plan.carrier)
        if before == self._plan.login:
            self._open_home()
        else:
            if before:
                self._open_home()
                self._leave(self._clerk(before))
                self._tidy()
                self._count("account switched")
            clerk.log_in()
        self._there[self._plan.carrier] = self._plan.login
        return clerk

    def _save(self, clerk: Clerk) -> tuple[dict[str, Any], Tab]:
        """Save, and let pass what has to pass; the portal's record, and the tab it was entered in."""
        portal = self._stage.portal
        before, refused = len(portal.ledger("save")), len(portal.ledger("save_refused"))
        self._count("save")
        tab = clerk.quote(self._car)
        if "save_refused" in self._plan.moods:
            until(lambda: len(portal.ledger("save_refused")) > refused, "the portal refuses", story.MINUTE)
            portal.mood()
            clerk.save(tab)
        event = story.saved(self._stage, before)
        number = event["numbers"][0]
        if self._plan.moods == ENDING:
            story.told(self._stage, number, "waiting_session")
            portal.mood()
            self._clerk(self._plan.login).log_in()
        elif self._plan.moods in (["maintenance"], LOGIN_PAGE):
            failed = ("query_failed", "waiting_session")
            until(lambda: self._tells(number, *failed), "a query fails", story.MINUTE)
            portal.mood()
            self._open_home()  # a clerk would look whether it is over
        elif self._plan.interruption == OTHER_CLERK:
            self._another_looks_in(clerk, number)
        return event, tab

    def _another_looks_in(self, clerk: Clerk, number: str) -> None:
        """Another clerk logs in where this one was: nothing may be asked in that session."""
        self._count(OTHER_CLERK)
        self._leave(clerk)
        other = self._clerk(self._plan.other)
        other.log_in()
        until(lambda: self._tells(number, "waiting_session", "asked_"), "the session is missed", story.MINUTE)
        self._leave(other)
        clerk.log_in()

    def _decide(self, clerk: Clerk, saved: Saved) -> None:
        """Answer the question, and compare what everybody tells of it."""
        clerk.question(within=story.MINUTE)
        customer = self._car.owner if self._plan.answer == "yes" else None
        clerk.answer(self._plan.answer, customer, self._car.phone)
        self._count(f"answered {self._plan.answer}")
        self._strike(late=True)
        if self._plan.answer == "cancel":
            story.told(self._stage, saved.number, "answered_cancel")
            return
        story.filed(self._stage, saved.number)
        told = disagreements(self._stage, saved.event)
        self.told += [one for one in told if not (self._behind and "no question_shown" in one)]
        self.told += once(self._stage, saved.event, daemon_died=self._plan.interruption == "daemon")

    def _go_on(self, saved: Saved, life: Life) -> None:
        """Take the car as far as this round does."""
        if self._plan.deed == "nothing":
            return
        self._stage.portal.mood(*self._plan.later)
        if self._plan.deed in ("submit", "fetch_code", "pay"):
            self._underwrite(saved, life)
        elif self._plan.deed == "change":
            self._change(saved, life)
        elif self._plan.deed == "download":
            self._download(saved, life)
        else:
            self._count("delete")
            life.delete()
            saved.becomes("VOID")

    def _underwrite(self, saved: Saved, life: Life) -> None:
        self._count("submit")
        life.submit()
        if "one_line_refused" in self._plan.later:
            until(lambda: _underwritten(saved.proposals()[0]), "what was refused", story.MINUTE)
            return
        life.clerk.answer("no")
        saved.becomes("UW_PASSED")
        if self._plan.deed == "submit":
            return
        self._count("fetch_code")
        life.fetch_code()
        life.clerk.answer("no")
        saved.becomes("AWAIT_PAY")
        if self._plan.deed == "pay":
            self._count("pay")
            life.pay(self._stage.portal.ledger("pay_code")[-1])
            saved.becomes("ISSUED")

    def _change(self, saved: Saved, life: Life) -> None:
        self._count("change")
        before = len(self._stage.portal.ledger("save"))
        life.clerk.change_price(life.tab, 98_000)
        life.clerk.save(life.tab)
        again = story.saved(self._stage, before)
        story.told(self._stage, saved.number, "quote_changed")
        proposal = story.filed(self._stage, saved.number)
        premium = sum(line["premium"] for line in again["lines"])
        if again["numbers"] != saved.event["numbers"] or proposal["premium"] != premium:
            self.told.append(f"changed to {again['numbers']}, {premium} fen: stored {proposal['premium']}")

    def _download(self, saved: Saved, life: Life) -> None:
        self._count("download")
        life.download()

        def done() -> bool:
            rows = saved.proposals()[0]["downloads"]
            return any(row["source"].startswith("quick_") and row["state"] == "done" for row in rows)

        until(done, "the download behind the row", story.MINUTE)

    def _strike(self, *, late: bool) -> None:
        if self._plan.interruption in BLOWS and self._plan.late == late:
            self._count(f"killed {self._plan.interruption}")
            BLOWS[self._plan.interruption](self._stage)

    def _open_home(self) -> None:
        self._browser.open(self._stage.portal.origin + HOMES[self._plan.carrier])

    def _leave(self, clerk: Clerk) -> None:
        before = len(self._stage.portal.ledger("logout"))
        clerk.log_out()
        until(lambda: len(self._stage.portal.ledger("logout")) > before, "the portal has heard of it")

    def _tidy(self) -> None:
        for tab in self._browser.tabs()[1:]:
            tab.close()

    def _tells(self, number: str, *heads: str) -> bool:
        return any(step["kind"].startswith(heads) for step in self._stage.timeline(number))

    def _clerk(self, login: str) -> Clerk:
        return self._stage.clerk(self._browser, login)

    def _count(self, action: str) -> None:
        count(self._actions, action)


@dataclass(frozen=True)
class Side:
    """A browser without the tabs of the `others`, hosts of other portals."""

    browser: Browser
    others: tuple[str, ...]

    def open(self, url: str) -> Tab:
        return self.browser.open(url)

    def tabs(self) -> Sequence[Tab]:
        return [tab for tab in self.browser.tabs() if not self._foreign(tab)]

    def _foreign(self, tab: Tab) -> bool:
        main = next(iter(tab.frames()), None)  # none: it closed while we looked
        return main is not None and _host(main.url).endswith(self.others)

    def extension_url(self, page: str) -> str:
        return self.browser.extension_url(page)

    def registered(self) -> list[str]:
        return self.browser.registered()

    def kill(self) -> None:
        self.browser.kill()


def _underwritten(proposal: dict[str, Any]) -> bool:
    return any(step["kind"] == "underwriting_refused" for step in proposal["timeline"])


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
