"""A thin client of WebDriver BiDi, one command at a time."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

MAX_MESSAGE = 64 * 1024 * 1024
"""Bytes; screenshots come in one message."""


class BidiError(RuntimeError):
    """The browser refused a command; `code` is the specification's word for why."""

    def __init__(self, method: str, code: str, message: str) -> None:
        super().__init__(f"{method}: {code}: {message}")
        self.code = code


class Bidi:
    """A session with a browser over an open WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._last = 0
        accept = {"unhandledPromptBehavior": {"default": "accept"}}
        self.call("session.new", capabilities={"alwaysMatch": accept})

    def call(self, method: str, /, within: float = 30, **params: Any) -> dict[str, Any]:
        """Send one command and return its result. Raises BidiError, TimeoutError."""
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        deadline = time.monotonic() + within
        while True:
            answer = json.loads(self._socket.recv(timeout=max(0.0, deadline - time.monotonic())))
            if answer.get("id") == self._last:
                break
        if answer["type"] == "error":
            raise BidiError(method, answer["error"], answer["message"])
        result: dict[str, Any] = answer["result"]
        return result

    def evaluate(self, context: str, function: str, argument: Any = None) -> Any:
        """Call a function with one JSON argument in a document; its awaited answer. Raises BidiError."""
        wrapped = f"async (json) => JSON.stringify(await ({function})(JSON.parse(json)) ?? null)"
        result = self.call(
            "script.callFunction",
            functionDeclaration=wrapped,
            arguments=[{"type": "string", "value": json.dumps(argument)}],
            target={"context": context},
            awaitPromise=True,
            userActivation=False,
        )
        if result["type"] == "exception":
            raise BidiError("script.callFunction", "exception", result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def element(self, context: str, selector: str) -> dict[str, str] | None:
        """A reference to the first element that matches and has a box, or None."""
        function = """(selector) => [...document.querySelectorAll(selector)]
            .find((element) => element.getClientRects().length > 0)"""
        result = self.call(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": "string", "value": selector}],
            target={"context": context},
            awaitPromise=False,
        )
        found = result.get("result", {})
        return {"sharedId": found["sharedId"]} if found.get("type") == "node" else None

    def touch(self, context: str, element: dict[str, str], function: str) -> None:
        """Call a function with an element that `element()` found."""
        self.call(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[element],
            target={"context": context},
            awaitPromise=False,
        )


@contextmanager
def session(url: str) -> Iterator[Bidi]:
    """Speak to the browser that listens at `url` (ws://…)."""
    with connect(f"{url}/session", max_size=MAX_MESSAGE, compression=None, proxy=None) as socket:
        yield Bidi(socket)
