"""The state of one practice portal, and what its pages do to it."""

import base64
import hashlib
import secrets
from random import Random
from typing import Any

from companion.clock import Clock
from companion.practice import captcha, qr
from companion.practice.cpic import epolicy, forms, payments, portfolio, underwriting
from companion.practice.cpic.book import (
    DELETED,
    DRAFT,
    ISSUED,
    PASSED,
    REFUSED,
    RETURNED,
    STATES,
    WAITING,
    Book,
    Line,
    Numbers,
    Quotation,
    policy_no,
)
from companion.practice.cpic.cipher import Cipher
from companion.practice.cpic.forms import Kind
from companion.practice.cpic.logins import Clerk, Logins
from companion.practice.ledger import Ledger
from companion.practice.moods import COMMON, Moods
from companion.practice.portal import Complaint, Practice

NUMBERS_PER_SECOND = 16


class Portal(Practice):
    """The state of one portal."""

    MOODS = COMMON | {
        "short_session",
        "one_line_refused",
        "manual_underwriting",
        "duplicate_answer",
        "encrypted",
        "canvas_qr",
        "html_instead_of_json",
        "session_expiry_mid_download",
        "large_file",
        "auto_paid",
        "late_policy",
    }

    def __init__(self, ledger: Ledger, clock: Clock, moods: Moods, rows: int = 0) -> None:
        super().__init__(ledger, clock, moods)
        self.logins = Logins()
        self.orders = payments.Orders()
        self.cipher = Cipher()
        # Numbers must not come again after a restart: seconds grow faster than anybody saves.
        self.book = Book(Numbers(int(clock.now().timestamp()) * NUMBERS_PER_SECOND))
        self._noise = Random(secrets.randbits(64))
        portfolio.fill(self.book, self.orders, rows)
        if rows:
            ledger.write("portfolio", None, rows=rows)

    def captcha(self, cookie: str | None) -> tuple[str, bytes]:
        """A new captcha for a browser: its cookie and the picture."""
        text = captcha.answer(self._noise)
        cookie = self.logins.ask(cookie, text, self.clock.now())
        image = captcha.draw(text, self._noise)
        digest = hashlib.sha256(image).hexdigest()
        self.ledger.write("captcha", None, answer=text, image=digest)
        return cookie, image

    def save(self, form: forms.Application, full: bool, clerk: Clerk) -> Quotation:
        """Save a form. Raises Complaint with the portal's own words."""
        try:
            if "save_refused" in self.moods:
                raise Complaint("核心系统繁忙，请稍后重试[E5031]")
            now = self.clock.now()
            quotation = self.book.save(form, full, clerk.code, now, self.visible_from(now))
        except Complaint as complaint:
            self.ledger.write("save_refused", clerk.code, reason=str(complaint))
            raise
        for each in quotation.family:
            self._note_save(each, clerk)
        return quotation

    def submit(self, number: str, clerk: Clerk) -> Quotation:
        """Hand a quotation in for underwriting: a number per line is made whatever comes of it."""
        quotation = self.own(number)
        if not quotation.complete or quotation.state not in (DRAFT, REFUSED, RETURNED):
            reason = f"报价单状态为{STATES[quotation.state]}" if quotation.complete else "投保信息未保存"
            self.ledger.write("submit_refused", clerk.code, [number], reason=reason)
            raise Complaint(f"{reason}，不能提交核保")
        for each in quotation.family:
            for line in each.alive:
                line.insured_no = line.insured_no or self.book.numbers.proposal(line.kind, self.clock.now())
                line.state, line.reason = WAITING, ""
        self._note_lines("submit", clerk.code, quotation)
        self.later(self.moods.get("manual_underwriting"), lambda: self._decide(quotation))
        return quotation

    def withdraw(self, number: str, clerk: Clerk) -> Quotation:
        """Take a quotation back from underwriting, to change it."""
        quotation = self.own(number)
        if quotation.state not in (WAITING, PASSED):
            raise Complaint(f"报价单状态为{STATES[quotation.state]}，不能撤回")
        for each in quotation.family:
            for line in each.alive:
                line.state, line.reason = DRAFT, ""
        self.orders.void(quotation)
        self._note_lines("withdraw", clerk.code, quotation)
        return quotation

    def delete(self, number: str, kinds: list[Kind], clerk: Clerk) -> Quotation:
        """Delete some lines of a quotation, or all of it when none is named."""
        quotation = self.own(number, motor=False)
        if quotation.state in (ISSUED, DELETED):
            raise Complaint(f"报价单状态为{STATES[quotation.state]}，不能删除")
        gone = [line for line in quotation.alive if not kinds or line.kind in kinds]
        if len(gone) == len(quotation.alive) and quotation.motor:
            gone = [line for each in quotation.family for line in each.alive]
        for line in gone:
            line.state = DELETED
        self.orders.void(quotation)
        words = {line.kind: line.insured_no for line in gone}
        self.ledger.write("delete", clerk.code, [number], lines=words, left=len(quotation.alive))
        return quotation

    def pay(self, numbers: list[str], how: payments.How, clerk: Clerk, origin: str) -> payments.Order:
        """Make the code by which the customer pays."""
        quotations = [each for number in numbers for each in self.own(number).family]
        if not quotations or any(each.state != PASSED for each in quotations):
            raise Complaint("只有核保通过的报价单可以支付")
        now = self.clock.now()
        order = self.orders.make(self.book.numbers.payment(now), how, quotations, clerk.code, now)
        code = f"{origin}/pay/{order.token}" if how == "qr" else order.pay_no
        self._note_order("pay_code", clerk.code, order, how=how, code=code)
        if "auto_paid" in self.moods:
            self.later(self.moods["auto_paid"], lambda: self.settle(order))
        return order

    def settle(self, order: payments.Order) -> bool:
        """The customer pays. False when the code is no longer good."""
        if order.state != payments.WAITING:
            self._note_order("pay_declined", None, order, state=order.state)
            return False
        order.state, order.paid_at = payments.PAID, self.clock.now()
        self._note_order("paid", None, order)
        self.later(self.moods.get("late_policy"), lambda: self._issue(order))
        return True

    def picture(self, order: payments.Order, origin: str) -> str:
        """The QR image as the portal sends it: base64 with a backslash and an n after every 76 characters."""
        return base64.encodebytes(qr.png(f"{origin}/pay/{order.token}")).decode().replace("\n", "\\n")

    def policy(self, number: str) -> tuple[Quotation, Line] | None:
        """The issued line with this policy number."""
        quotation = self.book.find(number, self.clock.now()) if number else None
        lines = quotation.lines if quotation else []
        line = next((line for line in lines if line.policy_no == number), None)
        return (quotation, line) if quotation and line else None

    def note_file(self, number: str, user: str, data: bytes, complete: bool, kind: epolicy.Paper) -> None:
        """Write into the ledger that a file was handed out, or its first part."""
        digest = hashlib.sha256(data).hexdigest()
        facts = {"bytes": len(data), "sha256": digest, "complete": complete, "file": kind}
        self.ledger.write("download", user, [number], **facts)

    def own(self, number: str, motor: bool = True) -> Quotation:
        """A quotation to work on. Raises Complaint."""
        quotation = self.book.known(number)
        if quotation is None or (motor and not quotation.motor):
            raise Complaint("报价单不存在")
        return quotation

    def _decide(self, quotation: Quotation) -> None:
        if quotation.state != WAITING:
            return  # withdrawn or deleted meanwhile
        strict, now = "one_line_refused" in self.moods, self.clock.now()
        for each in quotation.family:
            for line in each.alive:
                line.state, line.reason = underwriting.decide(quotation.form, line.kind, now, strict)
        self._note_lines("underwritten", None, quotation)

    def _issue(self, order: payments.Order) -> None:
        for quotation in order.quotations:
            for line in quotation.alive:
                line.state, line.policy_no = ISSUED, policy_no(line.insured_no)
        issued = [line.policy_no for each in order.quotations for line in each.alive]
        self._note_order("issued", None, order, policies=issued)

    def _note_save(self, quotation: Quotation, clerk: Clerk) -> None:
        lines = [{"kind": line.kind, "premium": line.premium} for line in quotation.lines]
        self.ledger.write(
            "save",
            clerk.code,
            [quotation.number],
            how="saveInsureInfo" if quotation.complete else "quickSave",
            revision=quotation.revision,
            plate=quotation.form.value("plateNo"),
            insured=quotation.form.value("insuredName"),
            lines=lines,
            total=quotation.amount,
        )

    def _note_lines(self, what: str, user: str | None, quotation: Quotation) -> None:
        lines = [
            {
                "quotation": each.number,
                "number": line.insured_no,
                "kind": line.kind,
                "state": line.state,
                "reason": line.reason,
            }
            for each in quotation.family
            for line in each.alive
        ]
        numbers = [quotation.number, *quotation.insured_nos]
        self.ledger.write(what, user, numbers, state=quotation.state, lines=lines)

    def _note_order(self, what: str, user: str | None, order: payments.Order, **more: Any) -> None:
        quotations = [quotation.number for quotation in order.quotations]
        self.ledger.write(
            what,
            user,
            order.insured_nos,
            quotations=quotations,
            payNo=order.pay_no,
            amount=order.amount,
            **more,
        )
