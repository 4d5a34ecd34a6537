"""The live portal sessions of this desk, as its browsers report them (I-1.11)."""

from collections.abc import Callable

from companion.clock import Clock, to_ms
from companion.management.wire import FileBody, QueryCommand, SessionOnDevice
from companion.protocol import Session

MOST = 50
"""As many sessions as one message may carry."""


class Sessions:
    """One session per browser profile and portal origin: that is what a cookie jar can hold."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._live: dict[tuple[str, str], SessionOnDevice] = {}
        self._captchas: set[tuple[str, str]] = set()

    def report(self, instance: str, message: Session) -> None:
        """A browser says who is logged in at an origin, or that nobody is any more."""
        key = (instance, message.origin)
        if message.state == "captcha":
            self._captchas.add(key)  # it says nothing of who is logged in
            return
        self._captchas.discard(key)
        if message.state == "ended":
            if self._live.pop(key, None) is not None:
                self._changed()
            return
        self._live[key] = SessionOnDevice(
            instance=instance,
            carrier=message.carrier,
            origin=message.origin,
            login=message.login,
            tab=message.tab,
            seen_at=to_ms(self._clock.now()),
        )
        self._changed()

    def drop(self, instance: str) -> None:
        """A browser profile is gone, and its sessions cannot be reached."""
        self._captchas = {key for key in self._captchas if key[0] != instance}
        gone = [key for key in self._live if key[0] == instance]
        for key in gone:
            del self._live[key]
        if gone:
            self._changed()

    def all(self) -> list[SessionOnDevice]:
        """Every live session, the one seen last first."""
        return sorted(self._live.values(), key=lambda session: -session.seen_at)[:MOST]

    @property
    def captcha_wanted(self) -> bool:
        """Whether a log-in page waits for the clerk to read an image, and nobody is logged in there."""
        return any(key not in self._live for key in self._captchas)

    def fit(self, query: QueryCommand | FileBody) -> list[SessionOnDevice]:
        """The sessions that may make a query, best first: the hint's own browser before any other.

        An unknown login on either side fits: who was logged in is read again with the answer.
        """
        fitting = [session for session in self.all() if _fits(session, query)]
        return sorted(fitting, key=lambda one: (one.instance != query.instance, one.login != query.login))


def _fits(session: SessionOnDevice, query: QueryCommand | FileBody) -> bool:
    if (session.carrier, session.origin) != (query.carrier, query.origin):
        return False
    return query.login is None or session.login is None or session.login == query.login
