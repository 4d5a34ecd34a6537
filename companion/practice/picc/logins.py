"""Who may log in, what each browser was asked to read, and who is logged in."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from companion.practice.captcha import Captchas
from companion.practice.portal import Complaint
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
    """Live sessions, opened with a password and a captcha."""

    def __init__(self) -> None:
        super().__init__()
        self.captchas = Captchas()

    def open(self, browser: str, code: str, password: str, typed: str, now: datetime) -> str:
        """The cookie of a new session for a browser that was shown a captcha. Raises Complaint."""
        if not self.captchas.read(browser, typed, now):
            raise Complaint("验证码错误")
        clerk = CLERKS.get(code)
        if clerk is None or not secrets.compare_digest(clerk.password.encode(), password.encode()):
            raise Complaint("用户代码或密码错误")
        return self.begin(clerk, now)
