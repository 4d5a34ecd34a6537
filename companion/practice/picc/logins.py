"""Who may log in, and who is logged in."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from companion.practice.sessions import Sessions


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


class Logins(Sessions[Clerk]):
    """Live sessions, opened with a password."""

    def open(self, code: str, password: str, now: datetime) -> str | None:
        """The cookie of a new session, or None when code or password is wrong."""
        clerk = CLERKS.get(code)
        if clerk is None or not secrets.compare_digest(clerk.password.encode(), password.encode()):
            return None
        return self.begin(clerk, now)
