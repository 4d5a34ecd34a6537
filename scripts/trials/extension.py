"""A stand-in for the extension that can be trusted to remember: it speaks frames straight to the daemon."""

import contextlib
import socket
import struct
import threading
import uuid
from pathlib import Path

from companion.link.install import callers
from companion.protocol import (
    Ack,
    Hello,
    Hint,
    HostHello,
    Message,
    Place,
    Status,
    StatusRequest,
    encode,
    parse_downward,
)
from scripts.stage.waiting import until

PORTAL = "http://picc.localhost:1"
"""An origin at which no portal is: nothing is ever confirmed, so every event stays countable."""


class Extension:
    """Sends hints and remembers which were acknowledged, over any number of the daemon's lives."""

    def __init__(self, desk_socket: Path) -> None:
        self._path = desk_socket
        self._instance = str(uuid.uuid4())
        self._socket: socket.socket | None = None
        self._reader: threading.Thread | None = None
        self._made = 0
        self.unacknowledged: dict[str, Hint] = {}
        self.acknowledged: dict[str, Hint] = {}
        self._settled = threading.Event()
        self._status: Status | None = None

    def connect(self) -> None:
        """Come in like a native host, and send again what no acknowledgement came for."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(self._path))
        self._reader = threading.Thread(target=self._read, args=(self._socket,))
        self._reader.start()
        self._send(HostHello(caller=sorted(callers())[0], pid=1))
        self._send(self._hello())
        for hint in list(self.unacknowledged.values()):
            self._send(hint)

    def disconnect(self) -> None:
        """Go away, and read what still lay in the socket."""
        assert self._socket is not None
        assert self._reader is not None
        with contextlib.suppress(OSError):  # the daemon was killed and took the connection with it
            self._socket.shutdown(socket.SHUT_WR)
        self._reader.join()
        self._socket.close()

    def burst(self, size: int, now_ms: int) -> None:
        """Send `size` new hints as fast as the socket takes them; stops when the daemon is gone."""
        self._settled.clear()
        for _ in range(size):
            hint = self._hint(now_ms)
            self.unacknowledged[hint.id] = hint
            try:
                self._send(hint)
            except OSError:
                return

    def heard(self, within: float) -> None:
        """Wait until something was acknowledged since the last burst began, `within` seconds at most."""
        self._settled.wait(within)

    def waiting(self) -> int:
        """How many events the daemon holds that the management system has not taken yet."""
        self._status = None
        self._send(StatusRequest(id=str(uuid.uuid4())))
        return until(lambda: self._status, "an answer to status_request").waiting

    def _hello(self) -> Hello:
        return Hello(
            id=str(uuid.uuid4()),
            instance=self._instance,
            extension_version="0",
            browser="chromium",
            browser_version="0",
            locale="en",
            profiles={},
        )

    def _hint(self, now_ms: int) -> Hint:
        self._made += 1
        return Hint(
            id=str(uuid.uuid4()),
            at=now_ms,
            carrier="picc",
            kind="quote_saved",
            numbers=[f"TDAA2026{self._made:014d}"],
            source="network",
            place=Place(origin=PORTAL, login="clerk01", tab=1, frame=0),
        )

    def _send(self, message: Message) -> None:
        assert self._socket is not None
        payload = encode(message)
        self._socket.sendall(struct.pack("=I", len(payload)) + payload)

    def _read(self, connection: socket.socket) -> None:
        buffer = b""
        while chunk := _receive(connection):
            buffer += chunk
            while len(buffer) >= 4 and len(buffer) >= 4 + (size := struct.unpack("=I", buffer[:4])[0]):
                payload, buffer = buffer[4 : 4 + size], buffer[4 + size :]
                self._received(parse_downward(payload))

    def _received(self, message: Message) -> None:
        if isinstance(message, Ack):
            self._settle(message)
        elif isinstance(message, Status):
            self._status = message

    def _settle(self, ack: Ack) -> None:
        for delivery in ack.re:
            hint = self.unacknowledged.pop(delivery, None)
            if hint is not None:
                self.acknowledged[delivery] = hint
        self._settled.set()


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except OSError:
        return b""  # the daemon was killed
