"""What a clerk does with the buttons behind rows, and what stands on them."""

from contextlib import suppress
from typing import Any

from playwright.sync_api import Error as PlaywrightError

from scripts.stage.bidi import BidiError
from scripts.stage.browser import Frame, Tab
from scripts.stage.clerk import AGAIN, PATIENCE
from scripts.stage.waiting import NeverHappenedError, until
from tests.browser.lists.stage import BUTTON, Lists, form

_FOCUSED = """() => hosts().filter((host) => host.dataset.focused === 'true')
    .map((host) => host.closest('tr').cells[0].textContent)"""
_PLACE = "(number) => [...body.rows].findIndex((row) => row.cells[0].textContent === number) + 1"
_TAKEN = """(name) => {
    const card = document.querySelector("#card");
    return card.inert || card.querySelector(`[data-quick=${name}]`)?.disabled !== false;
}"""


def proposal(number: int) -> str:
    """The number of a row's proposal."""
    return f"TDAA{number:018}"


def filled(stand: Lists, rows: int = 25) -> Tab:
    """A page with a list of so many rows, once each has its button."""
    tab = stand.open()
    tab.main.evaluate(f"() => fill(0, {rows})")
    until(lambda: tab.main.evaluate("() => hosts().length > 0 && wrong().length === 0"), "buttons")
    return tab


def open_form(tab: Tab, number: str) -> Frame:
    """Press the button behind the row of this number; the form.

    Pressed again while nothing comes: a row that is made anew under the press takes none.
    """
    until(lambda: number in tab.main.evaluate("said"), f"a button behind {number}")
    place = tab.main.evaluate(_PLACE, number)

    def asked() -> bool:
        tab.main.click(f"#list tbody tr:nth-child({place}) {BUTTON}")
        with suppress(NeverHappenedError):
            return until(lambda: not no_form(tab), "a form", AGAIN)
        return False

    until(asked, "the form comes", PATIENCE)
    return form(tab)


def download(stand: Lists, tab: Tab, number: str, **fields: str) -> str:
    """Press the button behind a row and download; the request's id."""
    asked = open_form(tab, number)
    for name, text in fields.items():
        asked.fill(f"#quick_{name}", text)
    press(asked, "quick_download")
    until(lambda: no_form(tab), "the form goes")
    state = stand.ask("lists_state")
    return str((state["sent"] + state["express"])[-1]["id"])


def press(frame: Frame, name: str) -> None:
    """Press one of a form's buttons until it is taken: one that has only just appeared takes no press."""

    def taken() -> bool:
        try:
            if not frame.has(f"[data-quick={name}]") or frame.evaluate(_TAKEN, name):
                return True
            frame.click(f"[data-quick={name}]")
        except (BidiError, PlaywrightError):
            return not frame.has(f"[data-quick={name}]")  # it went while we looked
        return False

    until(taken, f"{name} takes the press")


def pressed_away(frame: Frame) -> bool:
    """Press 下载 until the form is no longer in the page."""
    if frame.has("[data-quick=quick_download]"):
        with suppress(PlaywrightError):  # it went while we pressed
            frame.click("[data-quick=quick_download]")
    return not frame.has("[data-quick=quick_download]")


def own_window(stand: Lists) -> Tab | None:
    """The window of the extension's own that is open, if one is."""
    return next((tab for tab in stand.browser.tabs() if "/ask/window.html" in tab.main.url), None)


def no_form(tab: Tab) -> bool:
    """Whether no form of ours stands in the page."""
    return not any("/ask/" in frame.url for frame in tab.frames())


def said(tab: Tab, number: str) -> Any:
    """What stands on the button of a row."""
    return tab.main.evaluate("said").get(number)


def shows(tab: Tab, number: str, words: str) -> None:
    """Wait until these words stand on the button of a row."""
    until(lambda: said(tab, number) == words, f"{words} on the button behind {number}")


def focused(tab: Tab) -> list[str]:
    """The rows whose button has the focus."""
    tab.main.evaluate("said")
    found: list[str] = tab.main.evaluate(_FOCUSED)
    return found


def note(frame: Frame) -> str:
    """What the form says above its buttons."""
    return str(frame.evaluate("() => document.querySelector('.note').textContent"))


def news(request: str, state: str, percent: int | None = None, reason: str | None = None) -> dict[str, Any]:
    """How a download goes, as the daemon tells it."""
    return {"request": request, "state": state, "percent": percent, "reason": reason}


def in_our_world(tab: Any, words: str) -> None:
    """Run words in the isolated world of our scripts, in Chromium."""
    worlds: list[int] = []

    def made(told: dict[str, Any]) -> None:
        context = told["context"]
        if context["auxData"].get("type") == "isolated" and "chrome-extension" in context["origin"]:
            worlds.append(context["id"])

    tap = tab.page.context.new_cdp_session(tab.page)
    tap.on("Runtime.executionContextCreated", made)
    tap.send("Runtime.enable")
    tap.send("Runtime.evaluate", {"expression": words, "contextId": worlds[0]})
    tap.detach()
