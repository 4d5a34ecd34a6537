"""Gestures in pages that change under the hand."""

from typing import Any, cast

import pytest

from scripts.stage.bidi import Bidi, BidiError
from scripts.stage.firefox import FirefoxFrame


class Page:
    """Firefox with a page whose elements are found one after the other; all but the last are gone by then."""

    def __init__(self, *codes: str) -> None:
        self._codes = list(codes)
        self.pressed: list[Any] = []

    def element(self, _context: str, _selector: str) -> dict[str, str]:
        return {"sharedId": f"{len(self._codes)} are gone"}

    def touch(self, *_words: object) -> None:
        if self._codes:
            raise BidiError("script.callFunction", self._codes.pop(0), "")

    def call(self, _method: str, **params: Any) -> dict[str, Any]:
        self.pressed.append(params["actions"][0]["actions"][0]["origin"]["element"]["sharedId"])
        return {}


def test_what_was_replaced_before_the_press_is_found_again() -> None:
    page = Page("no such node", "stale element reference", "move target out of bounds")
    FirefoxFrame(cast(Bidi, page), "context", "url").click("button")
    assert page.pressed == ["0 are gone"]


def test_a_closed_window_is_said_at_once() -> None:
    with pytest.raises(BidiError, match="no such frame"):
        FirefoxFrame(cast(Bidi, Page("no such frame")), "context", "url").click("button")
