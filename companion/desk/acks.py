"""Acknowledgements: everything one commit made durable is acknowledged in one message per browser."""

import asyncio

from companion.desk.extensions import Peer
from companion.protocol import Ack

MOST = 1000
"""Ids in one `ack`."""


class Acks:
    """Gathers ids for as long as the event loop is busy with one commit, then sends them together."""

    def __init__(self) -> None:
        self._waiting: dict[Peer, list[str]] = {}

    def add(self, peer: Peer, message: str) -> None:
        """This message is committed; tell its browser with the others of the same commit."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._send)
        self._waiting.setdefault(peer, []).append(message)

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for peer, messages in waiting.items():
            for first in range(0, len(messages), MOST):
                peer.send(Ack(re=messages[first : first + MOST]))
