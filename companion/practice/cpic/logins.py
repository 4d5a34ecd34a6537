"""Who may log in, who is logged in, and what each of them was asked to read."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.practice.sessions import IDLE

TRIES = 5
WRONG, LOCKED, CAPTCHA, EXPIRED, DEVICE, HOURS, WEAK = "1", "2", "3", "4", "5", "6", "8"


@dataclass(frozen=True)
class Clerk:
    """A login of the portal. `trouble` is the error code that keeps it out."""

    code: str
    password: str
    name: str
    branch: str = "宁波分公司营业一部"
    trouble: str = ""


CLERKS = {
    clerk.code: clerk
    for clerk in (
        Clerk("clerk01", "practice-01", "周敏"),
        Clerk("clerk02", "practice-02", "何俊", "宁波分公司营业二部"),
        Clerk("locked01", "practice-01", "钱进", trouble=LOCKED),
        Clerk("expired01", "practice-01", "孙悦", trouble=EXPIRED),
        Clerk("device01", "practice-01", "李想", trouble=DEVICE),
        Clerk("night01", "practice-01", "吴迪", trouble=HOURS),
        Clerk("weak01", "123456", "郑爽", trouble=WEAK),
    )
}


@dataclass
class Session:
    """A browser that has been here: what it must read, and who it is once logged in."""

    seen_at: datetime
    captcha: str = ""
    clerk: Clerk | None = None


class Logins:
    """Sessions by their cookie."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._failures: dict[str, int] = {}

    def ask(self, cookie: str | None, captcha: str, now: datetime) -> str:
        """Remember what a browser was shown; returns its cookie, new when it had none of ours."""
        if cookie is None or cookie not in self._sessions:
            cookie = secrets.token_hex(16).upper()
            self._sessions[cookie] = Session(now)
        self._sessions[cookie].captcha = captcha
        return cookie

    def enter(
        self, cookie: str | None, code: str, password: str, captcha: str, now: datetime
    ) -> tuple[str, str]:
        """Log in: (new cookie, "") or ("", error code). A captcha is good for one try."""
        session = self._sessions.get(cookie or "")
        shown = session.captcha if session else ""
        if session:
            session.captcha = ""
        if not shown or captcha.upper() != shown:
            return "", CAPTCHA
        trouble = self._trouble(code, password)
        if trouble:
            return "", trouble
        self.end(cookie)
        fresh = secrets.token_hex(16).upper()
        self._sessions[fresh] = Session(now, clerk=CLERKS[code])
        return fresh, ""

    def of(self, cookie: str | None, now: datetime, idle: timedelta = IDLE) -> Clerk | None:
        """Who this cookie belongs to, unless it sat idle for too long."""
        session = self._sessions.get(cookie or "")
        if session is None or session.clerk is None:
            return None
        if now - session.seen_at > idle:
            self.end(cookie)
            return None
        session.seen_at = now
        return session.clerk

    def end(self, cookie: str | None) -> None:
        """Forget a session."""
        self._sessions.pop(cookie or "", None)

    def _trouble(self, code: str, password: str) -> str:
        clerk = CLERKS.get(code)
        if self._failures.get(code, 0) >= TRIES:
            return LOCKED
        if clerk is None or not secrets.compare_digest(clerk.password.encode(), password.encode()):
            self._failures[code] = self._failures.get(code, 0) + 1
            return WRONG
        self._failures.pop(code, None)
        return clerk.trouble
