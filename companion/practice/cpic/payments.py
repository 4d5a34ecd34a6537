"""Payment orders: a code for the customer's phone, or a number for the card terminal."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from companion.practice.cpic.book import Quotation

How = Literal["qr", "card"]
WAITING, PAID, VOID = "2", "3", "4"
STATES = {WAITING: "待支付", PAID: "支付成功", VOID: "已作废"}
HOWS: dict[How, str] = {"qr": "微信扫码", "card": "POS刷卡"}


@dataclass(eq=False)
class Order:
    """What is to be paid by one code. `amount` is in fen; `token` is the secret part of the QR's address."""

    pay_no: str
    token: str
    how: How
    quotations: list[Quotation]
    amount: int
    made_at: datetime
    maker: str
    state: str = WAITING
    paid_at: datetime | None = None

    @property
    def insured_nos(self) -> list[str]:
        return [number for quotation in self.quotations for number in quotation.insured_nos]


class Orders:
    """All payment orders, newest first when gone through."""

    def __init__(self, token: Callable[[], str] = lambda: secrets.token_urlsafe(12)) -> None:
        self._token = token
        self._orders: list[Order] = []
        self._latest: dict[str, Order] = {}

    def __iter__(self) -> Iterator[Order]:
        return reversed(self._orders)

    def make(self, pay_no: str, how: How, quotations: list[Quotation], maker: str, now: datetime) -> Order:
        """A new order; older ones for the same quotations become void."""
        for quotation in quotations:
            self.void(quotation)
        amount = sum(quotation.amount for quotation in quotations)
        order = Order(pay_no, self._token(), how, quotations, amount, now, maker)
        self._orders.append(order)
        self._latest |= {quotation.number: order for quotation in quotations}
        return order

    def void(self, quotation: Quotation) -> None:
        """The quotation changed: what was to be paid for it no longer is."""
        order = self.latest(quotation)
        if order and order.state == WAITING:
            order.state = VOID

    def find(self, word: str) -> Order | None:
        """The order with this token or payment number."""
        return next((order for order in self._orders if word and word in (order.token, order.pay_no)), None)

    def latest(self, quotation: Quotation) -> Order | None:
        """The order that counts for a quotation."""
        return self._latest.get(quotation.number)
