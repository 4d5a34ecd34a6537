"""Who is logged in: live sessions by their cookie."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

IDLE = timedelta(minutes=30)

Clerk = TypeVar("Clerk")


@dataclass
class Session(Generic[Clerk]):
    """A live session."""

    clerk: Clerk
    seen_at: datetime


class Sessions(Generic[Clerk]):
    """The live sessions of one portal, of its own sort of clerk."""

    def __init__(self) -> None:
        self._live: dict[str, Session[Clerk]] = {}

    def begin(self, clerk: Clerk, now: datetime) -> str:
        """The cookie of a new session."""
        cookie = secrets.token_hex(16).upper()
        self._live[cookie] = Session(clerk, now)
        return cookie

    def of(self, cookie: str | None, now: datetime, idle: timedelta = IDLE) -> Clerk | None:
        """Who this cookie belongs to, unless it sat idle for too long."""
        session = self._live.get(cookie or "")
        if session is None:
            return None
        if now - session.seen_at > idle:
            self.end(cookie)
            return None
        session.seen_at = now
        return session.clerk

    def end(self, cookie: str | None) -> None:
        """Forget a session."""
        self._live.pop(cookie or "", None)
