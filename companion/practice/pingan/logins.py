"""Who may log in: captchas and tickets of the log-in host, sessions of the main host."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

from companion.practice import captcha
from companion.practice.portal import Complaint
from companion.practice.sessions import Sessions

CAPTCHA_LIFE = timedelta(minutes=5)
MAX_CAPTCHAS = 1000


@dataclass(frozen=True)
class Clerk:
    """A login (UM account) of the portal."""

    um: str
    password: str
    name: str
    department: str = "33020000"


CLERKS = {
    "WANGLI001": Clerk("WANGLI001", "practice-01", "王莉"),
    "CHENMIN002": Clerk("CHENMIN002", "practice-02", "陈敏"),
}


class Logins(Sessions[Clerk]):
    """Captchas by log-in page, tickets not yet handed in, live sessions by cookie."""

    def __init__(self) -> None:
        super().__init__()
        self._captchas: dict[str, tuple[str, datetime]] = {}
        self._tickets: dict[str, Clerk] = {}

    def captcha(self, page: str, now: datetime) -> tuple[str, bytes]:
        """A new captcha for a log-in page: its answer and its picture."""
        noise = SystemRandom()
        answer = captcha.answer(noise)
        self._captchas.pop(page, None)
        self._captchas[page] = (answer, now)
        while len(self._captchas) > MAX_CAPTCHAS:
            self._captchas.pop(next(iter(self._captchas)))
        return answer, captcha.draw(answer, noise)

    def ticket(self, page: str, um: str, password: str, typed: str, now: datetime) -> str:
        """A ticket for the main host. A captcha serves once. Raises Complaint."""
        answer, drawn_at = self._captchas.pop(page, ("", now))
        if not answer or now - drawn_at > CAPTCHA_LIFE or typed.strip().upper() != answer:
            raise Complaint("验证码错误，请重新输入")
        clerk = CLERKS.get(um.strip().upper())
        if clerk is None or not secrets.compare_digest(clerk.password.encode(), password.encode()):
            raise Complaint("用户名或密码错误")
        ticket = f"ST-{secrets.token_hex(12)}-cas"
        self._tickets[ticket] = clerk
        return ticket

    def enter(self, ticket: str, now: datetime) -> tuple[str, Clerk] | None:
        """The cookie of a new session for a ticket, which serves once."""
        clerk = self._tickets.pop(ticket, None)
        if clerk is None:
            return None
        return self.begin(clerk, now), clerk
