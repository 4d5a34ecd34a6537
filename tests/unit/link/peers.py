"""Both ends of the link as tests play them: an extension behind its host, and a daemon that takes notes."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from companion.link.framing import TooLong, pack, read_frames
from companion.link.server import Connection
from companion.protocol import Hello, HostHello, Message, StatusRequest, encode, parse_downward

EXTENSION = "chrome-extension://cjkbinnlcbhhpcjmdmokiljdheailkbp/"
DEADLINE = 10.0
"""Seconds after which a test gives up waiting."""


def number(tail: int) -> str:
    """An id with a tail that a reader recognises."""
    return f"11111111-1111-4111-8111-{tail:012d}"


HELLO = Hello(
    id=number(1),
    instance=number(2),
    extension_version="0.1.0",
    browser="chromium",
    browser_version="156",
    locale="zh_CN",
    profiles={},
)
STATUS = StatusRequest(id=number(3))


class Recorder:
    """A handler that writes down what it is told and answers with what `answer` makes of a message."""

    def __init__(self) -> None:
        self.arrived: list[Connection] = []
        self.messages: list[Any] = []
        self.gone: list[Connection] = []
        self.something = asyncio.Event()

    def received(self, connection: Connection, message: Any) -> None:
        if connection not in self.arrived:
            self.arrived.append(connection)
        self.messages.append(message)
        self.something.set()

    def lost(self, connection: Connection) -> None:
        self.gone.append(connection)
        self.something.set()

    async def until(self, count: int, of: list[Any]) -> None:
        """Wait until one of the three lists holds this many."""
        async with asyncio.timeout(DEADLINE):
            while len(of) < count:
                self.something.clear()
                await self.something.wait()


class Peer:
    """An extension behind its host, on a socket of its own."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.reader = reader
        self._frames: AsyncIterator[bytes | TooLong] = read_frames(reader)

    @classmethod
    async def connect(cls, path: Path, caller: str | None = EXTENSION, *more: Message) -> "Peer":
        """Connect; say `host_hello` for this caller (None: say nothing) and these messages."""
        peer = cls(*await asyncio.open_unix_connection(str(path)))
        if caller is not None:
            peer.send(HostHello(caller=caller, pid=os.getpid()))
        peer.send(*more)
        return peer

    def send(self, *messages: Message) -> None:
        for message in messages:
            self.raw(encode(message))

    def raw(self, payload: bytes) -> None:
        """Send a payload that may be no message at all."""
        self.writer.write(pack(payload))

    async def receive(self) -> Any:
        """The daemon's next message. Raises StopAsyncIteration at the end of the connection."""
        async with asyncio.timeout(DEADLINE):
            frame = await anext(self._frames)
        assert isinstance(frame, bytes)
        return parse_downward(frame)

    async def ended(self) -> bool:
        """Wait for the end of the connection; False when something else arrives."""
        async with asyncio.timeout(DEADLINE):
            return await anext(self._frames, None) is None

    def stop_reading(self) -> None:
        """Leave everything that comes from now on unread."""
        transport = self.writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()
