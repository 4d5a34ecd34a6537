"""The timeline: every step with its reason, in words the clerk understands (locales/*/timeline.json)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from companion.management.store.tables import Timeline
from companion.management.store.work_tables import Confirm


@dataclass(frozen=True)
class About:
    """What a step is about: a proposal, or until there is one a confirm or a sighting."""

    carrier: str
    numbers: Sequence[str]
    confirm: str | None = None
    sighting: str | None = None
    proposal: str | None = None


def tell(session: Session, now: datetime, kind: str, about: About, **params: str | int) -> None:
    """Write one step. `numbers` is always among the parameters; nothing personal ever is."""
    numbers = list(about.numbers)
    session.add(
        Timeline(
            at=now,
            kind=kind,
            params={"numbers": ", ".join(numbers)} | params,
            carrier=about.carrier,
            numbers=numbers,
            confirm_id=about.confirm,
            sighting_id=about.sighting,
            proposal_id=about.proposal,
        )
    )
    session.flush()


def adopt(session: Session, sighting: str, proposal: str) -> None:
    """Give a proposal everything that was told before it existed."""
    hints = select(Confirm.id).where(col(Confirm.sighting_id) == sighting)
    session.exec(
        update(Timeline)
        .where(
            col(Timeline.proposal_id).is_(None),
            or_(col(Timeline.sighting_id) == sighting, col(Timeline.confirm_id).in_(hints)),
        )
        .values(proposal_id=proposal)
    )
    session.exec(update(Confirm).where(col(Confirm.sighting_id) == sighting).values(proposal_id=proposal))


def merge(session: Session, sighting: str, into: str) -> None:
    """Two sightings turned out to be one."""
    for table in (Timeline, Confirm):
        mine = update(table).where(col(table.sighting_id) == sighting)
        session.exec(mine.values(sighting_id=into))


def belong(session: Session, hint: Confirm, proposal: str) -> None:
    """The hint turned out to be about a known proposal: what was told of it belongs there."""
    hint.proposal_id = proposal
    mine = update(Timeline).where(col(Timeline.confirm_id) == hint.id, col(Timeline.proposal_id).is_(None))
    session.exec(mine.values(proposal_id=proposal))
