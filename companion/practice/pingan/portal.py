"""The state of one practice portal, and what its pages do to it."""

import hashlib
import itertools
from collections.abc import Callable
from typing import Any

from companion.clock import Clock
from companion.practice.ledger import Ledger
from companion.practice.moods import COMMON, Moods
from companion.practice.pingan import book as states
from companion.practice.pingan import forms
from companion.practice.pingan.book import Book, Document, Quotation
from companion.practice.pingan.forms import Voucher
from companion.practice.pingan.logins import Clerk, Logins
from companion.practice.pingan.payments import PAID, UNPAID, Payment, Till
from companion.practice.portal import ZONE, Complaint, Practice

Listener = Callable[[dict[str, Any]], None]
OLDEST_CAR = 15


class Portal(Practice):
    """The state of one portal."""

    MOODS = COMMON | {
        "brief_messages",
        "pushed_result",
        "one_line_refused",
        "double_save",
        "canvas_qr",
        "changed_prefix",
        "short_session",
        "auto_paid",
        "large_file",
        "session_expiry_mid_download",
    }

    def __init__(self, ledger: Ledger, clock: Clock, moods: Moods) -> None:
        super().__init__(ledger, clock, moods)
        self.addresses: dict[str, str] = {}
        self.logins = Logins()
        # Numbers must not come again after a restart, however long the lists began.
        first = int(clock.now().timestamp() * 100_000)
        self.book = Book(first)
        self.till = Till(first)
        self.listeners: list[tuple[str, Listener]] = []
        self._tokens = itertools.count(first)

    def told(self, addresses: dict[str, str]) -> None:
        """Learn where the portal's hosts are served."""
        self.addresses = addresses

    @property
    def prefix(self) -> str:
        """The first part of every address inside."""
        return "icore_pnbs_v2" if "changed_prefix" in self.moods else "icore_pnbs"

    def token(self) -> str:
        """The mark of one page view, by which a form sent twice is known."""
        return f"{next(self._tokens):x}"

    def quote(self, voucher: Voucher, token: str, clerk: Clerk) -> Quotation:
        """Price and save a voucher. Raises Complaint with the portal's own words."""
        try:
            if "save_refused" in self.moods:
                raise Complaint("系统繁忙，报价平台未返回结果，请稍后重试")
            now = self.clock.now()
            kept = "" if "double_save" in self.moods else token
            quotation = self.book.save(voucher, kept, clerk.um, now, self.visible_from(now))
        except Complaint as complaint:
            self.ledger.write("save_refused", clerk.um, reason=str(complaint))
            raise
        self._note_save(quotation, clerk)
        return quotation

    def apply(self, number: str, clerk: Clerk) -> Quotation:
        """Submit a quotation for underwriting: decided at once, or in `pushed_result` put into review."""
        quotation = self._own(number)
        if quotation.has(states.IN_REVIEW, states.TO_PAY, states.ISSUED, states.DELETED):
            raise Complaint("该报价单已提交核保，请勿重复提交")
        self.book.number_documents(quotation)
        for document in quotation.documents:
            document.status, document.message = states.IN_REVIEW, "已提交核保，请等待核保结果"
        if "pushed_result" not in self.moods:
            self._underwrite(quotation)
        self._note("apply", clerk.um, quotation)
        return quotation

    def decide(self, quotation: Quotation, result: Callable[[Quotation], dict[str, Any]]) -> None:
        """Decide what was put into review, and tell the pages of the clerk who made it."""
        if quotation.has(states.IN_REVIEW):
            self._underwrite(quotation)
            self._note("decided", quotation.maker, quotation)
            for um, listener in self.listeners:
                if um == quotation.maker:
                    listener(result(quotation))

    def withdraw(self, number: str, clerk: Clerk) -> Quotation:
        """Take a submitted quotation back, so that it can be changed."""
        quotation = self._own(number)
        if not quotation.has(states.IN_REVIEW, states.TO_PAY, states.TO_CHANGE):
            raise Complaint("当前状态不能撤回")
        for document in quotation.documents:
            document.status, document.message = states.WITHDRAWN, "已撤回"
        self.till.void(quotation)
        self._note("withdrawn", clerk.um, quotation)
        return quotation

    def delete(self, number: str, clerk: Clerk) -> None:
        """Delete a quotation that is no policy yet."""
        quotation = self._own(number)
        if quotation.has(states.ISSUED):
            raise Complaint("已承保的单证不能删除")
        for document in quotation.documents:
            document.status, document.message = states.DELETED, "已删除"
        self.till.void(quotation)
        self.ledger.write("delete", clerk.um, [number], applied=quotation.apply_numbers)

    def open(self, numbers: list[str], clerk: Clerk) -> list[Quotation]:
        """The quotations that have these numbers of any sort, each once."""
        found = [self.book.find(number, self.clock.now()) for number in numbers]
        quotations = list({quotation.number: quotation for quotation in found if quotation}.values())
        self.ledger.write("detail", clerk.um, numbers, found=[quotation.number for quotation in quotations])
        return quotations

    def note_file(self, number: str, clerk: Clerk, data: bytes, complete: bool, paper: str) -> None:
        """Write into the ledger that a file was handed out, or its first part."""
        digest = hashlib.sha256(data).hexdigest()
        facts = {"bytes": len(data), "sha256": digest, "complete": complete, "file": paper}
        self.ledger.write("download", clerk.um, [number], **facts)

    def settle(self, payment: Payment) -> bool:
        """The customer pays, and policies are issued at once; False when the notice is open no more."""
        if payment.status != UNPAID:
            return False
        payment.status, payment.paid_at = PAID, self.clock.now()
        self.ledger.write("paid", None, payment.apply_numbers, notice=payment.notice, amount=payment.amount)
        self._issue(payment.quotation)
        return True

    def _issue(self, quotation: Quotation) -> None:
        waiting = [document for document in quotation.documents if document.status == states.TO_PAY]
        self.book.issue(quotation)
        lines = [
            {"number": document.apply_number, "policy": document.policy_number, "kind": document.kind}
            for document in waiting
        ]
        policies = [document.policy_number for document in waiting]
        self.ledger.write("issued", None, policies, quotation=quotation.number, lines=lines)

    def _own(self, number: str) -> Quotation:
        quotation = self.book.get(number)
        if quotation is None or quotation.has(states.DELETED):
            raise Complaint("报价单不存在或已删除")
        return quotation

    def _underwrite(self, quotation: Quotation) -> None:
        for document in quotation.documents:
            reason = self._objection(quotation, document)
            document.status = states.TO_CHANGE if reason else states.TO_PAY
            document.message = reason or "自动核保通过"

    def _objection(self, quotation: Quotation, document: Document) -> str:
        if document.kind == "compulsory":
            return ""
        if "one_line_refused" in self.moods:
            return "商业险不符合承保政策，请修改后重新提交"
        today = self.clock.now().astimezone(ZONE).date()
        return "车龄超过15年，商业险需修改" if forms.age(quotation.voucher, today) > OLDEST_CAR else ""

    def _note(self, what: str, user: str, quotation: Quotation) -> None:
        lines = [
            {
                "number": document.apply_number,
                "kind": document.kind,
                "status": document.status,
                "message": document.message,
            }
            for document in quotation.documents
        ]
        self.ledger.write(what, user, quotation.apply_numbers, quotation=quotation.number, lines=lines)

    def _note_save(self, quotation: Quotation, clerk: Clerk) -> None:
        self.ledger.write(
            "save",
            clerk.um,
            [quotation.number],
            revision=quotation.revision,
            plate=forms.plate(quotation.voucher),
            insured=forms.insured(quotation.voucher),
            lines=[{"kind": document.kind, "premium": document.premium} for document in quotation.documents],
        )
