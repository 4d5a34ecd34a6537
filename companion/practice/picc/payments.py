"""Payment notices (缴费通知单): a code for the customer's phone, or a number for the card terminal."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from companion.practice.picc.book import COMPANY, Entry, Line, Proposal

How = Literal["qr", "card"]
WAITING, PAID, VOID = "未支付", "付款成功", "已作废"
HOWS: dict[How, str] = {"qr": "微信支付", "card": "POS刷卡"}


@dataclass(eq=False)
class Notice:
    """What is to be paid at once. `number` is SCol1; `token` is the secret part of the QR's address."""

    number: str
    token: str
    how: How
    entries: list[Entry]
    made_at: datetime
    maker: str
    state: str = WAITING
    paid_at: datetime | None = None

    @property
    def lines(self) -> list[Line]:
        return [line for _, line in self.entries]

    @property
    def numbers(self) -> list[str]:
        return [line.number for line in self.lines]

    @property
    def amount(self) -> int:
        """Premiums and vehicle tax in fen."""
        return sum(line.premium + line.tax for line in self.lines)


class Notices:
    """All payment notices. `first_serial` should grow from one start of the portal to the next."""

    def __init__(self, first_serial: int) -> None:
        self._notices: list[Notice] = []
        self._serial = first_serial

    def __iter__(self) -> Iterator[Notice]:
        return reversed(self._notices)

    def make(self, how: How, entries: list[Entry], maker: str, now: datetime) -> Notice:
        """A new notice; older ones for any of these proposals become void."""
        for proposal, _ in entries:
            self.void(proposal)
        self._serial += 1
        notice = Notice(f"{COMPANY}{self._serial:012d}", secrets.token_urlsafe(12), how, entries, now, maker)
        self._notices.append(notice)
        return notice

    def void(self, proposal: Proposal) -> None:
        """The proposal changed: what was to be paid for it no longer is."""
        for notice in self._notices:
            if notice.state == WAITING and any(each is proposal for each, _ in notice.entries):
                notice.state = VOID

    def find(self, word: str) -> Notice | None:
        """The notice with this number or token."""
        return next((each for each in self._notices if word and word in (each.number, each.token)), None)

    def of(self, numbers: list[str]) -> Notice | None:
        """The newest notice for any of these proposal numbers."""
        return next((each for each in self if set(numbers) & set(each.numbers)), None)
