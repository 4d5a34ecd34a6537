"""Scripts of a portal's page that lie, spy and press by themselves get nothing (notes in hostile/)."""

from dataclasses import replace
from typing import Any

import pytest

from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.browser import Browser, Frame, Tab
from scripts.stage.clerk import Car
from scripts.stage.firefox import UUID
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import NeverHappenedError, until
from tests import leaks
from tests.browser.conftest import BROWSERS, Stage
from tests.browser.false_portal import ENTRY
from tests.browser.hostile.stage import (
    AFTER,
    BEFORE,
    KINDS,
    Played,
    covered,
    hostile_tab,
    press_blindly,
)
from tests.browser.test_hands import keep_password

CUSTOMER, PHONE = "欧阳示范客户", "13812345678"
IN_THE_KEYRING = "nur-im-Schluesselbund-7391"
NUMBERS = {name: f"TDAA{7 * 10**17 + place:018}" for place, name in enumerate([*BEFORE, *AFTER])}
"""The number that each script lies about; the portal never gave them."""
LISTS = ["proposals", "downloads", "questions", "notifications", "customers", "accounts"]
SECRETS = {"password": IN_THE_KEYRING, "customer": CUSTOMER, "phone": PHONE}


def test_there_are_scripts_enough() -> None:
    assert len(NUMBERS) >= 60
    assert len(NUMBERS) == len(BEFORE) + len(AFTER), "every script has a name of its own"


@pytest.mark.parametrize("kind", BROWSERS)
def test_no_script_gets_anything(stage: Stage, kind: str) -> None:
    """Nothing comes of what they tell, nothing is found by them, nothing of ours fails; then work goes on."""
    theatre = stage()
    keep_password(theatre, "clerk01", IN_THE_KEYRING)
    with theatre.browser(kind) as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, entry = story.quote(theatre, clerk)
        clerk.answer("yes", customer=CUSTOMER, phone=PHONE)
        story.filed(theatre, save["numbers"][0])
        entry.close()
        before = stored(theatre)

        address = theatre.portal.origin + ENTRY
        with hostile_tab(browser) as hostile:
            played = {name: hostile.play(address, name, number) for name, number in NUMBERS.items()}
        heard = until(lambda: confirmed(theatre), "what was heard is asked for", 60)
        assert {name: found(name, one, kind) for name, one in played.items() if found(name, one, kind)} == {}
        faults = [f"{name}: {fault}" for name, one in played.items() for fault in one.faults]
        assert not faults, "\n".join(faults)
        assert stored(theatre) == before
        assert len(heard) >= len(NUMBERS) // 2, "lies that nobody hears prove nothing"
        assert not {number for event in theatre.portal.ledger("query") for number in event["found"]} & heard

        saves = len(theatre.portal.ledger("save"))
        honest, _ = story.quote(theatre, clerk)
        assert len(theatre.portal.ledger("save")) == saves + 1
        clerk.answer("download_only")
        story.filed(theatre, honest["numbers"][0])
        assert disagreements(theatre, honest) + once(theatre, honest) == []


def stored(theatre: Theatre) -> dict[str, Any]:
    """All that the management system has filed, asked or done."""
    return {name: theatre.office.get(name) for name in LISTS}


def confirmed(theatre: Theatre) -> set[str] | None:
    """The forged numbers that the management system heard of, once the portal was asked for each."""
    told = {number for step in theatre.office.rows("timeline") for number in step["numbers"]}
    heard = told & set(NUMBERS.values())
    asked = {number for event in theatre.portal.ledger("query") for number in event["numbers"]}
    return heard if heard and heard <= asked else None


def found(name: str, played: Played, kind: str) -> list[str]:
    """The secrets in what a script could reach."""
    secrets = dict(SECRETS)
    if kind == "firefox" and not name.startswith("extension_"):  # those were told the address
        secrets["address of the extension"] = UUID
    return leaks.found_in(played.haul.encode("utf-8", "replace"), secrets)


SPIES = ["attach_shadow", "making_nodes", "frame_addresses", "mutation_observer", "events", "addresses"]
"""Those who may see how a question is put into their page."""
_PRESS = """() => { for (const host of document.querySelectorAll("body > div[style*=fixed]")) {
    host.focus(); host.click(); host.shadowRoot?.querySelector("iframe")?.focus();
    for (const type of ["pointerdown", "mousedown", "mouseup", "click"])
        host.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true }));
    for (const key of ["y", "d", "Enter", "Escape"]) for (const at of [host, document, window])
        at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
} }"""


def test_a_question_says_nothing_to_its_page_and_takes_no_press_of_a_script(stage: Stage) -> None:
    theatre = stage()
    address = theatre.portal.origin + ENTRY
    car = replace(Car.invent(), owner="司马慕容翎霏")
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        with hostile_tab(browser) as hostile:
            hostile.tab.goto(address)
            clerk.enter(hostile.tab, car)
            clerk.save(hostile.tab)
            save = story.saved(theatre, 0)
            clerk.question()
            for name in SPIES:
                played = hostile.play(address, name, NUMBERS[name], "&question")
                shown = clerk.question()
                assert car.owner in shown.frame.evaluate("() => document.body.innerText")
                where, token = shown.frame.url.removeprefix("chrome-extension://").split("#")
                secrets = {"address": where.split("/")[0], "token": token, "insured": car.owner}
                assert (name, leaks.found_in(played.haul.encode("utf-8", "replace"), secrets)) == (name, [])
                assert (name, hostile.tab.main.evaluate("(text) => find(text)", car.owner)) == (name, False)
                hostile.tab.main.evaluate(_PRESS)
                assert [one.frame.url for one in clerk.questions()] == [shown.frame.url]
            assert len(theatre.office.rows("questions")) == 1
            clerk.answer("download_only")
            story.filed(theatre, save["numbers"][0])


def test_a_covered_question_takes_no_yes_by_chromium(stage: Stage) -> None:
    """Whatever a page puts over it: it goes to a window of our own, unanswered."""
    theatre = stage()
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, tab = story.quote(theatre, clerk)
        outcomes: dict[str, str] = {}
        for kind in KINDS:
            shown = clerk.question()
            covered(tab, shown.frame, kind)
            outcomes[kind] = _pressed(browser, tab, shown.frame)
            for window in (one for one in browser.tabs() if "/ask/window.html" in one.main.url):
                window.close()
            tab.goto(theatre.portal.origin + ENTRY)
        assert "taken" not in outcomes.values(), outcomes
        assert sum(outcome == "moved" for outcome in outcomes.values()) >= len(KINDS) - 2, outcomes
        [question] = theatre.office.rows("questions")
        assert set(question["question"]["numbers"]) == set(save["numbers"])
        assert theatre.office.rows("proposals") == []
        clerk.answer("download_only")
        story.filed(theatre, save["numbers"][0])


def _pressed(browser: Browser, tab: Tab, frame: Frame) -> str:
    """Press on 是 until something comes of it; what. Where a page hides all of it, nothing may."""

    def outcome() -> str | None:
        if frame.has("[data-choice=yes]"):
            press_blindly(frame, "[data-choice=yes]")
        if any(one.has("#pick_name") for one in tab.frames()):
            return "taken"
        return "moved" if any("/ask/window.html" in one.main.url for one in browser.tabs()) else None

    try:
        return until(outcome, "something comes of a press", 4)
    except NeverHappenedError:
        return "stands"
