"""The frame parser meets every cut of a stream, every length and every kind of rubbish."""

import asyncio
import itertools
import struct
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.link.framing import MAX_SKIP, FrameParser, TooLong, pack, read_frames
from companion.protocol import MAX_FRAME, ErrorCode, ProtocolError, parse_upward

GOOD = b'{"v":1,"type":"status_request","id":"11111111-1111-4111-8111-111111111111"}'
CHINESE = '{"名":"粤B·12345 平安车险"}'.encode()


def header(length: int) -> bytes:
    return struct.pack("=I", length)


def parse(stream: bytes, *cuts: int) -> list[bytes | TooLong]:
    """Feed a stream to a new parser in the pieces that `cuts` make of it."""
    parser = FrameParser()
    edges = [0, *sorted(cuts), len(stream)]
    return [frame for start, end in itertools.pairwise(edges) for frame in parser.feed(stream[start:end])]


def refusal(payload: bytes) -> ErrorCode | None:
    """The number with which a payload is refused; None when it is served. Anything else is raised."""
    try:
        parse_upward(payload)
    except ProtocolError as error:
        return error.code
    return None


def test_every_split_gives_the_same_frames() -> None:
    stream = pack(GOOD) + pack(b"") + pack(CHINESE)
    for cut in range(len(stream) + 1):
        assert parse(stream, cut) == [GOOD, b"", CHINESE]


def test_one_byte_at_a_time() -> None:
    stream = pack(CHINESE) + pack(GOOD)
    assert parse(stream, *range(len(stream))) == [CHINESE, GOOD]


def test_the_length_counts_bytes_and_not_characters() -> None:
    assert struct.unpack_from("=I", pack(CHINESE)) == (len(CHINESE),)
    assert len(CHINESE) > len(CHINESE.decode())


@given(st.lists(st.binary(max_size=300), max_size=12), st.lists(st.integers(0, 4000), max_size=20))
def test_any_frames_in_any_pieces(payloads: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(pack, payloads))
    assert parse(stream, *(cut for cut in cuts if cut <= len(stream))) == payloads


@pytest.mark.parametrize("length", [0, 1, MAX_FRAME - 1, MAX_FRAME])
def test_lengths_that_are_served(length: int) -> None:
    assert parse(pack(b"x" * length) + pack(GOOD)) == [b"x" * length, GOOD]


@pytest.mark.parametrize("length", [MAX_FRAME + 1, 3 * MAX_FRAME, MAX_SKIP])
def test_a_frame_too_long_is_skipped_and_the_next_one_served(length: int) -> None:
    parser = FrameParser()
    frames = parser.feed(header(length))
    piece = bytes(MAX_FRAME)
    for _ in range(length // len(piece)):
        frames += parser.feed(piece)
    frames += parser.feed(bytes(length % len(piece)) + pack(GOOD))
    assert frames == [TooLong(length, skipped=True), GOOD]


@pytest.mark.parametrize("length", [MAX_SKIP + 1, 2**31, 2**32 - 1])
def test_beyond_the_longest_skip_nothing_is_believed(length: int) -> None:
    parser = FrameParser()
    assert parser.feed(pack(GOOD) + header(length) + pack(GOOD)) == [GOOD, TooLong(length, skipped=False)]
    assert parser.feed(pack(GOOD)) == []


def test_skipping_costs_no_memory() -> None:
    parser = FrameParser()
    piece = bytes(65536)
    tracemalloc.start()
    try:
        for stream in (header(MAX_SKIP), *[piece] * (MAX_SKIP // len(piece))):
            parser.feed(stream)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * MAX_FRAME


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=5))
def test_rubbish_never_raises_and_never_depends_on_the_pieces(rubbish: bytes, cuts: list[int]) -> None:
    whole = parse(rubbish)
    assert parse(rubbish, *(cut for cut in cuts if cut <= len(rubbish))) == whole
    assert sum(len(frame) + 4 for frame in whole if isinstance(frame, bytes)) <= len(rubbish)


@settings(max_examples=300)
@given(st.data())
def test_a_mutated_message_is_refused_by_number_and_the_next_one_served(data: st.DataObject) -> None:
    payload = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    first, second = parse(pack(bytes(payload)) + pack(GOOD))
    assert isinstance(first, bytes)
    assert isinstance(second, bytes)
    assert refusal(first) in [None, *ErrorCode]
    assert parse_upward(second).type == "status_request"


def test_a_payload_that_is_too_long_is_never_sent() -> None:
    with pytest.raises(ProtocolError) as refused:
        pack(bytes(MAX_FRAME + 1))
    assert refused.value.code == ErrorCode.FRAME_TOO_LONG


async def test_frames_of_an_asyncio_stream() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(pack(CHINESE) + header(MAX_FRAME + 1) + bytes(MAX_FRAME + 1) + pack(GOOD) + b"\x05")
    reader.feed_eof()
    frames = [frame async for frame in read_frames(reader)]
    assert frames == [CHINESE, TooLong(MAX_FRAME + 1, skipped=True), GOOD]
