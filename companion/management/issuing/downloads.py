"""Downloads of a proposal's data: asynchronous, logged, retried (I-7.1 … I-7.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from companion.management.issuing import proposals, work
from companion.management.issuing.confirm import verdict
from companion.management.issuing.timeline import About, tell
from companion.management.issuing.toasts import toast
from companion.management.people import NotThere
from companion.management.store.tables import Line, Proposal
from companion.management.store.work_tables import Download
from companion.protocol import JobResult

ATTEMPTS: Final = 5
"""Queries that failed or found nothing after which a download has failed."""
QUOTE: Final = "auto_quote"
"""Source 自动下载投保单 · 报价下载 (I-7.2)."""


@dataclass(frozen=True)
class Through:
    """Through which account, and where to try first, a download goes; `clerk` is who caused it."""

    origin: str
    login: str | None
    device: str
    instance: str | None
    tab: int | None
    clerk: str | None


def request(
    session: Session, proposal: Proposal, through: Through, now: datetime, without: Collection[str] = ()
) -> None:
    """Have the proposal's data downloaded. One that has not begun yet will bring the newest data anyway.

    `without` are lines that the clerk is still asked about.
    """
    alive = [line.number for line in proposals.lines_of(session, proposal.id) if not line.voided]
    row = _not_begun(session, proposal.id)
    wanted = {number for number in alive if number not in without} | set(row.numbers if row else ())
    numbers = [number for number in alive if number in wanted]
    if row is not None:
        row.numbers = numbers
    elif numbers:
        row = _new(proposal, through, numbers, now)
        session.add(row)
        session.flush()
        tell(session, now, "download_waiting", _about(row))


def started(row: Download, now: datetime) -> None:
    """A desk is being asked: 下载中."""
    row.state = "running"
    row.started_at = row.started_at or now


def unanswered(session: Session, row: Download, now: datetime) -> None:
    """The desk did not report within the lease: a crash leaves nothing in 下载中."""
    row.state = "waiting"
    work.pause(row, now)
    if row.failures == 1:
        tell(session, now, "download_unanswered", _about(row))


def session_back(session: Session, row: Download, now: datetime) -> None:
    """A session of the account appeared: the download goes on there."""
    row.state = "waiting"
    tell(session, now, "download_session_back", _about(row), login=row.login or "")


def retry(session: Session, download_id: str, now: datetime) -> bool:
    """The clerk wants a failed download again. False: it is not failed. Raises NotThere."""
    row = work.locked(session, Download, download_id)
    if row is None:
        raise NotThere
    if row.state != "failed":
        return False
    row.state, row.error, row.ended_at, row.attempts = "waiting", None, None, 0
    row.due_at = now
    tell(session, now, "download_retried", _about(row))
    return True


def take_result(session: Session, row: Download, result: JobResult, now: datetime) -> None:
    """What a desk reported of the query it was asked to make."""
    row.state = "waiting"
    said = verdict(result, row.login, _wanted(session, row))
    if said == "no_session":
        _no_session(session, row, now)
    elif said == "other_login":
        _fail(session, row, "other_login", now)
    elif said == "found":
        row.attempts += 1
        _store(session, row, result, now)
    else:
        row.attempts += 1
        _try_again(session, row, "portal_failed" if said == "failed" else "not_found", now)


def _wanted(session: Session, row: Download) -> list[str]:
    """The lines still there: one deleted meanwhile is not missed."""
    voided = {line.number for line in proposals.lines_of(session, row.proposal_id) if line.voided}
    return [number for number in row.numbers if number not in voided] or row.numbers


def _no_session(session: Session, row: Download, now: datetime) -> None:
    portal = work.came_meanwhile(session, row)
    if portal is not None:
        work.resume(row, portal, now)
        session_back(session, row, now)
    elif work.wait(row, now):
        tell(session, now, "download_waiting_session", _about(row), login=row.login or "")


def _try_again(session: Session, row: Download, error: str, now: datetime) -> None:
    if row.attempts >= ATTEMPTS:
        _fail(session, row, error, now)
        return
    row.error = error
    work.pause(row, now)
    if row.attempts == 1:
        tell(session, now, f"download_{error}", _about(row))


def _fail(session: Session, row: Download, error: str, now: datetime) -> None:
    work.rest(row)
    row.state, row.error, row.ended_at = "failed", error, now
    tell(session, now, f"download_failed_{error}", _about(row), n=row.attempts)
    toast(session, _proposal(session, row), _about(row), "download_failed", now)


def _store(session: Session, row: Download, result: JobResult, now: datetime) -> None:
    proposal = _proposal(session, row)
    lines: dict[str, Line] = proposals.lock_lines(session, row.carrier, row.numbers)
    for data in result.data:
        line = lines.get(data.facts.number)
        if line is not None and line.proposal_id == proposal.id:
            proposals.store_data(proposal, line, data)
    session.flush()
    proposals.refresh(session, proposal, now)
    proposals.seen_through(session, list(lines.values()), row.origin, result.whoami or "")
    work.rest(row)
    row.state, row.error, row.ended_at = "done", None, now
    tell(session, now, "download_done", _about(row))
    toast(session, proposal, _about(row), "download_done", now)


def _new(proposal: Proposal, through: Through, numbers: list[str], now: datetime) -> Download:
    return Download(
        carrier=proposal.carrier,
        origin=through.origin,
        login=through.login,
        device_id=through.device,
        instance=through.instance,
        tab=through.tab,
        due_at=now,
        state="waiting",
        kind="proposal",
        source=QUOTE,
        proposal_id=proposal.id,
        numbers=numbers,
        clerk=through.clerk,
        created_at=now,
    )


def _not_begun(session: Session, proposal: str) -> Download | None:
    waiting = select(Download).where(
        col(Download.proposal_id) == proposal,
        col(Download.state) == "waiting",
        col(Download.command_id).is_(None),
    )
    held = waiting.with_for_update().execution_options(populate_existing=True)
    return session.exec(held).first()


def _proposal(session: Session, row: Download) -> Proposal:
    found = select(Proposal).where(col(Proposal.id) == row.proposal_id).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).one()


def _about(row: Download) -> About:
    return About(row.carrier, row.numbers, proposal=row.proposal_id)
