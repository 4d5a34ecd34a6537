"""Hints and portal sessions as desks report them: what starts a query, and what starts it over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from companion.clock import from_ms
from companion.management.issuing import codes, confirming, downloads, quick, work
from companion.management.issuing.timeline import tell
from companion.management.store.signal_tables import QuickDownload
from companion.management.store.tables import PortalSession
from companion.management.store.work_tables import Confirm, Download
from companion.management.wire import SessionOnDevice
from companion.protocol import Hint


def take(session: Session, device: str, instance: str, hint: Hint, now: datetime) -> None:
    """A page seems to have done something: have it confirmed by a query, now.

    One row per carrier and set of numbers: a later hint starts the same row over.
    """
    row, new = _row(session, device, instance, hint, now)
    again = not new and row.kind == hint.kind
    row.kind, row.ticket = hint.kind, hint.ticket or row.ticket
    row.hinted_at = now
    row.place = hint.place.model_dump()
    row.seen_by, row.seen_in = device, instance
    row.device_id, row.instance, row.tab = device, instance, hint.place.tab
    row.origin, row.login = hint.place.origin, hint.place.login
    confirming.restart(row, now)
    row.rehinted = row.command_id is not None
    session.flush()
    if hint.code is not None:
        codes.keep(session, row.id, row.carrier, hint.code, min(now, from_ms(hint.at)))
    step = "hint_again" if again else f"hint_{hint.source}"
    tell(session, now, step, confirming.about(row), what=hint.kind)


def replace_sessions(session: Session, device: str, told: Sequence[SessionOnDevice], now: datetime) -> None:
    """The live portal sessions of a desk. Work that waits for one of them goes on there."""
    mine = select(PortalSession).where(col(PortalSession.device_id) == device)
    former = {_key(row): row for row in session.exec(mine)}
    session.exec(delete(PortalSession).where(col(PortalSession.device_id) == device))
    for one in told:
        row = PortalSession(
            **one.model_dump(exclude={"seen_at"}), seen_at=from_ms(one.seen_at), device_id=device, since=now
        )
        before = former.get(_key(row))
        if before is None or before.seen_at < row.seen_at:
            _came(session, row, now)
        else:
            row.since = before.since
        session.add(row)


def _row(session: Session, device: str, instance: str, hint: Hint, now: datetime) -> tuple[Confirm, bool]:
    """The confirm row of these numbers, locked, and whether it was made now."""
    numbers = sorted(set(hint.numbers))
    fresh = Confirm(
        carrier=hint.carrier,
        origin=hint.place.origin,
        login=hint.place.login,
        device_id=device,
        instance=instance,
        tab=hint.place.tab,
        state="open",
        kind=hint.kind,
        numbers=numbers,
        numbers_key="|".join(numbers),
        seen_by=device,
        seen_in=instance,
        place=hint.place.model_dump(),
        hinted_at=now,
        started_at=now,
    )
    return work.one_of_numbers(session, fresh)


def _came(session: Session, portal: PortalSession, now: datetime) -> None:
    for confirm in _waiting(session, Confirm, portal):
        work.resume(confirm, portal, now)
        confirming.session_back(session, confirm, now)
    for download in _waiting(session, Download, portal):
        work.resume(download, portal, now)
        downloads.session_back(session, download, now)
    for pressed in _waiting(session, QuickDownload, portal):
        work.resume(pressed, portal, now)
        quick.session_back(pressed, now)


def _waiting(session: Session, model: type[work.W], portal: PortalSession) -> list[work.W]:
    found = (
        select(model)
        .where(
            col(model.waits_for_session),
            col(model.carrier) == portal.carrier,
            col(model.origin) == portal.origin,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [row for row in session.exec(found) if work.fits(row, portal)]


def _key(row: PortalSession) -> tuple[str, str, str, str | None]:
    return row.instance, row.carrier, row.origin, row.login
