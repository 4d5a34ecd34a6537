"""Payment notices (缴费通知) and the codes that customers scan."""

import itertools
import secrets
from dataclasses import dataclass
from datetime import datetime

from companion.practice.pingan.book import TO_PAY, Quotation
from companion.practice.portal import Complaint

UNPAID, PAID, VOID = "0", "1", "2"
STATUSES = {UNPAID: "待支付", PAID: "支付成功", VOID: "已作废"}


@dataclass
class Payment:
    """One notice: what is to be paid (fen), for which documents, and how it stands."""

    notice: str
    code: str
    sign: str
    quotation: Quotation
    apply_numbers: list[str]
    amount: int
    made_at: datetime
    status: str = UNPAID
    paid_at: datetime | None = None


class Till:
    """All notices, newest last. A quotation has one open notice at most."""

    def __init__(self, first_serial: int) -> None:
        self._payments: list[Payment] = []
        self._serial = itertools.count(first_serial)

    def notice(self, quotation: Quotation, now: datetime) -> Payment:
        """A new notice for everything of a quotation that waits for payment; older ones are void.

        Raises Complaint when nothing waits.
        """
        waiting = [document for document in quotation.documents if document.status == TO_PAY]
        if not waiting:
            raise Complaint("没有待缴费的投保单")
        self.void(quotation)
        payment = Payment(
            notice=f"N{next(self._serial):017d}",
            code=secrets.token_hex(10).upper(),
            sign=secrets.token_hex(16),
            quotation=quotation,
            apply_numbers=[document.apply_number for document in waiting],
            amount=sum(document.premium for document in waiting),
            made_at=now,
        )
        self._payments.append(payment)
        return payment

    def void(self, quotation: Quotation) -> None:
        """Take back what could still be paid for a quotation."""
        for payment in self._payments:
            if payment.quotation is quotation and payment.status == UNPAID:
                payment.status = VOID

    def by_notice(self, notice: str, sign: str) -> Payment | None:
        """The payment of a notice, if the signature is its own."""
        found = (payment for payment in self._payments if payment.notice == notice)
        return next((payment for payment in found if secrets.compare_digest(payment.sign, sign)), None)

    def by_code(self, code: str) -> Payment | None:
        """The payment that a scanned code stands for."""
        return next((payment for payment in self._payments if payment.code == code), None)

    def record(self, number: str, plate: str) -> list[Payment]:
        """Payments by notice, quotation or application number and part of a plate, newest first."""
        return [
            payment
            for payment in reversed(self._payments)
            if (not number or number in {payment.notice, payment.quotation.number, *payment.apply_numbers})
            and plate in payment.quotation.voucher["vehicleTarget"]["vehicleLicenceCode"]
        ]
