"""Pictures of what clerks see, and what is wider in them than the window."""

from pathlib import Path

from scripts.stage.browser import Tab
from scripts.stage.waiting import until
from tests.too_wide import TOO_WIDE

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"


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
                self.too_wide += [f"{name}: {wide}" for wide in frame.evaluate(TOO_WIDE)]
