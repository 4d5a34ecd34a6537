"""The management system's API as a test asks it: over the socket beside a daemon, without our own client."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any

from companion.home import Home
from scripts.stage.waiting import until


class _Socket(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("office", timeout=20)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Office:
    """The API at a unix socket, or with a device token at a URL's host and port."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of one request. Raises AssertionError for an error answer."""
        connection = _Socket(self._path)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1{path}", payload, {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        assert response.status < 400, (response.status, text)
        return json.loads(text)

    def rows(self, path: str) -> list[Any]:
        """The rows of a list."""
        rows: list[Any] = self.call("GET", path)["rows"]
        return rows

    def kinds(self, proposal: str) -> list[str]:
        """The steps on one proposal's timeline, oldest first."""
        return [step["kind"] for step in self.call("GET", f"/proposals/{proposal}")["timeline"]]

    def delivered_toast(self) -> Any:
        """The newest notification, once a desk has said how it went."""

        def look() -> Any:
            rows = self.rows("/notifications")
            return rows[0] if rows and rows[0]["delivered"] is not None else None

        return until(look, "a desk reports how a toast ended")


def beside(desk_socket: Path, home: Path) -> Office:
    """The management system in a daemon's own process: its socket lies beside the desk's."""
    return Office(desk_socket.with_name(Home(home).office_socket.name))
