"""The browsers connected to this desk: one connection per browser profile, known by its instance."""

from typing import Protocol

from companion.protocol import Hello, Message


class Peer(Protocol):
    """A connection as companion.link.server hands it out."""

    @property
    def caller(self) -> str:
        """Whom the browser says the native host serves."""
        ...

    @property
    def hello(self) -> Hello | None:
        """How it introduced itself, once it has."""
        ...

    def send(self, message: Message) -> None:
        """Queue a message; never blocks, never raises for a peer that is gone."""
        ...


class Extensions:
    """Instance -> connection. A second connection of one instance replaces the first."""

    def __init__(self) -> None:
        self._peers: dict[str, Peer] = {}

    def add(self, instance: str, peer: Peer) -> None:
        """An extension said hello."""
        self._peers[instance] = peer

    def remove(self, peer: Peer) -> str | None:
        """A connection ended. Its instance, unless a newer connection stands in for it."""
        hello = peer.hello
        if hello is None or self._peers.get(hello.instance) is not peer:
            return None
        del self._peers[hello.instance]
        return hello.instance

    def of(self, instance: str) -> Peer | None:
        """The connection of a browser profile."""
        return self._peers.get(instance)

    def all(self) -> list[Peer]:
        """Every connected extension."""
        return list(self._peers.values())

    def send(self, instance: str, message: Message) -> bool:
        """Send to a browser profile; False when it is not connected."""
        peer = self._peers.get(instance)
        if peer is None:
            return False
        peer.send(message)
        return True
