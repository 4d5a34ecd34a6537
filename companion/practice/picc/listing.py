"""The lists of both front ends: criteria in, a page of sorted rows out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from companion.practice.picc import pages
from companion.practice.picc.book import Entry, Proposal
from companion.practice.picc.forms import Form
from companion.practice.picc.keys import numbers
from companion.practice.picc.portal import Portal

SMALL, MOST = 10, 10_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which page of a list is wanted, and in which order."""

    page: int
    size: int
    sort: str
    down: bool

    def of(self, every: list[Row]) -> list[Row]:
        """That page."""
        if self.sort:
            every = sorted(every, key=lambda row: _sortable(row.get(self.sort)), reverse=self.down)
        return every[(self.page - 1) * self.size : self.page * self.size]


def wanted(form: Form, names: tuple[str, str, str, str]) -> Wanted:
    """What a form says under these names: page, rows of a page, column, `asc` or `desc`."""
    page, size, sort, order = (form.get(name, "") for name in names)
    return Wanted(max(_int(page, 1), 1), min(max(_int(size, SMALL), 1), MOST), sort, order == "desc")


def proposals(portal: Portal, form: Form) -> tuple[list[str], list[Row]]:
    """The rows of prpall's list: the numbers asked for, and one row for each line."""
    asked = numbers(form.get("prpCproposalVo.proposalNo", ""))
    flag = form.get("prpCproposalVo.underWriteFlag", "")
    found = portal.book.rows(
        portal.clock.now(),
        asked,
        form.get("prpCproposalVo.licenseNo", ""),
        form.get("prpCproposalVo.insuredName", ""),
    )
    return asked, [pages.row(*entry) for entry in found if flag in ("", entry[1].flag)]


def policies(portal: Portal, form: Form) -> tuple[list[str], list[Row]]:
    """The rows of the policy list."""
    asked = numbers(form.get("prpCpolicyVo.policyNo", ""))
    plate, insured = (form.get(f"prpCpolicyVo.{name}", "") for name in ("licenseNo", "insuredName"))
    found = [entry for entry in portal.book.rows(portal.clock.now(), [], plate, insured) if entry[1].issued]
    return asked, [pages.row(*entry) for entry in found if not asked or _named(entry, asked)]


def cars(portal: Portal, form: Form) -> tuple[list[str], list[Row]]:
    """The rows of khyx's list: one for each car, with both its lines."""
    asked = numbers(form.get("bizNo", ""))
    plate, insured = form.get("licenseNo", ""), form.get("insuredName", "")
    found = [
        proposal
        for proposal in portal.book.seen(portal.clock.now())
        if plate in proposal.form["prpCitemCar.licenseNo"]
        and insured in proposal.form["prpCinsureds[0].insuredName"]
        and (not asked or any(_named((proposal, line), asked) for line in proposal.lines))
    ]
    return asked, [pages.car(proposal) for proposal in found]


def found(rows: list[Row]) -> list[str]:
    """The proposal numbers in rows of any list, for the ledger."""
    names = ("proposalNo", "quotationNoBI", "quotationNoCI")
    return [row[name] for row in rows for name in names if row.get(name, "").strip()]


def _named(entry: tuple[Proposal, Any] | Entry, asked: list[str]) -> bool:
    return entry[1].number in asked or entry[1].policy_number in asked


def _sortable(value: Any) -> tuple[float, str]:
    if isinstance(value, Mapping):
        value = value.get("time")
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))


def _int(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else otherwise
