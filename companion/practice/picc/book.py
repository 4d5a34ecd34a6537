"""The portal's book of proposals. Numbers are given once and never again."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from companion.practice.picc import forms
from companion.practice.picc.tariff import VEHICLE_TAX, Coverage
from companion.practice.portal import ZONE, Complaint

COMPANY = "3302"
NO_POLICY = " " * 22
"""Where a policy number would be, the core system answers blanks."""
DRAFT, PASSED, REFUSED, AUTO_PASSED, TO_PAY, WAITING = "0", "1", "2", "3", "4", "9"
AUTO_ISSUED, ISSUED = "D", "E"
FLAGS = {
    DRAFT: "初始",
    PASSED: "核保通过",
    REFUSED: "核保不通过",
    AUTO_PASSED: "自动核保通过",
    TO_PAY: "见费出单",
    "6": "待同步",
    WAITING: "待核保",
    AUTO_ISSUED: "自动核保转保单",
    ISSUED: "人工核保转保单",
}
"""Underwriting flags and the core system's words for them."""


@dataclass(eq=False)
class Line:
    """One line (险种) of a proposal. `flag` is one of FLAGS, `opinion` the underwriter's, premium in fen."""

    number: str
    kind: forms.Kind
    start: datetime
    end: datetime
    coverages: list[Coverage]
    policy_number: str = NO_POLICY
    flag: str = DRAFT
    deleted: bool = False
    opinion: str = ""
    by_hand: bool = False

    @property
    def premium(self) -> int:
        return sum(coverage.premium for coverage in self.coverages)

    @property
    def tax(self) -> int:
        """Vehicle tax that is collected with the compulsory line."""
        return VEHICLE_TAX if self.kind == "compulsory" else 0

    @property
    def issued(self) -> bool:
        return self.policy_number != NO_POLICY

    @property
    def passed(self) -> bool:
        """Whether it may be paid for."""
        return not self.deleted and self.flag in (PASSED, AUTO_PASSED, TO_PAY)

    def issue(self) -> None:
        """Make it a policy."""
        self.policy_number = f"P{self.number[1:]}"
        self.flag = ISSUED if self.by_hand else AUTO_ISSUED


@dataclass(eq=False)
class Proposal:
    """What one entry form became. `visible_from` is when the list query finds it."""

    maker: str
    form: forms.Form
    saved_at: datetime
    visible_from: datetime
    lines: list[Line] = field(default_factory=list)
    revision: int = 0

    @property
    def numbers(self) -> list[str]:
        return [line.number for line in self.lines]

    def line(self, kind: forms.Kind) -> Line | None:
        """The line of this kind, if it has one."""
        return next((line for line in self.lines if line.kind == kind), None)


Entry = tuple[Proposal, Line]
"""A row of the core system's lists."""


class Book:
    """All proposals, newest first. `first_serial` should grow from one start of the portal to the next."""

    def __init__(self, first_serial: int) -> None:
        self._proposals: list[Proposal] = []
        self._serial = itertools.count(first_serial)
        self._by_token: dict[str, Proposal] = {}

    def save(self, form: forms.Form, maker: str, now: datetime, visible_from: datetime) -> Proposal:
        """Store a form: new, or over what it was opened from. The same page posted twice is one proposal.

        Raises Complaint for what the form lacks.
        """
        forms.check(form)
        old = self._opened_from(form)
        for line in old.lines if old else []:
            self._unlocked(line)
        lines = [self._line(form, kind, old, now) for kind in forms.kinds(form)]
        proposal = old or Proposal(maker, form, now, visible_from)
        if old is None:
            self.add(proposal)
        proposal.form, proposal.lines, proposal.saved_at = form, lines, now
        proposal.revision += 1
        self._by_token[form.get("token", "")] = proposal
        return proposal

    def find(self, number: str, now: datetime) -> Proposal | None:
        """The proposal with this number, once it can be seen."""
        return next((proposal for proposal in self.seen(now) if number in proposal.numbers), None)

    def add(self, proposal: Proposal) -> None:
        """Enter a proposal as the newest."""
        self._proposals.insert(0, proposal)

    def seen(self, now: datetime) -> Iterator[Proposal]:
        """Every proposal that can be seen, newest first."""
        return (proposal for proposal in self._proposals if proposal.visible_from <= now)

    def lines(self, numbers: Iterable[str]) -> list[Entry]:
        """The lines with these proposal or policy numbers, whether they can be seen yet or not."""
        wanted = set(numbers) - {NO_POLICY}
        return [
            (proposal, line)
            for proposal in self._proposals
            for line in proposal.lines
            if line.number in wanted or line.policy_number in wanted
        ]

    def rows(self, now: datetime, numbers: Iterable[str], plate: str, insured: str) -> list[Entry]:
        """Rows of the list query; an empty criterion matches everything."""
        wanted = set(numbers)
        return [
            (proposal, line)
            for proposal in self.seen(now)
            if plate in proposal.form["prpCitemCar.licenseNo"]
            and insured in proposal.form["prpCinsureds[0].insuredName"]
            for line in proposal.lines
            if not wanted or line.number in wanted
        ]

    def _unlocked(self, line: Line) -> None:
        if line.deleted:
            raise Complaint("投保单已删除，不能保存")
        if line.issued:
            raise Complaint("投保单已生成保单，不能保存")
        if line.flag == WAITING:
            raise Complaint("投保单待核保，请先撤回")

    def _opened_from(self, form: forms.Form) -> Proposal | None:
        given = {form.get("prpCmain.proposalNo", ""), form.get("prpCmainCI.proposalNo", "")} - {""}
        known = next((found for found in self._proposals if given & set(found.numbers)), None)
        return known or (self._by_token.get(form["token"]) if form.get("token") else None)

    def _line(self, form: forms.Form, kind: forms.Kind, old: Proposal | None, now: datetime) -> Line:
        start, end = forms.term(form, kind)
        before = old.line(kind) if old else None
        number = before.number if before else self._number(kind, now)
        return Line(number, kind, start, end, forms.coverages(form, kind))

    def _number(self, kind: forms.Kind, now: datetime) -> str:
        letter = "A" if kind == "commercial" else "Z"
        return f"TD{letter}A{now.astimezone(ZONE).year}{COMPANY}{next(self._serial):010d}"
