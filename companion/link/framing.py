"""Frames: a 32-bit length in native byte order, then that many bytes (PROTOCOL.md, "Frames").

The parser does no I/O: bytes go in as they come, whole frames come out. A frame that is too long costs no
memory: its bytes are counted past, so that the frame behind it is served.
"""

import struct
from asyncio import StreamReader
from collections.abc import AsyncIterator
from dataclasses import dataclass

from companion.protocol import MAX_FRAME, ErrorCode, ProtocolError

HEADER = struct.Struct("=I")
MAX_SKIP = 64 * 1024 * 1024
"""Bytes of one frame that are counted past at most: more no browser sends, so it is no frame at all."""
CHUNK = 65_536


@dataclass(frozen=True)
class TooLong:
    """A frame that was refused for its length. Unless `skipped`, nothing behind it can be read."""

    length: int
    skipped: bool


def pack(payload: bytes) -> bytes:
    """One frame. Raises ProtocolError when the payload is longer than both sides agreed on."""
    if len(payload) > MAX_FRAME:
        raise ProtocolError(ErrorCode.FRAME_TOO_LONG, f"{len(payload)} bytes, at most {MAX_FRAME}")
    return HEADER.pack(len(payload)) + payload


class FrameParser:
    """Cuts a stream of bytes into frames, whatever pieces it arrives in."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._length = 0
        self._to_skip = 0
        self._lost = False

    def feed(self, data: bytes) -> list[bytes | TooLong]:
        """Take the next piece of the stream; return the frames that are whole now, in order."""
        self._buffer += data
        frames = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> bytes | TooLong | None:
        if self._lost:
            self._buffer.clear()
            return None
        if self._to_skip:
            return self._skip()
        if len(self._buffer) < HEADER.size:
            return None
        (self._length,) = HEADER.unpack_from(self._buffer)
        if self._length > MAX_FRAME:
            return self._refuse()
        end = HEADER.size + self._length
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as view:
            frame = bytes(view[HEADER.size : end])
        del self._buffer[:end]
        return frame

    def _refuse(self) -> TooLong | None:
        del self._buffer[: HEADER.size]
        if self._length > MAX_SKIP:
            self._lost = True
            return TooLong(self._length, skipped=False)
        self._to_skip = self._length
        return self._skip()

    def _skip(self) -> TooLong | None:
        cut = min(self._to_skip, len(self._buffer))
        del self._buffer[:cut]
        self._to_skip -= cut
        return None if self._to_skip else TooLong(self._length, skipped=True)


async def read_frames(reader: StreamReader) -> AsyncIterator[bytes | TooLong]:
    """Frames of an asyncio stream until its end, for tools and tests that are the other side."""
    parser = FrameParser()
    while data := await reader.read(CHUNK):
        for frame in parser.feed(data):
            yield frame
