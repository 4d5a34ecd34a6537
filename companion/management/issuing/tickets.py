"""Tickets (去报价单): which proposal a new number in a tab belongs to (I-1.9), and when a ticket is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from companion.management.issuing import proposals, visits
from companion.management.issuing.timeline import tell
from companion.management.store.tables import Line, Proposal
from companion.management.store.visit_tables import Visit
from companion.protocol import LineData, LineFacts

LIFE: Final = timedelta(hours=12)


def consume(
    session: Session,
    ticket: str,
    carrier: str,
    facts: Sequence[LineFacts],
    now: datetime,
    data: Sequence[LineData] = (),
) -> str | None:
    """The proposal whose ticket these new, confirmed lines use up; None: they are about something else.

    Called once per answer, with all of its lines that belong to no proposal yet. The same car is the same VIN
    where the query tells one (`data`), else the same plate and insured. A further line of a used ticket's tab
    joins as long as the proposal has none of its kind.
    """
    row = visits.locked(session, ticket)
    if row is None or row.proposal_id is None or (row.purpose, row.carrier) != ("quote", carrier):
        return None
    alive = [one for one in facts if not one.deleted]
    if not alive or not all(_same_car(row, one, data) for one in alive):
        return None
    if row.state == "used":
        return row.proposal_id if _fits_beside(session, row.proposal_id, alive) else None
    if row.state not in visits.OPEN or _too_old(row, now):
        return None
    proposal = session.get(Proposal, row.proposal_id)
    if proposal is None or proposal.state not in visits.VISIBLE["quote"]:
        return None
    row.state, row.ended_at = "used", now
    session.flush()
    tell(session, now, "ticket_used", visits.about(session, row), login=row.login)
    return row.proposal_id


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


def _too_old(row: Visit, now: datetime) -> bool:
    return row.asked_at <= now - LIFE


def _same_car(row: Visit, facts: LineFacts, data: Sequence[LineData]) -> bool:
    vin = next((one.vin for one in data if one.facts.number == facts.number and one.vin), None)
    if vin and row.vin:
        return vin.strip().upper() == row.vin
    if not (facts.plate and facts.insured and row.plate and row.insured):
        return False
    return (_plain(facts.plate), facts.insured.strip()) == (_plain(row.plate), row.insured.strip())


def _fits_beside(session: Session, proposal: str, facts: Sequence[LineFacts]) -> bool:
    """Whether the proposal has no line yet of any of these kinds."""
    own: Sequence[Line] = [line for line in proposals.lines_of(session, proposal) if not line.voided]
    kinds = {line.kind for line in own}
    return "both" not in kinds and not kinds & {one.kind for one in facts}


def _plain(plate: str) -> str:
    return "".join(plate.split()).replace("-", "").replace("·", "").upper()
