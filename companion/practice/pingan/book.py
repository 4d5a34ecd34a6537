"""The portal's book of quotations and their documents. Numbers are given once and never again."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from companion.practice.pingan import forms
from companion.practice.pingan.forms import Kind, Term, Voucher
from companion.practice.portal import Complaint

QUOTED, IN_REVIEW, TO_PAY, WITHDRAWN, TO_CHANGE, ISSUED, DELETED = "B0", "B1", "B2", "B3", "B4", "B5", "B9"
STATUSES = {
    QUOTED: "已报价",
    IN_REVIEW: "核保中",
    TO_PAY: "待缴费",
    WITHDRAWN: "已撤回",
    TO_CHANGE: "待修改",
    ISSUED: "已承保",
    DELETED: "已删除",
}
NO_NUMBER = " " * 20
"""Where a number would be, the portal answers blanks."""
_APPLY_PREFIX = {"commercial": "50101", "compulsory": "50105"}
_POLICY_PREFIX = {"commercial": "10101", "compulsory": "10105"}


@dataclass
class Document:
    """One line (险种) of a quotation."""

    kind: Kind
    term: Term
    apply_number: str = NO_NUMBER
    policy_number: str = NO_NUMBER
    status: str = QUOTED
    message: str = ""

    @property
    def premium(self) -> int:
        """In fen."""
        return sum(duty.premium for duty in self.term.duties)


@dataclass
class Quotation:
    """What one form became. `visible_from` is when the list finds it."""

    number: str
    maker: str
    voucher: Voucher
    saved_at: datetime
    visible_from: datetime
    documents: list[Document] = field(default_factory=list)
    revision: int = 0

    @property
    def premium(self) -> int:
        """In fen."""
        return sum(document.premium for document in self.documents)

    @property
    def apply_numbers(self) -> list[str]:
        return [document.apply_number for document in self.documents if document.apply_number.strip()]

    def has(self, *statuses: str) -> bool:
        """Whether any document is in one of these."""
        return any(document.status in statuses for document in self.documents)

    def numbers(self) -> Iterator[str]:
        """Everything it can be asked for by."""
        yield self.number
        for document in self.documents:
            yield from (document.apply_number, document.policy_number)


class Book:
    """All quotations. `first_serial` should grow from one start of the portal to the next."""

    def __init__(self, first_serial: int) -> None:
        self._quotations: list[Quotation] = []
        self._serial = itertools.count(first_serial)
        self._by_number: dict[str, Quotation] = {}
        self._by_token: dict[str, Quotation] = {}

    def save(
        self, voucher: Voucher, token: str, maker: str, now: datetime, visible_from: datetime
    ) -> Quotation:
        """Store a voucher: new, or over the quotation it names. An empty token makes a repeat a new one.

        Raises Complaint for what the form lacks or what can be changed no more.
        """
        terms = forms.check(voucher)
        quotation = self._known(voucher, token) or self._new(voucher, maker, now, visible_from)
        if quotation.has(IN_REVIEW, TO_PAY, ISSUED, DELETED):
            status = next(document.status for document in quotation.documents)
            raise Complaint(f"当前状态为{STATUSES[status]}，不能修改")
        before = {document.kind: document.apply_number for document in quotation.documents}
        quotation.documents = [
            Document(kind, term, before.get(kind, NO_NUMBER)) for kind, term in terms.items()
        ]
        quotation.voucher, quotation.saved_at = {**voucher, "quotationNo": quotation.number}, now
        quotation.revision += 1
        self._by_token[token] = quotation
        return quotation

    def number_documents(self, quotation: Quotation) -> None:
        """Give each document its application number, unless it has one."""
        for document in quotation.documents:
            if not document.apply_number.strip():
                document.apply_number = self._number(_APPLY_PREFIX[document.kind])
                self._by_number[document.apply_number] = quotation

    def issue(self, quotation: Quotation) -> None:
        """Make policies of the documents that wait for payment."""
        for document in quotation.documents:
            if document.status == TO_PAY:
                document.status, document.message = ISSUED, "已承保"
                document.policy_number = self._number(_POLICY_PREFIX[document.kind])
                self._by_number[document.policy_number] = quotation

    def find(self, number: str, now: datetime) -> Quotation | None:
        """The quotation with this number of any sort, once it can be seen."""
        found = self.get(number)
        return found if found and found.visible_from <= now else None

    def policy(self, number: str, now: datetime) -> tuple[Quotation, Document] | None:
        """The policy with this number, once it can be seen."""
        quotation = self.find(number, now)
        documents = quotation.documents if quotation else []
        found = next((document for document in documents if document.policy_number == number), None)
        return (quotation, found) if quotation and found else None

    def get(self, number: str) -> Quotation | None:
        """The quotation with this number, seen or not: its own pages know it already."""
        return self._by_number.get(number)

    def rows(
        self, now: datetime, wanted: Callable[[Quotation, Document], bool]
    ) -> list[tuple[Quotation, Document]]:
        """Documents that can be seen and are wanted, those of the newest quotation first."""
        return [
            (quotation, document)
            for quotation in reversed(self._quotations)
            if quotation.visible_from <= now
            for document in quotation.documents
            if wanted(quotation, document)
        ]

    def _known(self, voucher: Voucher, token: str) -> Quotation | None:
        number = voucher.get("quotationNo")
        if number:
            found = self.get(str(number))
            if found is None:
                raise Complaint("报价单不存在")
            return found
        return self._by_token.get(token) if token else None

    def _new(self, voucher: Voucher, maker: str, now: datetime, visible_from: datetime) -> Quotation:
        quotation = Quotation(f"Q{self._number('0330')}", maker, voucher, now, visible_from)
        self._quotations.append(quotation)
        self._by_number[quotation.number] = quotation
        return quotation

    def _number(self, prefix: str) -> str:
        return prefix + f"{next(self._serial):015d}"
