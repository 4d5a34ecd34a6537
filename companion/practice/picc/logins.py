"""Who may log in, and who is logged in."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)


@dataclass(frozen=True)
class Clerk:
    """A login of the portal."""

    code: str
    password: str
    name: str


CLERKS = {
    "clerk01": Clerk("clerk01", "practice-01", "王丽"),
    "clerk02": Clerk("clerk02", "practice-02", "陈敏"),
}


@dataclass
class Login:
    """A live session."""

    clerk: Clerk
    seen_at: datetime


class Logins:
    """Live sessions by their cookie."""

    def __init__(self) -> None:
        self._live: dict[str, Login] = {}

    def open(self, code: str, password: str, now: datetime) -> str | None:
        """The cookie of a new session, or None when code or password is wrong."""
        clerk = CLERKS.get(code)
        if clerk is None or not secrets.compare_digest(clerk.password.encode(), password.encode()):
            return None
        cookie = secrets.token_hex(16).upper()
        self._live[cookie] = Login(clerk, now)
        return cookie

    def of(self, cookie: str | None, now: datetime) -> Clerk | None:
        """Who this cookie belongs to, unless it sat idle for too long."""
        login = self._live.get(cookie or "")
        if login is None or now - login.seen_at > IDLE:
            return None
        login.seen_at = now
        return login.clerk

    def end(self, cookie: str | None) -> None:
        """Forget a session."""
        self._live.pop(cookie or "", None)
