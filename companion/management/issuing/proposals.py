"""Proposals and their lines as rows: made, joined, brought up to date, moved from state to state."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import update
from sqlmodel import Session, col, select

from companion.clock import from_ms
from companion.management.issuing.confirm import data_revision, revision
from companion.management.issuing.states import Happening, LineStanding, after, stage
from companion.management.issuing.timeline import About, tell
from companion.management.people import NotThere
from companion.management.store.insert import insert_if_new
from companion.management.store.tables import Line, LineAccount, Proposal
from companion.management.wire import ProposalState
from companion.protocol import LineData, LineFacts, Underwriting

_DATA = ("registered_on", "insured_id_number", "insured_phone")
_VEHICLE = ("vin", "engine_number", "brand_model")


class Moved(NamedTuple):
    """The states of a proposal before and after something was confirmed of it."""

    before: ProposalState
    now: ProposalState


def about(proposal: Proposal, lines: Sequence[Line]) -> About:
    """What a proposal's steps are about."""
    return About(proposal.carrier, [line.number for line in lines], proposal=proposal.id)


def lock_lines(session: Session, carrier: str, numbers: Iterable[str]) -> dict[str, Line]:
    """The rows of these numbers, made where missing, held until the end of the transaction.

    One row per number for good: this is where two answers about the same number meet, and one waits.
    """
    wanted = sorted(set(numbers))
    for number in wanted:
        insert_if_new(session, Line(carrier=carrier, number=number))
    found = select(Line).where(col(Line.carrier) == carrier, col(Line.number).in_(wanted))
    locked = found.order_by(col(Line.number)).with_for_update().execution_options(populate_existing=True)
    return {line.number: line for line in session.exec(locked)}


def lines_of(session: Session, proposal: str) -> list[Line]:
    """The lines of a proposal that count, by number: not a quotation whose lines have own numbers."""
    own = select(Line).where(col(Line.proposal_id) == proposal, col(Line.replaced).is_(False))
    return list(session.exec(own.order_by(col(Line.number))))


def known(session: Session, carrier: str, numbers: Sequence[str]) -> set[str]:
    """Those of these numbers that belong to a proposal."""
    filed = select(Line.number).where(
        col(Line.carrier) == carrier, col(Line.number).in_(numbers), col(Line.proposal_id).is_not(None)
    )
    return set(session.exec(filed))


def heirs(session: Session, carrier: str, quotes: Sequence[str]) -> list[Line]:
    """The lines that were saved under these quotations and are still there."""
    mine = select(Line).where(
        col(Line.carrier) == carrier, col(Line.quote_number).in_(quotes), col(Line.voided).is_(False)
    )
    return list(session.exec(mine))


def seen_through(session: Session, lines: Iterable[Line], origin: str, login: str) -> None:
    """Remember through which account the lines could be queried: more than one may."""
    for line in lines:
        insert_if_new(session, LineAccount(line_id=line.id, origin=origin, login=login))


def note_revision(line: Line, facts: LineFacts) -> None:
    """Remember what the portal answered last, as a hash, and how the line stands. Nothing personal."""
    line.kind = facts.kind
    line.revision = revision(facts)
    line.revised += 1
    line.quote_number = facts.quote_number or line.quote_number
    line.voided, line.raw_status = facts.deleted, facts.raw_status
    line.policy_number = facts.policy_number or line.policy_number
    if facts.underwriting != "unknown":
        line.underwriting = facts.underwriting


def is_changed(line: Line, facts: LineFacts) -> bool:
    """Whether a query says something else of car, person or premium than is stored (I-2.7)."""
    start = from_ms(facts.start) if facts.start is not None else None
    told = (
        (facts.plate, line.plate),
        (facts.insured, line.insured),
        (start, line.start_at),
        (facts.premium, line.premium),
    )
    return any(new is not None and new != stored for new, stored in told)


def store_facts(line: Line, facts: LineFacts) -> None:
    """Keep what a query says of a line. What it is silent about stays: lists show less than details."""
    line.kind = facts.kind
    line.plate = facts.plate or line.plate
    line.insured = facts.insured or line.insured
    line.start_at = from_ms(facts.start) if facts.start is not None else line.start_at
    line.premium = line.premium if facts.premium is None else facts.premium


def store_data(proposal: Proposal, line: Line, data: LineData) -> bool:
    """Keep everything the download brought home. True: it is not what was downloaded before (I-2.7).

    How the line stands is for a confirming query to say, because that also asks and tells.
    """
    new = data_revision(data)
    changed = line.data_revision not in (None, new)
    line.data_revision = new
    store_facts(line, data.facts)
    line.end_at = from_ms(data.end) if data.end is not None else line.end_at
    for name in _DATA:
        setattr(line, name, getattr(data, name) or getattr(line, name))
    if data.coverages:
        line.coverages = [coverage.model_dump() for coverage in data.coverages]
    for name in _VEHICLE:
        setattr(proposal, name, getattr(data, name) or getattr(proposal, name))
    return changed


def inherit(session: Session, heir: Line, quotation: Line) -> None:
    """A line with a number of its own belongs where its quotation belongs, and stands in its place."""
    heir.quote_number, quotation.replaced = quotation.number, True
    if heir.proposal_id is None:
        heir.proposal_id = quotation.proposal_id
    session.flush()


def refresh(session: Session, proposal: Proposal, now: datetime) -> list[Line]:
    """Bring the proposal's own fields up to its lines; returns the lines."""
    lines = lines_of(session, proposal.id)
    alive = [line for line in lines if not line.voided]
    proposal.plate = _first(line.plate for line in alive or lines) or proposal.plate
    proposal.insured = _first(line.insured for line in alive or lines) or proposal.insured
    proposal.updated_at = now
    return lines


def standing(line: Line) -> LineStanding:
    """How a line stands, as last confirmed."""
    return LineStanding(line.voided, cast(Underwriting, line.underwriting), bool(line.policy_number))


def settle(session: Session, proposal: Proposal, now: datetime, *, code: bool) -> Moved:
    """Have the state follow from how the lines stand; `code`: a payment code is known."""
    lines = lines_of(session, proposal.id)
    return move(session, proposal, stage((standing(line) for line in lines), code=code), now)


def move(
    session: Session, proposal: Proposal, happening: Happening | None, now: datetime, **params: str
) -> Moved:
    """Move a proposal as the table of states says; a move stands on the timeline."""
    moved = Moved(cast(ProposalState, proposal.state), after(cast(ProposalState, proposal.state), happening))
    proposal.state = moved.now
    if moved.now != moved.before:
        lines = lines_of(session, proposal.id)
        proposal.updated_at = now
        tell(session, now, f"state_{moved.now.lower()}", about(proposal, lines), **params)
    return moved


def decide(session: Session, proposal_id: str, by: str, now: datetime) -> bool:
    """The clerk pressed 确认出单. False: not in this state. Raises NotThere."""
    found = select(Proposal).where(col(Proposal.id) == proposal_id).with_for_update()
    proposal = session.exec(found.execution_options(populate_existing=True)).first()
    if proposal is None:
        raise NotThere
    moved = move(session, proposal, "decided", now, by=by)
    return moved.now != moved.before


def make(
    session: Session, carrier: str, login: str | None, device: str, rows: Sequence[Line], now: datetime
) -> Proposal:
    """A proposal of these lines; its state is still to be settled."""
    made = Proposal(
        state="NEW", carrier=carrier, login=login, device_id=device, created_at=now, updated_at=now
    )
    session.add(made)
    session.flush()
    for line in rows:
        line.proposal_id = made.id
    _bring_quotations(session, carrier, rows, made.id)
    tell(session, now, "proposal_created", about(made, rows))
    refresh(session, made, now)
    return made


def _bring_quotations(session: Session, carrier: str, rows: Sequence[Line], proposal: str) -> None:
    """The quotations of these lines go with them: later lines of theirs find the proposal by them."""
    quotes = [line.quote_number for line in rows if line.quote_number]
    theirs = update(Line).where(col(Line.carrier) == carrier, col(Line.number).in_(quotes))
    session.exec(theirs.values(proposal_id=proposal))
    session.flush()


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
