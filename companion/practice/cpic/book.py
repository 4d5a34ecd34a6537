"""The portal's book of quotations. Numbers are given once and never again."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from companion.practice.cpic import forms
from companion.practice.cpic.forms import Application, Kind
from companion.practice.cpic.tariff import VEHICLE_TAX, Coverage
from companion.practice.portal import ZONE, Complaint

BRANCH = "ANIB001"
PRODUCTS: dict[Kind, str] = {"commercial": "Y14", "compulsory": "CTP", "nonMotor": "QAA"}
BLANKS = " " * 20
"""What stands where there is no policy number yet."""
DRAFT, WAITING, REFUSED, RETURNED, PASSED, FINAL, ISSUED, DELETED = "12345678"
STATES = {
    DRAFT: "暂存",
    WAITING: "待核保",
    REFUSED: "拒保",
    RETURNED: "退回修改",
    PASSED: "核保通过",
    FINAL: "拒保不可申诉",
    ISSUED: "生效",
    DELETED: "删除",
}
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(eq=False)
class Line:
    """One line (险种) of a quotation; `state` is one of STATES, premiums are in fen."""

    kind: Kind
    start: datetime
    end: datetime
    coverages: list[Coverage]
    insured_no: str = ""
    policy_no: str = BLANKS
    state: str = DRAFT
    reason: str = ""

    @property
    def premium(self) -> int:
        return sum(coverage.premium for coverage in self.coverages)

    @property
    def tax(self) -> int:
        """Vehicle tax that is collected with the compulsory line."""
        return VEHICLE_TAX if self.kind == "compulsory" else 0


@dataclass(eq=False)
class Quotation:
    """What one form became. `extra` is the non-motor quotation that was made beside it."""

    number: str
    maker: str
    form: Application
    saved_at: datetime
    visible_from: datetime
    lines: list[Line]
    complete: bool = False
    revision: int = 0
    extra: "Quotation | None" = field(default=None, repr=False)

    @property
    def motor(self) -> bool:
        return self.lines[0].kind != "nonMotor"

    @property
    def alive(self) -> list[Line]:
        """The lines that were not deleted."""
        return [line for line in self.lines if line.state != DELETED]

    @property
    def family(self) -> "list[Quotation]":
        """This one and what goes to underwriting and payment with it."""
        return [self, self.extra] if self.extra and self.extra.alive else [self]

    @property
    def insured_nos(self) -> list[str]:
        return [line.insured_no for line in self.lines if line.insured_no]

    @property
    def every_number(self) -> list[str]:
        """Its own number and those of its lines."""
        policies = [line.policy_no for line in self.lines if line.policy_no != BLANKS]
        return [self.number, *self.insured_nos, *policies]

    @property
    def state(self) -> str:
        """The quotation as a whole: its least happy line decides."""
        states = {line.state for line in self.alive}
        for each in (WAITING, FINAL, REFUSED, RETURNED, DRAFT, PASSED, ISSUED):
            if each in states:
                return each
        return DELETED

    @property
    def amount(self) -> int:
        """What is to be paid for it, in fen."""
        return sum(line.premium + line.tax for line in self.alive)

    def line(self, kind: Kind) -> Line | None:
        """The line of this kind, if it has one."""
        return next((line for line in self.lines if line.kind == kind), None)


class Numbers:
    """Gives numbers; `first` should grow from one start of the portal to the next."""

    def __init__(self, first: int) -> None:
        self._serial = itertools.count(first)

    def quotation(self, now: datetime) -> str:
        """A quotation number: Q, branch, year, 11 digits."""
        return f"Q{BRANCH[1:]}{_year(now)}{next(self._serial):011d}"

    def proposal(self, kind: Kind, now: datetime) -> str:
        """A proposal number of 20 characters."""
        return f"{BRANCH}{PRODUCTS[kind]}{_year(now)}F{_base36(next(self._serial))}"

    def payment(self, now: datetime) -> str:
        """A payment number: the day and 11 digits."""
        return f"{now.astimezone(ZONE):%Y%m%d}{next(self._serial):011d}"


def policy_no(insured_no: str) -> str:
    """The policy number that a proposal number becomes."""
    return f"{insured_no[:12]}B{insured_no[13:]}"


def _year(now: datetime) -> str:
    return f"{now.astimezone(ZONE):%y}"


def _base36(value: int) -> str:
    text = ""
    for _ in range(7):
        value, digit = divmod(value, 36)
        text = _DIGITS[digit] + text
    return text


class Book:
    """All quotations, newest first."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self._quotations: dict[str, Quotation] = {}

    def __iter__(self) -> Iterator[Quotation]:
        return reversed(self._quotations.values())

    def add(self, quotation: Quotation) -> None:
        """Enter a quotation and what was made beside it."""
        for each in quotation.family:
            self._quotations[each.number] = each

    def save(
        self, form: Application, full: bool, maker: str, now: datetime, visible_from: datetime
    ) -> Quotation:
        """Store a form: new, or over the quotation it names. Raises Complaint for what it lacks."""
        forms.check(form, full)
        old = self.opened(form.quotationNo) if form.quotationNo else None
        lines = [_line(form, kind, old) for kind in forms.kinds(form)]
        if old is None:
            old = Quotation(self.numbers.quotation(now), maker, form, now, visible_from, lines)
        lines += _left_out(old, {line.kind for line in lines})
        old.form, old.lines, old.saved_at, old.complete = form, lines, now, full
        old.revision += 1
        self._beside(old, now)
        self.add(old)
        return old

    def known(self, number: str) -> Quotation | None:
        """The quotation with this quotation number, whether lists show it yet or not."""
        return self._quotations.get(number)

    def opened(self, number: str) -> Quotation:
        """The quotation with this number, if it may be saved over. Raises Complaint."""
        quotation = self._quotations.get(number)
        if quotation is None or not quotation.motor:
            raise Complaint("报价单不存在")
        if quotation.state not in (DRAFT, REFUSED, RETURNED):
            raise Complaint(f"报价单状态为{STATES[quotation.state]}，不能修改")
        return quotation

    def find(self, number: str, now: datetime) -> Quotation | None:
        """The quotation with this quotation, proposal or policy number, once it can be seen."""
        known = self._quotations.get(number)
        for quotation in [known] if known else self._quotations.values():
            if number in quotation.every_number and quotation.visible_from <= now:
                return quotation
        return None

    def _beside(self, quotation: Quotation, now: datetime) -> None:
        old = quotation.extra
        if not quotation.form.nonMotor:
            for line in old.lines if old else []:
                line.state = DELETED
            return
        lines = [_line(quotation.form, "nonMotor", old)]
        if old is None:
            number = self.numbers.quotation(now)
            old = Quotation(number, quotation.maker, quotation.form, now, quotation.visible_from, lines)
        old.form, old.lines, old.saved_at, quotation.extra = quotation.form, lines, now, old


def _left_out(old: Quotation, kinds: set[Kind]) -> list[Line]:
    """Lines that had proposal numbers and are no longer wanted: their numbers remain, as deleted ones."""
    gone = [line for line in old.lines if line.insured_no and line.kind not in kinds]
    for line in gone:
        line.state = DELETED
    return gone


def _line(form: Application, kind: Kind, old: Quotation | None) -> Line:
    start, end = forms.term(form, kind)
    before = old.line(kind) if old else None
    return Line(kind, start, end, forms.coverages(form, kind), before.insured_no if before else "")
