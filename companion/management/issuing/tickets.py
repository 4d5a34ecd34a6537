"""Tickets (去报价单): which proposal a new number in a tab belongs to (I-1.9), and when a ticket is over."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from companion.management.issuing import proposals, visits
from companion.management.issuing.plates import plain
from companion.management.issuing.timeline import tell
from companion.management.store.tables import Line, Proposal
from companion.management.store.visit_tables import Visit
from companion.protocol import LineData, LineFacts

LIFE: Final = timedelta(hours=12)
_USABLE: Final = (*visits.OPEN, "failed")
"""A form that could not be filled is typed by hand: only its tab, its session and its time end a ticket."""


def consume(
    session: Session,
    ticket: str,
    carrier: str,
    facts: Sequence[LineFacts],
    now: datetime,
    by_vin: Mapping[str, bool] | None = None,
) -> str | None:
    """The proposal whose ticket these new, confirmed lines use up; None: they are about something else.

    Called once per answer, with all of its lines that belong to no proposal yet. `by_vin` is what the details
    told (`compared`); where they told nothing, the same car is the same plate and insured. The car is the
    proposal's as it is now: a clerk may have corrected it since. A further line of a ticket joins as long as
    the proposal has none of its kind, so that a second quote is a second proposal (I-2.8).
    """
    row = visits.locked(session, ticket)
    proposal = _proposal(session, row, carrier, now)
    alive = [one for one in facts if not one.deleted]
    told = by_vin or {}
    if row is None or proposal is None or not alive:
        return None
    if not all(told.get(one.number, _same_plate(proposal, one)) for one in alive):
        return None
    if not _fits_beside(session, proposal.id, alive):
        return None
    if row.state != "used":
        row.state, row.reason, row.ended_at = "used", None, now
        session.flush()
        tell(session, now, "ticket_used", visits.about(session, row), login=row.login)
    return proposal.id


def undecided(session: Session, ticket: str, carrier: str, facts: Sequence[LineFacts], now: datetime) -> bool:
    """Whether only the details can say if these lines are about the ticket's car: a new car has no plate."""
    proposal = _proposal(session, visits.locked(session, ticket), carrier, now)
    if proposal is None or not proposal.vin:
        return False
    return any(_same_plate(proposal, one) is None for one in facts if not one.deleted)


def compared(
    session: Session, ticket: str, carrier: str, data: Sequence[LineData], now: datetime
) -> dict[str, bool]:
    """Number -> whether its VIN is the one of the ticket's car, as far as the details tell VINs."""
    proposal = _proposal(session, visits.locked(session, ticket), carrier, now)
    if proposal is None or not proposal.vin:
        return {}
    own = plain(proposal.vin)
    return {one.facts.number: plain(one.vin) == own for one in data if one.vin}


def anything_over(session: Session, now: datetime) -> bool:
    """Whether `sweep` would do something."""
    return session.exec(_over(now).limit(1)).first() is not None


def sweep(session: Session, now: datetime) -> int:
    """End what is over by time: tickets after LIFE, visits that no desk began. Returns how many."""
    rows = list(session.exec(_over(now).with_for_update().execution_options(populate_existing=True)))
    for row in rows:
        if row.state == "waiting":
            visits.fail(session, row, "desk_away", now)
        else:
            visits.close(session, row, "too_old", now)
    return len(rows)


def _over(now: datetime) -> SelectOfScalar[Visit]:
    unbegun = (col(Visit.state) == "waiting") & (col(Visit.asked_at) <= now - visits.PATIENCE)
    too_old = (col(Visit.state) == "going") & (col(Visit.asked_at) <= now - LIFE)
    return select(Visit).where(unbegun | too_old).order_by(col(Visit.asked_at), col(Visit.id))


def _proposal(session: Session, row: Visit | None, carrier: str, now: datetime) -> Proposal | None:
    """The proposal that new lines of this carrier may join by this ticket, held like the ticket."""
    if row is None or row.proposal_id is None or (row.purpose, row.carrier) != ("quote", carrier):
        return None
    if row.state != "used" and (row.state not in _USABLE or row.asked_at <= now - LIFE):
        return None
    found = select(Proposal).where(col(Proposal.id) == row.proposal_id).with_for_update()
    proposal = session.exec(found.execution_options(populate_existing=True)).one()
    if proposal.carrier != carrier:
        return None  # the clerk chose another carrier since
    return proposal if row.state == "used" or proposal.state in visits.VISIBLE["quote"] else None


def _same_plate(proposal: Proposal, facts: LineFacts) -> bool | None:
    """Whether plate and insured are the proposal's; None: one of them is not known."""
    if not (facts.plate and facts.insured and proposal.plate and proposal.insured):
        return None
    return (plain(facts.plate), facts.insured.strip()) == (plain(proposal.plate), proposal.insured.strip())


def _fits_beside(session: Session, proposal: str, facts: Sequence[LineFacts]) -> bool:
    """Whether the proposal has no line yet of any of these kinds."""
    own: Sequence[Line] = [line for line in proposals.lines_of(session, proposal) if not line.voided]
    kinds = {line.kind for line in own}
    return "both" not in kinds and not kinds & {one.kind for one in facts}
