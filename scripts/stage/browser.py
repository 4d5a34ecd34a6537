"""What a clerk needs of a browser, whichever it is. chromium.py and firefox.py fill it in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol


class Frame(Protocol):
    """One document: a whole tab, or a frame in it. Selectors are CSS."""

    @property
    def url(self) -> str:
        """Where it came from."""

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """Call a JavaScript function with one JSON argument in the page's world; its (awaited) answer."""

    def has(self, selector: str) -> bool:
        """Whether an element that can be seen matches."""

    def click(self, selector: str) -> None:
        """Click the first match as a hand does: trusted, at its middle."""

    def fill(self, selector: str, text: str) -> None:
        """Replace what stands in a field."""

    def press(self, key: str) -> None:
        """Press a key, named as in KeyboardEvent.key, where the focus is."""


class Tab(Protocol):
    """One tab or window."""

    @property
    def main(self) -> Frame:
        """Its own document."""

    def frames(self) -> Sequence[Frame]:
        """All documents in it that live now, outermost first."""

    def goto(self, url: str) -> None:
        """Load a page and wait until it is loaded."""

    def resize(self, width: int, height: int) -> None:
        """Give the page this much room, in CSS pixels."""

    def screenshot(self, file: Path) -> None:
        """Write what is in view as PNG."""

    def close(self) -> None:
        """Close it."""


class Browser(Protocol):
    """A running browser with the extension loaded and the native host registered."""

    def open(self, url: str) -> Tab:
        """Open a page in a new tab in front."""

    def tabs(self) -> Sequence[Tab]:
        """All tabs that are open now."""

    def extension_url(self, page: str) -> str:
        """The address of one of the extension's own pages."""

    def registered(self) -> list[str]:
        """The match patterns for which page scripts stand ready, as the browser tells."""

    def kill(self) -> None:
        """End the whole browser at once, without a chance to save anything."""
