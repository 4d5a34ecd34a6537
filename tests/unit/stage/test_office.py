"""The API read page by page while others write."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scripts.stage.office import OfficeReader


def read(lists: list[list[int]], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The rows of a list, newest first, of which each request meets the next of these states."""
    states = iter(lists)

    def get(_self: OfficeReader, path: str) -> Any:
        rows = next(states)
        begin = int(parse_qs(urlsplit(path).query).get("offset", ["0"])[0])
        return {"total": len(rows), "rows": rows[begin : begin + 2]}

    monkeypatch.setattr(OfficeReader, "get", get)
    return OfficeReader("unix:nowhere").rows("timeline")


def test_rows_of_all_pages_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read([[3, 2, 1]] * 2, monkeypatch) == [3, 2, 1]


@pytest.mark.parametrize("first", [[3, 2, 1], [5, 4, 3, 2, 1]])
def test_no_row_is_read_twice_when_one_comes_in_meanwhile(
    first: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = [first[0] + 1, *first]
    assert read([first, *[later] * 4], monkeypatch) == later
