"""After a save that a confirm saw no change of: do the details show one (VIN, engine, phone: I-2.7)?"""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from companion.management.issuing import orders, proposals, questions, work
from companion.management.issuing.confirm import data_revision, verdict
from companion.management.issuing.orders import Cause
from companion.management.issuing.seen import of_hint
from companion.management.issuing.timeline import About, tell
from companion.management.store.tables import Device, Line, Proposal
from companion.management.store.work_tables import Confirm
from companion.protocol import JobResult

TRIES: Final = 3
"""Failed queries after which the details are not looked at; the next save looks again."""


def begin(session: Session, row: Confirm, now: datetime) -> None:
    """Ask for the details, where some were downloaded to compare them with."""
    lines = proposals.lock_lines(session, row.carrier, row.numbers).values()
    if any(line.proposal_id and line.data_revision for line in lines):
        row.query, row.due_at = "detail", now


def take_result(session: Session, row: Confirm, result: JobResult, now: datetime) -> None:
    """What a desk reported of the details. A change is told, and downloaded as any other."""
    said = verdict(result, row.login, row.numbers)
    if said == "no_session":
        portal = work.came_meanwhile(session, row)
        if portal is not None:
            work.resume(row, portal, now)
        else:
            work.wait(row, now)
    elif said == "failed" and row.failures + 1 < TRIES:
        work.pause(row, now)
    else:
        if said in ("found", "partly"):
            _compare(session, row, result, now)
        work.rest(row)
        row.query = "confirm"


def _compare(session: Session, row: Confirm, result: JobResult, now: datetime) -> None:
    lines = proposals.lock_lines(session, row.carrier, [data.facts.number for data in result.data])
    changed: dict[str, list[Line]] = {}
    for data in result.data:
        line = lines[data.facts.number]
        if line.proposal_id and line.data_revision not in (None, data_revision(data)):
            changed.setdefault(line.proposal_id, []).append(line)
    through = of_hint(row).through(result.whoami or "", session.get_one(Device, row.seen_by).name)
    for proposal_id, these in changed.items():
        numbers = [line.number for line in these]
        tell(session, now, "quote_changed", About(row.carrier, numbers, row.id, proposal=proposal_id))
        asked = questions.open_one(session, proposal=proposal_id)
        pending = asked.numbers if asked else ()
        if set(numbers) - set(pending):
            proposal = session.get_one(Proposal, proposal_id)
            orders.request(session, proposal, through, Cause("auto_quote"), now, without=pending)
