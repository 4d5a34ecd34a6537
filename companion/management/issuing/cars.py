"""Is a new number in a ticket's tab about its car? Where plate and insured cannot tell, the VIN does.

A query for confirming shows no VIN, and a new car has no plate: the details are looked at once, and then the
portal is asked again for what is true by then (I-1.9).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Session

from companion.management.issuing import proposals, tickets, work
from companion.management.issuing.confirm import names, verdict
from companion.management.store.work_tables import Confirm
from companion.protocol import JobResult, LineFacts

TRIES: Final = 3
"""Failed queries after which the VIN counts as not told: the clerk is asked about the number."""


def unknown(session: Session, row: Confirm, facts: Sequence[LineFacts], now: datetime) -> bool:
    """Whether the details are to be looked at before this answer is filed."""
    if row.ticket is None or row.by_vin is not None:
        return False
    named = [number for line in facts for number in names(line)]
    if proposals.known(session, row.carrier, named):
        return False
    return tickets.undecided(session, row.ticket, row.carrier, facts, now)


def begin(row: Confirm, now: datetime) -> None:
    """Look at the details, now. The answer that was to be filed is asked for again afterwards."""
    row.query, row.due_at = "detail", now


def take_result(session: Session, row: Confirm, result: JobResult, now: datetime) -> None:
    """What a desk reported of the details."""
    said = verdict(result, row.login, row.numbers)
    if said == "failed" and row.failures + 1 < TRIES:
        work.pause(row, now)
        return
    told = result.data if said in ("found", "partly") else []
    work.rest(row)
    row.by_vin = tickets.compared(session, row.ticket or "", row.carrier, told, now)
    row.query, row.due_at = "confirm", now
