"""How something seen becomes a proposal: by the clerk's answer, or by a quick download."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from companion.management.issuing import codes, proposals, timeline
from companion.management.store.tables import Proposal, Sighting
from companion.protocol import LineFacts


@dataclass(frozen=True)
class Found:
    """What is filed: lines of one car as a query told them, and through which account."""

    carrier: str
    login: str | None
    device: str
    """The desk of the responsible clerk."""
    facts: Sequence[LineFacts]
    sighting: str | None = None


def make(session: Session, found: Found, now: datetime) -> Proposal:
    """Make the proposal, in the state that its lines and a payment code put it in.

    What was told and kept of the sighting goes with it.
    """
    lines = proposals.lock_lines(session, found.carrier, [one.number for one in found.facts])
    for one in found.facts:
        proposals.store_facts(lines[one.number], one)
    made = proposals.make(session, found.carrier, found.login, found.device, list(lines.values()), now)
    if found.sighting is not None:
        _close(session.get_one(Sighting, found.sighting), now)
        timeline.adopt(session, found.sighting, made.id)
        code = codes.waiting(session, None, [found.sighting])
        if code is not None:
            codes.take(session, made, code, proposals.about(made, list(lines.values())), now)
    proposals.settle(session, made, now, code=codes.current(session, made.id) is not None)
    return made


def _close(sighting: Sighting, now: datetime) -> None:
    sighting.state, sighting.closed_at = "filed", now
