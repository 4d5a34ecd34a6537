"""The one statement by which due rows are claimed, on both databases, by any number of server copies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from companion.management.issuing import confirming, downloads, quick
from companion.management.issuing.confirm import LEASE
from companion.management.issuing.work import W
from companion.management.store.signal_tables import QuickDownload
from companion.management.store.tables import new_id
from companion.management.store.work_tables import Confirm, Download

BATCH: Final = 100


def anything_due(session: Session, desks: Sequence[str], now: datetime) -> bool:
    """Whether `claim_all` would find something: spares the writer the look."""
    return (
        _any(session, Confirm, desks, now)
        or _any(session, Download, desks, now)
        or _any(session, QuickDownload, desks, now)
    )


def claim_all(session: Session, desks: Sequence[str], now: datetime) -> int:
    """Take back what was never answered, then claim what is due for the desks that are here.

    A claimed row names a new command; the desks' channels send it. Returns how many were claimed.
    """
    for confirm in _take(session, Confirm, _lapsed(Confirm, now), now):
        confirming.unanswered(session, confirm, now)
    for download in _take(session, Download, _lapsed(Download, now), now):
        downloads.unanswered(session, download, now)
    for lapsed in _take(session, QuickDownload, _lapsed(QuickDownload, now), now):
        quick.unanswered(lapsed, now)
    session.flush()
    confirms = _take(session, Confirm, _free(Confirm, desks, now), now)
    started = _take(session, Download, and_(_free(Download, desks, now), _first_of_its_proposal()), now)
    pressed = _take(session, QuickDownload, _free(QuickDownload, desks, now), now)
    for row in (*confirms, *started, *pressed):
        row.command_id, row.command_at = new_id(), now
    for confirm in confirms:
        confirming.claimed(session, confirm)
    for download in started:
        downloads.started(session, download, now)
    for asked in pressed:
        quick.started(asked, now)
    return len(confirms) + len(started) + len(pressed)


def _any(session: Session, model: type[W], desks: Sequence[str], now: datetime) -> bool:
    found = select(model.id).where(or_(_free(model, desks, now), _lapsed(model, now))).limit(1)
    return session.exec(found).first() is not None


def _free(model: type[W], desks: Sequence[str], now: datetime) -> ColumnElement[bool]:
    return and_(
        col(model.due_at) <= now, col(model.command_id).is_(None), col(model.device_id).in_(list(desks))
    )


def _lapsed(model: type[W], now: datetime) -> ColumnElement[bool]:
    return and_(col(model.due_at) <= now, col(model.command_id).is_not(None))


def _first_of_its_proposal() -> ColumnElement[bool]:
    """Never claim a row of a proposal that has an earlier one open: the last data must win. One that waits
    for a session of its account will bring the newest data itself, and nobody waits for it.

    Of those made at once the data come first, then policy and e-policy: the kinds backwards by their names.
    """
    earlier = aliased(Download)
    at_once = col(earlier.created_at) == col(Download.created_at)
    same_kind = col(earlier.kind) == col(Download.kind)
    return ~exists(
        select(earlier.id).where(
            col(earlier.proposal_id) == col(Download.proposal_id),
            col(earlier.ended_at).is_(None),
            col(earlier.waits_for_session).is_(False) | col(earlier.command_id).is_not(None),
            or_(
                col(earlier.created_at) < col(Download.created_at),
                and_(at_once, col(earlier.kind) > col(Download.kind)),
                and_(at_once, same_kind, col(earlier.id) < col(Download.id)),
            ),
        )
    )


def _take(session: Session, model: type[W], which: ColumnElement[bool], now: datetime) -> list[W]:
    # MATERIALIZED, or PostgreSQL may update more rows than the limit; SKIP LOCKED, so that copies of the
    # server do not wait for each other; pushing due_at forward is what makes a second claim impossible.
    oldest = select(model.id).where(which).order_by(col(model.due_at)).limit(BATCH)
    due = oldest.with_for_update(skip_locked=True).cte("due").prefix_with("MATERIALIZED")
    claim: Any = (
        update(model)
        .where(col(model.id).in_(select(due.c.id)))
        .values(due_at=now + LEASE)
        .returning(model)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return sorted(session.scalars(claim), key=lambda row: row.id)
