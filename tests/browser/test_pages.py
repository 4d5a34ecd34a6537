"""Every page, popup and question in both languages: pictures to look at, and nothing wider than the window."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.stage import story
from scripts.stage.browser import Browser, Tab
from scripts.stage.clerk import Clerk
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import Stage

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
ROOMS = ["proposals", "questions", "downloads", "notifications"]
_TOO_WIDE = """() => [...document.querySelectorAll("body, main, header")]
    .concat(document.documentElement)
    .filter((box) => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX === "visible")
    .map((box) => `${box.tagName} ${box.scrollWidth} > ${box.clientWidth}`)"""


class Gallery:
    """Pictures of one language, and what is too wide in them."""

    def __init__(self, locale: str, kind: str) -> None:
        self._folder = SCREENSHOTS / kind / locale
        self.too_wide: list[str] = []

    def take(self, name: str, tab: Tab) -> None:
        """Picture what is in view, once its content is there."""
        until(
            lambda: tab.main.evaluate("() => document.body.innerText.trim().length > 0"),
            f"{name} says something",
        )
        tab.screenshot(self._folder / f"{name}.png")
        for frame in tab.frames():
            if "localhost" not in frame.url:  # the portal's own pages are as wide as they like
                self.too_wide += [f"{name}: {wide}" for wide in frame.evaluate(_TOO_WIDE)]


def rooms(browser: Browser, theatre: Theatre, gallery: Gallery, state: str) -> str:
    """Picture every room of the console; its origin."""
    tab = browser.open(theatre.desk.console())
    origin: str = tab.main.url.split("/console")[0]
    for room in ROOMS:
        tab.goto(f"{origin}/console/{room}")
        gallery.take(f"console-{room}-{state}", tab)
    tab.close()
    return origin


def extension_pages(browser: Browser, gallery: Gallery, state: str) -> None:
    """Picture the extension's own pages."""
    for page in ("popup", "welcome", "options"):
        tab = browser.open(browser.extension_url(f"{page}/{page}.html"))
        until(lambda tab=tab: tab.main.has("main"), f"{page} is drawn")  # type: ignore[misc]
        gallery.take(f"{page}-{state}", tab)
        tab.close()
