"""The management system's API read by a stranger: plain HTTP, nothing of our own client."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 20.0
"""Seconds for one request."""


PAGE = 200
"""Rows asked for at once, the most that the API gives."""


class OfficeError(RuntimeError):
    """The API answered with an error status."""


class OfficeReader:
    """The API at `unix:PATH` or `http://host:port` (then with a device token)."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address = address
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str) -> Any:
        """GET /api/v1/<path> as JSON."""
        return self._call("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """POST JSON to /api/v1/<path>."""
        return self._call("POST", path, body)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """All rows of a list, page by page; from the beginning again when rows come in meanwhile.

        Pages are counted from the newest row: one more of those, and a page would begin with a row of the
        page before it.
        """
        while (rows := self._pages(path)) is None:
            pass
        return rows

    def _pages(self, path: str) -> list[dict[str, Any]] | None:
        page = self.get(path)
        total, rows = page["total"], list(page["rows"])
        while len(rows) < total and page["total"] == total:
            page = self.get(f"{path}?offset={len(rows)}&limit={PAGE}")
            rows += page["rows"]
        return rows if page["total"] == total else None

    def proposals(self) -> list[dict[str, Any]]:
        """All proposals in full, as the API shows one."""
        return [self.get(f"proposals/{row['id']}") for row in self.rows("proposals")]

    def proposal_of(self, number: str) -> dict[str, Any] | None:
        """The proposal that a carrier's number belongs to, in full."""
        found = [row for row in self.rows("proposals") if number in row["numbers"]]
        return self.get(f"proposals/{found[0]['id']}") if found else None

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        connection = self._connect()
        try:
            headers = {"Content-Type": "application/json", **self._headers}
            payload = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1/{path}", payload, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 400:
            raise OfficeError(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text) if text else None

    def _connect(self) -> http.client.HTTPConnection:
        if self.address.startswith("unix:"):
            return _UnixConnection(Path(self.address.removeprefix("unix:")))
        where = urlsplit(self.address)
        return http.client.HTTPConnection(where.hostname or "127.0.0.1", where.port, timeout=PATIENCE)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("office", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(self._path))
