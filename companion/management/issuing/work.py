"""What happens to a row that is worked by asking a portal: claimed, paused, waiting, at rest."""

from datetime import datetime, timedelta
from typing import TypeVar

from sqlmodel import Session, col, select

from companion.management.issuing.confirm import backoff
from companion.management.store.insert import insert_if_new
from companion.management.store.signal_tables import QuickDownload
from companion.management.store.tables import PortalSession
from companion.management.store.work_tables import Confirm, Download

WorkRow = Confirm | Download | QuickDownload
W = TypeVar("W", Confirm, Download, QuickDownload)

RECHECK = timedelta(minutes=5)
"""A row that waits for a session is tried all the same now and then: the word of its coming may be lost."""


def pause(row: WorkRow, now: datetime) -> None:
    """The query failed: once more after a pause that grows with the failures."""
    row.failures += 1
    row.command_id = None
    row.due_at = now + backoff(row.failures)


def wait(row: WorkRow, now: datetime) -> bool:
    """No session of the account: wait for one. False: it was waiting already."""
    began = not row.waits_for_session
    row.waits_for_session = True
    row.command_id = None
    row.due_at = now + RECHECK
    return began


def rest(row: WorkRow) -> None:
    """Nothing is left to do."""
    row.command_id = None
    row.due_at = None
    row.failures = 0
    row.waits_for_session = False


def resume(row: WorkRow, portal: PortalSession, now: datetime) -> None:
    """A session of the account lives at this desk: go on there at once."""
    row.waits_for_session = False
    row.command_id = None
    row.due_at = now
    row.device_id, row.instance, row.tab = portal.device_id, portal.instance, portal.tab


def fits(row: WorkRow, portal: PortalSession) -> bool:
    """Whether a portal session is one of the row's account."""
    same_portal = (row.carrier, row.origin) == (portal.carrier, portal.origin)
    return same_portal and (row.login is None or row.login == portal.login)


def came_meanwhile(session: Session, row: WorkRow) -> PortalSession | None:
    """A session of the account that appeared after the desk was asked, so that its 'none' is out of date."""
    newer = select(PortalSession).where(
        col(PortalSession.carrier) == row.carrier,
        col(PortalSession.origin) == row.origin,
        col(PortalSession.since) > row.command_at,
    )
    return next((portal for portal in session.exec(newer) if fits(row, portal)), None)


def one_of_numbers(session: Session, fresh: Confirm) -> tuple[Confirm, bool]:
    """The confirm row of these numbers, locked, and whether it was made now."""
    new = insert_if_new(session, fresh)
    found = select(Confirm).where(
        col(Confirm.carrier) == fresh.carrier, col(Confirm.numbers_key) == fresh.numbers_key
    )
    row = session.exec(found.with_for_update().execution_options(populate_existing=True)).one()
    return row, new


def locked(session: Session, model: type[W], row_id: str) -> W | None:
    """The newest version of a row, held until the end of the transaction."""
    found = select(model).where(col(model.id) == row_id).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).first()
