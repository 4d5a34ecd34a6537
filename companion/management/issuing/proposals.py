"""Proposals and their lines as rows: made, joined, brought up to date."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, select

from companion.clock import from_ms
from companion.management.issuing.confirm import revision
from companion.management.issuing.states import Happening, after
from companion.management.issuing.timeline import About, tell
from companion.management.store.insert import insert_if_new
from companion.management.store.tables import Line, LineAccount, Proposal
from companion.management.wire import ProposalState
from companion.protocol import LineData, LineFacts

_DATA = ("registered_on", "insured_id_number", "insured_phone")


def about(proposal: Proposal, lines: Sequence[Line]) -> About:
    """What a proposal's steps are about."""
    return About(proposal.carrier, [line.number for line in lines], proposal=proposal.id)


def lock_lines(session: Session, carrier: str, numbers: Sequence[str]) -> dict[str, Line]:
    """The rows of these numbers, made where missing, held until the end of the transaction.

    One row per number for good: this is where two answers about the same number meet, and one waits.
    """
    for number in sorted(numbers):
        insert_if_new(session, Line(carrier=carrier, number=number))
    found = select(Line).where(col(Line.carrier) == carrier, col(Line.number).in_(list(numbers)))
    locked = found.order_by(col(Line.number)).with_for_update().execution_options(populate_existing=True)
    return {line.number: line for line in session.exec(locked)}


def lines_of(session: Session, proposal: str) -> list[Line]:
    """All lines of a proposal, by number."""
    own = select(Line).where(col(Line.proposal_id) == proposal).order_by(col(Line.number))
    return list(session.exec(own))


def seen_through(session: Session, lines: Sequence[Line], origin: str, login: str) -> None:
    """Remember through which account the lines could be queried: more than one may."""
    for line in lines:
        insert_if_new(session, LineAccount(line_id=line.id, origin=origin, login=login))


def note_revision(line: Line, facts: LineFacts) -> None:
    """Remember what the portal answered last, as a hash. Nothing personal."""
    line.kind = facts.kind
    line.revision = revision(facts)
    line.revised += 1


def store_facts(line: Line, facts: LineFacts) -> None:
    """Keep what a query says of a line. What it is silent about stays: lists show less than details."""
    line.kind, line.underwriting = facts.kind, facts.underwriting
    line.voided, line.raw_status = facts.deleted, facts.raw_status
    line.policy_number = facts.policy_number or line.policy_number
    line.plate = facts.plate or line.plate
    line.insured = facts.insured or line.insured
    line.start_at = from_ms(facts.start) if facts.start is not None else line.start_at
    line.premium = line.premium if facts.premium is None else facts.premium


def store_data(proposal: Proposal, line: Line, data: LineData) -> None:
    """Keep everything the download brought home."""
    store_facts(line, data.facts)
    line.end_at = from_ms(data.end) if data.end is not None else line.end_at
    for name in _DATA:
        setattr(line, name, getattr(data, name) or getattr(line, name))
    if data.coverages:
        line.coverages = [coverage.model_dump() for coverage in data.coverages]
    proposal.vin = data.vin or proposal.vin
    proposal.engine_number = data.engine_number or proposal.engine_number
    proposal.brand_model = data.brand_model or proposal.brand_model


def refresh(session: Session, proposal: Proposal, now: datetime) -> list[Line]:
    """Bring the proposal's own fields and state up to its lines; returns the lines."""
    lines = lines_of(session, proposal.id)
    alive = [line for line in lines if not line.voided]
    proposal.plate = _first(line.plate for line in alive or lines) or proposal.plate
    proposal.insured = _first(line.insured for line in alive or lines) or proposal.insured
    proposal.updated_at = now
    _move(session, proposal, lines, "quote_confirmed" if alive else "all_lines_deleted", now)
    return lines


def make(
    session: Session, carrier: str, login: str | None, device: str, rows: Sequence[Line], now: datetime
) -> Proposal:
    """A proposal of these lines, in the state their confirmed quote puts it in."""
    made = Proposal(
        state="NEW", carrier=carrier, login=login, device_id=device, created_at=now, updated_at=now
    )
    session.add(made)
    session.flush()
    for line in rows:
        line.proposal_id = made.id
    session.flush()
    tell(session, now, "proposal_created", about(made, rows))
    refresh(session, made, now)
    return made


def _move(
    session: Session, proposal: Proposal, lines: Sequence[Line], happening: Happening, now: datetime
) -> None:
    before = cast(ProposalState, proposal.state)
    proposal.state = after(before, happening)
    if proposal.state != before:
        tell(session, now, f"state_{proposal.state.lower()}", about(proposal, lines))


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
