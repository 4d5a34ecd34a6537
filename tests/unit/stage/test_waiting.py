"""What counts as an answer when something is waited for."""

from collections.abc import Iterator

import pytest

from scripts.stage.waiting import NeverHappenedError, until


def test_nothing_found_yet_is_no_answer() -> None:
    looks: Iterator[list[str] | None] = iter([None, [], ["found"]])
    assert until(lambda: next(looks), "something") == ["found"]


def test_what_never_happens_is_named() -> None:
    with pytest.raises(NeverHappenedError, match="a miracle"):
        until(lambda: False, "a miracle", within=0)
