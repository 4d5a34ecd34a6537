"""Pages that are none of an account's portal, and a lie told inside it: refused, said, and nothing filed."""

import json
from functools import partial

import pytest

from companion.home import Home
from companion.protocol import ErrorCode
from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.browser import Browser, Frame, Tab
from scripts.stage.clerk import Car
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS, Stage
from tests.browser.false_portal import DONE, ENTRY, FORGE, NUMBER, false_portal

UNGUARDED = "/nothing"
"""A page of the portal that lets itself be framed by anybody: its 404."""
_EMBED = """(urls) => { for (const src of urls)
    document.body.append(Object.assign(document.createElement("iframe"), {src})); }"""
_OPEN = "(page) => (globalThis.browser ?? chrome).runtime.sendMessage({what: 'console', page})"


@pytest.mark.parametrize("kind", BROWSERS)
def test_strangers_are_refused_and_the_next_save_is_served(stage: Stage, kind: str) -> None:
    theatre = stage()
    with false_portal() as port, theatre.browser(kind) as browser:
        strangers = [f"http://evil.localhost:{port}{ENTRY}", f"http://picc.localhost:{port}{ENTRY}"]
        clerk = theatre.clerk(browser)
        clerk.log_in()
        for stranger in strangers:
            _frames_the_portal(theatre, browser, stranger)
        until(lambda: len(_refused(theatre)) >= len(strangers), "each frame's refusal in the desk's log")
        entry = clerk.new_entry()
        _stands_in_the_portal(entry, strangers)
        assert theatre.office.rows("timeline") + theatre.office.rows("confirms") == []

        clerk.enter(entry, Car.invent())
        clerk.save(entry)
        save = story.saved(theatre, 0)
        clerk.answer("download_only")
        story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []
        told = {number for step in theatre.office.rows("timeline") for number in step["numbers"]}
        assert told == set(save["numbers"])
        assert theatre.office.rows("confirms") + theatre.office.rows("questions") == []
        shown = _diagnostics(browser)
        assert (
            shown.count(f"{ErrorCode.FRAME_OF_A_STRANGER:d} frame from a frame under another top page") >= 2
        )
        assert "拒绝了无关页面的消息" in shown


def test_a_number_faked_in_the_portal_itself_is_never_filed(stage: Stage) -> None:
    theatre = stage()
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        clerk.new_entry().main.evaluate(FORGE, NUMBER)
        story.told(theatre, NUMBER, "query_not_found", times=3)
        asked = theatre.portal.ledger("query")
        assert asked
        assert [event["found"] for event in asked] == [[]] * len(asked)
        assert theatre.office.rows("proposals") + theatre.office.rows("questions") == []
        console = browser.open(theatre.desk.console())
        until(lambda: "/console/proposals" in console.main.url, "the one-time link leads into the console")
        console.goto(console.main.url.replace("/proposals", "/questions"))
        listed = console.main.evaluate("() => document.querySelector('#hints').innerText")
        assert NUMBER in listed
        assert "查询中" in listed


def _frames_the_portal(theatre: Theatre, browser: Browser, stranger: str) -> None:
    """A stranger's page around pages of the portal, with hostile scripts in itself and in one of those."""
    origin = theatre.portal.origin
    tab = browser.open(f"{stranger}?frame={origin}{UNGUARDED}&frame={origin}/prpall/login.do")
    framed = until(partial(_frame, tab, f"{origin}{UNGUARDED}"), "the portal in a stranger's frame")
    framed.evaluate(FORGE, NUMBER)
    until(lambda: tab.main.has(DONE), "the stranger's own page has told its lies")


def _stands_in_the_portal(entry: Tab, strangers: list[str]) -> None:
    """Strangers' frames inside the portal's own page."""
    entry.main.evaluate(_EMBED, strangers)
    for stranger in strangers:
        until(partial(_forged, entry, stranger), f"{stranger} in the portal has told its lies")


def _forged(tab: Tab, url: str) -> bool:
    frame = _frame(tab, url)
    return frame is not None and frame.has(DONE)


def _frame(tab: Tab, url: str) -> Frame | None:
    return next((frame for frame in tab.frames() if frame.url == url), None)


def _refused(theatre: Theatre) -> list[str]:
    """What the desk's log says of strangers."""
    lines = map(json.loads, Home(theatre.desk.home).log.read_text(encoding="utf-8").splitlines())
    return [line["detail"] for line in lines if line.get("code") == ErrorCode.FRAME_OF_A_STRANGER]


def _diagnostics(browser: Browser) -> str:
    """What stands on the diagnostics page, opened as the clerk opens it."""
    browser.open(browser.extension_url("options/options.html")).main.evaluate(_OPEN, "diagnostics")
    page = until(partial(_showing, browser, "/desk/diagnostics"), "the diagnostics page opens")
    until(lambda: page.main.has("#report"), "the diagnostics page is drawn")
    text: str = page.main.evaluate("() => document.body.innerText")
    return text


def _showing(browser: Browser, path: str) -> Tab | None:
    return next((tab for tab in browser.tabs() if path in tab.main.url), None)
