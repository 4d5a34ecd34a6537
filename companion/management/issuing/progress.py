"""How a quick download goes, as its button shows it: read off its rows in the download log (I-6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast

from sqlmodel import Session, col, select

from companion.management.issuing.timeline import About
from companion.management.issuing.toasts import toast
from companion.management.store.signal_tables import QuickDownload
from companion.management.store.tables import Proposal
from companion.management.store.work_tables import Download
from companion.protocol import DownloadState


class Progress(NamedTuple):
    """State of a button; `reason` is one of our own words."""

    state: DownloadState
    reason: str | None = None


def progress(rows: Sequence[Download]) -> Progress:
    """Of several downloads: failed once all have ended and one failed; done when all are."""
    if all(row.ended_at is not None for row in rows):
        error = next((row.error for row in rows if row.state == "failed"), None)
        return Progress("failed", error) if error else Progress("done")
    if all(row.ended_at is not None or row.waits_for_session for row in rows):
        return Progress("waiting", "waiting_session")
    begun = any(row.started_at is not None for row in rows)
    return Progress("running" if begun else "waiting")


def show(row: QuickDownload, now_is: Progress, now: datetime) -> bool:
    """Keep what the button is to show. False: it shows that already."""
    if (row.state, row.reason) == now_is:
        return False
    row.state, row.reason = now_is
    row.version += 1
    row.changed_at = now
    return True


def recount(session: Session, quick: str | None, now: datetime) -> None:
    """One of its downloads went on: bring the button up to date; the result is told once (I-6.5)."""
    if quick is None:
        return
    session.flush()
    found = select(QuickDownload).where(col(QuickDownload.id) == quick).with_for_update()
    row = session.exec(found.execution_options(populate_existing=True)).one()
    downloads = session.exec(select(Download).where(col(Download.quick_id) == quick)).all()
    if downloads and show(row, progress(downloads), now) and row.state == "done":
        proposal = session.get_one(Proposal, cast(str, row.proposal_id))
        numbers = list(dict.fromkeys(number for one in downloads for number in one.numbers))
        toast(session, proposal, About(row.carrier, numbers, proposal=proposal.id), "quick_done", now)
