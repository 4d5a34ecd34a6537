"""From table rows to what is shown: pure functions, no session."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from companion.clock import from_ms, to_ms
from companion.management.store.signal_tables import PaymentCode
from companion.management.store.tables import Customer, IssuingAccount, Line, Proposal, Timeline
from companion.management.store.work_tables import Confirm, Download, Notification, Question
from companion.management.views import ConfirmRow, NotificationRow, QuestionRow, TimelineRow
from companion.management.wire import (
    DownloadOut,
    LineOut,
    PaymentOut,
    ProposalDetail,
    ProposalOut,
    TimelineEntry,
)
from companion.protocol import Account, Choice, CustomerFound, LineFacts
from companion.protocol import Question as Asked

_FILE: tuple[Choice, ...] = ("yes", "download_only", "cancel")
_PUSH: tuple[Choice, ...] = ("yes", "no")
CHOICES: dict[str, tuple[Choice, ...]] = {
    "D1": _FILE,
    "D1a": _PUSH,
    "D1b": _FILE,
    "D2": _PUSH,
    "D2b": _FILE,
    "D3": _PUSH,
    "D3b": _FILE,
    "D4": _PUSH,
    "D4b": _FILE,
}
"""Buttons of a question by its kind (requirements/000, Questions)."""
WITH_REMARK = ("D3", "D3b", "D4", "D4b")
"""Questions with 备注 (D5)."""
WITH_FIELDS = ("D4", "D4b")
"""Questions with 缴费方式 and 刷卡方式."""
OVERDUE = timedelta(seconds=5)
"""A due row that nobody claims for so long has no desk that could work it."""


def line_facts(line: Line) -> LineFacts:
    """What is known of a line, in the words of the protocol."""
    return LineFacts.model_validate(
        {
            "number": line.number,
            "quote_number": line.quote_number,
            "kind": line.kind or "other",
            "policy_number": line.policy_number,
            "underwriting": line.underwriting,
            "deleted": line.voided,
            "plate": line.plate,
            "insured": line.insured,
            "start": _ms(line.start_at),
            "premium": line.premium,
            "raw_status": line.raw_status,
        }
    )


def total(premiums: Sequence[int | None]) -> int | None:
    """Sum of what is known, in fen; None when nothing is."""
    known = [premium for premium in premiums if premium is not None]
    return sum(known) if known else None


def proposal_fields(proposal: Proposal, lines: Sequence[Line]) -> dict[str, object]:
    """The fields that list and detail share."""
    return {
        "id": proposal.id,
        "state": proposal.state,
        "carrier": proposal.carrier,
        "plate": proposal.plate,
        "insured": proposal.insured,
        "premium": total([line.premium for line in lines if not line.voided]),
        "numbers": [line.number for line in lines],
        "created_at": to_ms(proposal.created_at),
        "updated_at": to_ms(proposal.updated_at),
    }


def proposal_out(proposal: Proposal, lines: Sequence[Line]) -> ProposalOut:
    """One row of the list of proposals."""
    return ProposalOut.model_validate(proposal_fields(proposal, lines))


def proposal_detail(
    proposal: Proposal,
    lines: Sequence[Line],
    downloads: Sequence[Download],
    steps: Sequence[Timeline],
    code: PaymentCode | None,
) -> ProposalDetail:
    """One proposal with everything that belongs to it."""
    return ProposalDetail.model_validate(
        proposal_fields(proposal, lines)
        | {
            "vin": proposal.vin,
            "engine_number": proposal.engine_number,
            "brand_model": proposal.brand_model,
            "agency_fields": proposal.agency_fields,
            "payment": payment(code),
            "lines": [LineOut(facts=line_facts(line), voided=line.voided) for line in lines],
            "downloads": [download_out(download, proposal, lines) for download in downloads],
            "timeline": [timeline_entry(step) for step in steps],
        }
    )


def payment(code: PaymentCode | None) -> PaymentOut | None:
    """A payment code as it is shown; the image has an address of its own."""
    if code is None:
        return None
    text = code.text[:500] if code.text is not None else None
    return PaymentOut.model_validate({"kind": code.kind, "text": text, "made_at": to_ms(code.made_at)})


def download_out(download: Download, proposal: Proposal, lines: Sequence[Line]) -> DownloadOut:
    """One row of the download log (I-7.1)."""
    return DownloadOut.model_validate(
        {
            "id": download.id,
            "created_at": to_ms(download.created_at),
            "started_at": _ms(download.started_at),
            "ended_at": _ms(download.ended_at),
            "kind": download.kind,
            "source": download.source,
            "carrier": download.carrier,
            "login": download.login,
            "plate": proposal.plate,
            "insured": proposal.insured,
            "proposal_numbers": download.numbers,
            "policy_numbers": [download.policy_number]
            if download.policy_number
            else [line.policy_number for line in lines if line.policy_number],
            "state": download.state,
            "attempts": download.attempts,
            "error": download.error,
            "clerk": download.clerk,
            "proposal": proposal.id,
        }
    )


def timeline_entry(step: Timeline) -> TimelineEntry:
    """One step as a proposal's timeline shows it."""
    return TimelineEntry(at=to_ms(step.at), kind=step.kind, params=step.params)


def timeline_row(step: Timeline) -> TimelineRow:
    """One step as the timeline of everything shows it."""
    return TimelineRow(
        at=to_ms(step.at),
        kind=step.kind,
        params=step.params,
        carrier=step.carrier,
        numbers=step.numbers,
        proposal=step.proposal_id,
    )


def asked(question: Question) -> Asked:
    """A question as the clerk sees it."""
    held = question.held or {}
    return Asked.model_validate(
        {
            "id": question.id,
            "kind": question.kind,
            "carrier": question.carrier,
            "numbers": question.numbers,
            "plate": held.get("plate"),
            "insured": held.get("insured"),
            "premium": held.get("premium"),
            "choices": list(CHOICES[question.kind]),
            "customer_needed": question.customer_needed,
            "target": held.get("target"),
            "remark": question.kind in WITH_REMARK,
            "asked_at": to_ms(question.asked_at),
        }
    )


def question_row(question: Question, code: PaymentCode | None) -> QuestionRow:
    """A waiting question (待处理)."""
    return QuestionRow(
        question=asked(question),
        payment=payment(code),
        proposal=question.proposal_id,
        shown_at=_ms(question.shown_at),
    )


def confirm_row(confirm: Confirm, now: datetime) -> ConfirmRow:
    """A hint that is not confirmed, and why."""
    return ConfirmRow.model_validate(
        {
            "id": confirm.id,
            "carrier": confirm.carrier,
            "login": confirm.login,
            "numbers": confirm.numbers,
            "hinted_at": to_ms(confirm.hinted_at),
            "tries": confirm.tries,
            "standing": standing(confirm, now),
            "proposal": confirm.proposal_id,
        }
    )


def standing(confirm: Confirm, now: datetime) -> str:
    """Why a hint is not confirmed; a value of `ConfirmRow.standing`."""
    if confirm.state == "unconfirmed":
        return confirm.reason or "not_found"
    if confirm.waits_for_session:
        return "waiting_session"
    if confirm.due_at and confirm.command_id is None and confirm.due_at < now - OVERDUE:
        return "desk_away"
    return "failing" if confirm.failures else "asking"


def notification_row(row: Notification) -> NotificationRow:
    """A toast in the notification centre."""
    fields = row.model_dump(include=set(NotificationRow.model_fields) - {"at", "proposal"})
    return NotificationRow.model_validate(fields | {"at": to_ms(row.at), "proposal": row.proposal_id})


def account(row: IssuingAccount) -> Account:
    """An issuing account as desk and extension need it."""
    return Account(id=row.id, carrier=row.carrier, origin=row.origin, login=row.login)


def customer_found(row: Customer) -> CustomerFound:
    """One row of the customer picker: of the phone only its last four digits."""
    return CustomerFound(id=row.id, name=row.name, tail=row.phone[-4:] if row.phone else None)


def instant(milliseconds: int | None) -> datetime | None:
    """The instant of a time stamp that may be missing."""
    return None if milliseconds is None else from_ms(milliseconds)


def _ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)
