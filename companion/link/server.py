"""The daemon's side of the link: a socket on which native hosts bring their browsers.

Reads frames, refuses what is bad with a numbered error, and hands whole messages to a handler. One bad,
slow or silent peer changes nothing for the others.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import structlog

from companion.link import pipe
from companion.link.framing import FrameParser, TooLong, pack
from companion.protocol import (
    MAX_FRAME,
    ErrorCode,
    Hello,
    HostHello,
    Message,
    ProtocolError,
    Refusal,
    StatusRequest,
    encode,
    parse_upward,
)

DOCTOR = "chudan-doctor"
"""Name under which `chudan doctor` calls: it may ask for the status and nothing else."""
HELLO_WITHIN = 5.0
"""Seconds a peer has to say whom it serves."""
MAX_UNREAD = 8 * MAX_FRAME
"""Bytes kept for a peer that does not read: then it is cut off, and gets everything anew when it returns."""
CLOSE_WITHIN = 1.0
"""Seconds a peer has to take its last bytes when the server closes."""

log = structlog.get_logger()


class Handler(Protocol):
    """Who serves the messages. All calls come from the event loop and must not block."""

    def received(self, connection: "Connection", message: Any) -> None:
        """A valid message of `protocol.Upward`; the first one of an extension is `Hello`."""
        ...

    def lost(self, connection: "Connection") -> None:
        """The connection is gone; what is sent to it from now on goes nowhere."""
        ...


class Connection(asyncio.Protocol):
    """One native host, thus one browser profile. Made by LinkServer."""

    def __init__(self, server: "LinkServer") -> None:
        self.caller = ""
        """Who the browser says is calling: an extension's origin or add-on id."""
        self.hello: Hello | None = None
        """The extension's own introduction, once it came."""
        self.closed = asyncio.get_running_loop().create_future()
        self._server = server
        self._parser = FrameParser()
        self._transport: asyncio.Transport | None = None
        self._patience: asyncio.TimerHandle | None = None

    def send(self, message: Message) -> None:
        """Queue a message. Never blocks; a peer that lets too much pile up is cut off."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        transport.write(pack(encode(message)))
        if transport.get_write_buffer_size() > MAX_UNREAD:
            log.warning("link_peer_too_slow", caller=self.caller)
            transport.abort()

    def refuse(self, code: ErrorCode, message: str, re: str | None = None, retry: bool = False) -> None:
        """Answer with a numbered error."""
        log.info("link_refused", code=code.value, reason=message, caller=self.caller, re=re)
        self.send(Refusal(re=re, code=code.value, message=message, retry=retry))

    def close(self) -> None:
        """Close after what is queued has been sent."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    # -------------------------------------------------------------- called by asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections.add(self)
        if not pipe.is_same_user(transport):
            return self._turn_away(ErrorCode.PEER_REFUSED, "another user's program")
        self._patience = asyncio.get_running_loop().call_later(HELLO_WITHIN, self._waited_long_enough)
        return None

    def data_received(self, data: bytes) -> None:
        for frame in self._parser.feed(data):
            if self._transport is None or self._transport.is_closing():
                return
            self._serve(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        self._server.connections.discard(self)
        self._transport = None
        self.closed.set_result(None)
        if self.caller:
            log.info("link_lost", caller=self.caller)
            self._server.handler.lost(self)

    # -------------------------------------------------------------- frames

    def _serve(self, frame: bytes | TooLong) -> None:
        if isinstance(frame, TooLong):
            self.refuse(ErrorCode.FRAME_TOO_LONG, f"{frame.length} bytes, at most {MAX_FRAME}")
            if not frame.skipped:
                self.close()
            return
        try:
            message = parse_upward(frame)
        except ProtocolError as error:
            self.refuse(error.code, error.message, error.re)
            return
        self._route(message)

    def _route(self, message: Any) -> None:
        if not self.caller:
            self._introduce(message)
        elif isinstance(message, HostHello):
            self.refuse(ErrorCode.UNKNOWN_MESSAGE, "host_hello is the host's own, and once")
        elif self.caller == DOCTOR:
            self._examine(message)
        elif self.hello is None and not isinstance(message, Hello):
            self.refuse(ErrorCode.HELLO_FIRST, "say hello first", getattr(message, "id", None), retry=True)
        else:
            if isinstance(message, Hello):
                self.hello = message
            self._server.handler.received(self, message)

    def _introduce(self, message: Any) -> None:
        if not isinstance(message, HostHello):
            self._turn_away(ErrorCode.HELLO_FIRST, "the host speaks first")
        elif message.caller != DOCTOR and not self._server.allowed(message.caller):
            log.warning("link_stranger", caller=message.caller, host_pid=message.pid)
            self._turn_away(ErrorCode.CALLER_REFUSED, "this caller is not in the host manifest")
        else:
            self._calm()
            self.caller = message.caller
            log.info("link_connected", caller=self.caller, host_pid=message.pid)

    def _examine(self, message: Any) -> None:
        if isinstance(message, StatusRequest):
            self._server.handler.received(self, message)
        else:
            self.refuse(ErrorCode.CALLER_REFUSED, "the doctor only asks for the status")

    def _turn_away(self, code: ErrorCode, reason: str) -> None:
        self._calm()
        self.refuse(code, reason)
        self.close()

    def _waited_long_enough(self) -> None:
        self._turn_away(ErrorCode.HELLO_FIRST, "nobody introduced themself in time")

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()


class LinkServer:
    """Listens at `socket` and serves every caller that `allowed` knows through `handler`."""

    def __init__(self, socket: Path, allowed: Callable[[str], bool], handler: Handler) -> None:
        self.socket = socket
        self.allowed = allowed
        self.handler = handler
        self.connections: set[Connection] = set()
        self._server: pipe.Serving | None = None

    async def start(self) -> None:
        """Begin to listen. Raises pipe.PipeInUseError when another daemon does, pipe.PipeError otherwise."""
        self._server = await pipe.serve(self.socket, lambda: Connection(self))

    async def close(self) -> None:
        """Stop listening, take the socket away, end every connection."""
        if self._server is None:
            return
        self._server.close()
        open_ones = [connection.closed for connection in self.connections]
        for connection in list(self.connections):
            connection.close()
        if open_ones:
            _, unread = await asyncio.wait(open_ones, timeout=CLOSE_WITHIN)
            for connection in list(self.connections) if unread else ():
                connection.abort()
        await self._server.wait_closed()
        self._server = None
