"""A carrier's profile that is switched off: nothing is seen any more, and the clerk is told why."""

from pathlib import Path

import pytest

from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS
from tests.browser.signals.stage import SAVED, scene

_NOTES = "() => document.querySelectorAll('body > div').length"
_SAVE = "(body) => fetch('/save', { method: 'POST', body }).then((answer) => answer.text())"


@pytest.mark.parametrize("kind", BROWSERS)
def test_nothing_is_seen_and_the_reason_is_said_once_per_tab(
    kind: str, tmp_path: Path, packages: Path
) -> None:
    with scene(kind, tmp_path, packages) as stand:
        open_before = stand.browser.open(stand.origin + "/work")
        until(lambda: stand.status()["live"] or None, "our scripts have begun there")
        stand.switch_off("门户改版，核对中")
        until(lambda: open_before.main.evaluate(_NOTES) == 1, "the reason in the page that stood open")
        open_before.main.evaluate(_SAVE, f"saved {SAVED}")
        open_before.goto(stand.origin + "/work?again")
        other = stand.browser.open(stand.origin + "/work")
        until(lambda: other.main.evaluate(_NOTES) == 1, "the reason in another tab")
        assert other.main.evaluate(_SAVE, f"saved {SAVED}") == f"saved {SAVED}"
        assert (open_before.main.evaluate(_NOTES), stand.kept()) == (0, [])
        stand.switch_off(None)
        other.goto(stand.origin + "/work?on")
        until(lambda: stand.status()["live"] or None, "our scripts have begun again")
        other.main.evaluate(_SAVE, f"saved {SAVED}")
        assert len(stand.told("quote_saved")) == 1, "what was saved meanwhile is not told later"
