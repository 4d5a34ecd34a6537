"""Sealed files: every part in its place, nothing lost, swapped, cut off or added."""

import io
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.db import sealed
from companion.db.errors import Corrupt
from companion.db.sealed import Cutter, Seal, SealedReader, new_key, parts_of

KEY = bytes(range(32))
SMALL = 16


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a few bytes, so that a short text has many."""
    monkeypatch.setattr(sealed, "PART", SMALL)


def close(pieces: Iterable[bytes], key: bytes = KEY) -> list[bytes]:
    cutter = Cutter(Seal(key))
    parts = [part for piece in pieces for part in cutter.feed(piece)]
    return [*parts, cutter.end()]


def reader(parts: list[bytes], size: int, key: bytes = KEY) -> SealedReader:
    return SealedReader(Seal(key), size, parts.__getitem__)


def whole(parts: list[bytes], size: int, key: bytes = KEY) -> bytes:
    return io.BufferedReader(reader(parts, size, key)).read()


@given(st.lists(st.binary(max_size=50), max_size=8))
def test_what_goes_in_comes_out(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    parts = close(pieces)
    assert len(parts) == parts_of(len(content))
    assert whole(parts, len(content)) == content


@given(st.binary(min_size=1, max_size=200), st.data())
def test_it_reads_anywhere(content: bytes, data: st.DataObject) -> None:
    stream, plain = reader(close([content]), len(content)), io.BytesIO(content)
    for _ in range(5):
        at, many = data.draw(st.integers(0, len(content) + 5)), data.draw(st.integers(0, 60))
        assert (stream.seek(at), io.BytesIO(content).seek(at)) == (at, at)
        plain.seek(at)
        buffered = b""
        while len(buffered) < many and (more := stream.read(many - len(buffered))):
            buffered += more
        assert buffered == plain.read(many)
    assert stream.seek(-1, io.SEEK_END) == len(content) - 1
    assert stream.read(9) == content[-1:]


CONTENT = bytes(range(3 * SMALL + 5))


@pytest.mark.parametrize("how", ["swapped", "cut off", "cut short", "one bit", "of another file"])
def test_what_was_spoilt_does_not_open(how: str) -> None:
    parts = close([CONTENT])
    other = close([CONTENT], new_key())
    flipped = bytes([parts[0][0] ^ 1]) + parts[0][1:]
    spoilt = {
        "swapped": [parts[1], parts[0], *parts[2:]],
        "cut off": parts[:2],
        "cut short": [*parts[:3], parts[3][:-1]],
        "one bit": [flipped, *parts[1:]],
        "of another file": [other[0], *parts[1:]],
    }[how]
    size = 2 * SMALL if how == "cut off" else len(CONTENT)
    assert whole(parts, len(CONTENT)) == CONTENT
    with pytest.raises(Corrupt):
        whole(spoilt, size)


def test_the_same_content_looks_different_each_time() -> None:
    assert close([CONTENT], new_key()) != close([CONTENT], new_key())
    assert not any(CONTENT[:8] in part for part in close([CONTENT]))


def test_it_goes_on_after_its_last_whole_part() -> None:
    first = Cutter(Seal(KEY))
    begun = list(first.feed(CONTENT[: 2 * SMALL + 3]))
    assert (len(begun), first.rest) == (2, 3)
    second = Cutter(Seal(KEY), begun=len(begun))
    parts = [*begun, *second.feed(CONTENT[2 * SMALL :]), second.end()]
    assert whole(parts, len(CONTENT)) == CONTENT
