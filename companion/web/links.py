"""One-time links into local pages: a link works once and for a minute and becomes a session cookie.

Only digests are kept, so that a copy of the store opens nothing.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from companion.clock import Clock

LINK_LIFE = timedelta(minutes=1)
SESSION_LIFE = timedelta(hours=12)
"""A working day: the next morning a new link is asked for."""


@dataclass(frozen=True)
class Entry:
    """What a redeemed link gives: the secret of a new session and the path to show."""

    session: str
    path: str


class Links(Protocol):
    """Where links and sessions are kept."""

    async def create(self, path: str, device: str | None = None) -> str:
        """Make a link to `path` for the clerk of a desk; returns its key."""
        ...

    async def redeem(self, key: str) -> Entry | None:
        """Spend a link. None when it is unknown, used or older than LINK_LIFE."""
        ...

    async def live(self, session: str) -> bool:
        """Whether a session secret is known and younger than SESSION_LIFE."""
        ...


class MemoryLinks:
    """Links of the desk's own pages: they end with the process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._links: dict[str, tuple[str, datetime]] = {}
        self._sessions: dict[str, datetime] = {}

    async def create(self, path: str, device: str | None = None) -> str:
        self._forget()
        key = new_secret()
        self._links[digest(key)] = (path, self._clock.now() + LINK_LIFE)
        return key

    async def redeem(self, key: str) -> Entry | None:
        self._forget()
        kept = self._links.pop(digest(key), None)
        if kept is None:
            return None
        session = new_secret()
        self._sessions[digest(session)] = self._clock.now() + SESSION_LIFE
        return Entry(session, kept[0])

    async def live(self, session: str) -> bool:
        self._forget()
        return digest(session) in self._sessions

    def _forget(self) -> None:
        now = self._clock.now()
        self._links = {key: kept for key, kept in self._links.items() if now < kept[1]}
        self._sessions = {key: until for key, until in self._sessions.items() if now < until}


def new_secret() -> str:
    """256 bits from the system's generator, safe in a URL."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def form_token(session: str) -> str:
    """The token every form of a session carries; it cannot be had without the cookie."""
    return hmac.new(session.encode(), b"form", hashlib.sha256).hexdigest()


def entry_path(base: str, key: str) -> str:
    """The path of a one-time link below the origin that serves `base` (`/console`, `/desk`)."""
    return f"{base}/enter?key={key}"
