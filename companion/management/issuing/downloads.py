"""Downloads of a proposal's data and files: asynchronous, logged, retried (I-7.1 … I-7.3)."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from companion.management import files
from companion.management.issuing import progress, proposals, work
from companion.management.issuing.confirm import Verdict, verdict, whose
from companion.management.issuing.orders import FILES, about
from companion.management.issuing.timeline import About, tell
from companion.management.issuing.toasts import toast
from companion.management.people import NotThere
from companion.management.store.tables import Line, Proposal
from companion.management.store.work_tables import Download
from companion.management.wire import FileResult
from companion.protocol import FileKind, JobResult

ATTEMPTS: Final = 5
"""Queries that failed or found nothing after which a download has failed."""
FILE_ERRORS: Final = (
    "not_a_pdf",
    "number_missing",
    "unreadable_pdf",
    "file_missing",
    "too_long",
    "network",
    "timeout",
    "cut_off",
    "refused",
    "desk_failed",
)
"""Why a file could not be had, where there are words for it."""
HELD_UP: Final = (
    "disk_full",
    "store_unavailable",
    "browser_gone",
    "browser_silent",
    "session_busy",
    "page_busy",
)
"""What holds a desk up and says nothing about the portal: waited out, however long, without costing a try."""
FILE_BUDGET: Final = timedelta(minutes=10)
"""How long a file may take: 50 MB over a slow line."""
FILE_LEASE: Final = FILE_BUDGET + timedelta(seconds=30)


def started(session: Session, row: Download, now: datetime) -> None:
    """A desk is being asked: 下载中."""
    row.state = "running"
    row.started_at = row.started_at or now
    if row.kind in FILES:
        row.due_at = now + FILE_LEASE
    progress.recount(session, row.quick_id, now)


def unanswered(session: Session, row: Download, now: datetime) -> None:
    """The desk did not report within the lease: a crash leaves nothing in 下载中."""
    row.state = "waiting"
    work.pause(row, now)
    if row.failures == 1:
        tell(session, now, "download_unanswered", about(row))


def session_back(session: Session, row: Download, now: datetime) -> None:
    """A session of the account appeared: the download goes on there."""
    row.state = "waiting"
    tell(session, now, "download_session_back", about(row), login=row.login or "")
    progress.recount(session, row.quick_id, now)


def retry(session: Session, download_id: str, now: datetime) -> bool:
    """The clerk wants a failed download again. False: it is not failed. Raises NotThere."""
    row = work.locked(session, Download, download_id)
    if row is None:
        raise NotThere
    if row.state != "failed":
        return False
    row.state, row.error, row.ended_at, row.attempts = "waiting", None, None, 0
    row.due_at = now
    tell(session, now, "download_retried", about(row))
    progress.recount(session, row.quick_id, now)
    return True


def take_result(session: Session, row: Download, result: JobResult, now: datetime) -> None:
    """What a desk reported of the query it was asked to make."""
    row.state = "waiting"
    said = verdict(result, row.login, _wanted(session, row))
    if said == "found":
        row.attempts += 1
        _store(session, row, result, now)
    elif held_up(said, result.error):
        _wait_out(session, row, str(result.error), now)
    else:
        _not_there(session, row, said, "portal_failed" if said == "failed" else "not_found", now)
    progress.recount(session, row.quick_id, now)


def take_file(session: Session, row: Download, result: FileResult, now: datetime) -> None:
    """What a desk reported of the file it was asked to fetch."""
    row.state = "waiting"
    said = whose(result.outcome, result.whoami, row.login)
    if said is None:
        row.attempts += 1
        _file(session, row, result, now)
    elif held_up(said, result.error):
        _wait_out(session, row, str(result.error), now)
    else:
        _not_there(session, row, said, file_error(result.error), now)
    progress.recount(session, row.quick_id, now)


def file_error(error: str | None) -> str:
    """Why a file could not be had, as one of the words of log and timeline."""
    if error is not None and error.startswith("refused_"):
        return "refused"
    return error if error in FILE_ERRORS else "portal_failed"


def held_up(said: Verdict, error: str | None) -> bool:
    """Whether the portal was not asked at all, because of the desk or its browser."""
    return said == "failed" and error in HELD_UP


def _wait_out(session: Session, row: Download, error: str, now: datetime) -> None:
    work.pause(row, now)
    if row.error != error:
        row.error = error
        step = "download_again" if row.kind == "proposal" else f"{row.kind}_again"
        tell(session, now, step, about(row), why=error)


def _wanted(session: Session, row: Download) -> list[str]:
    """The lines still there: one deleted or replaced meanwhile is not missed."""
    alive = {line.number for line in proposals.lines_of(session, row.proposal_id) if not line.voided}
    return [number for number in row.numbers if number in alive] or row.numbers


def _not_there(session: Session, row: Download, said: Verdict, error: str, now: datetime) -> None:
    if said == "no_session":
        _no_session(session, row, now)
    elif said == "other_login":
        _fail(session, row, "other_login", now)
    else:
        row.attempts += 1
        _try_again(session, row, error, now)


def _no_session(session: Session, row: Download, now: datetime) -> None:
    portal = work.came_meanwhile(session, row)
    if portal is not None:
        work.resume(row, portal, now)
        session_back(session, row, now)
    elif work.wait(row, now):
        tell(session, now, "download_waiting_session", about(row), login=row.login or "")


def _try_again(session: Session, row: Download, error: str, now: datetime) -> None:
    if row.attempts >= ATTEMPTS:
        _fail(session, row, error, now)
        return
    row.error = error
    work.pause(row, now)
    if row.attempts == 1 and row.kind == "proposal":
        tell(session, now, f"download_{error}", about(row))
    elif row.attempts == 1:
        tell(session, now, f"{row.kind}_again", about(row), why=error)


def _fail(session: Session, row: Download, error: str, now: datetime) -> None:
    """Policy, e-policy and proposal are told apart, each with its reason (I-5.5)."""
    work.rest(row)
    row.state, row.error, row.ended_at = "failed", error, now
    if row.kind == "proposal":
        tell(session, now, f"download_failed_{error}", about(row), n=row.attempts)
        toast(session, _proposal(session, row), about(row), "download_failed", now)
    else:
        tell(session, now, f"{row.kind}_failed", about(row), n=row.attempts, why=error)
        toast(session, _proposal(session, row), about(row), f"{row.kind}_failed", now)


def _store(session: Session, row: Download, result: JobResult, now: datetime) -> None:
    proposal = _proposal(session, row)
    _take_heirs(session, row, result)
    lines: dict[str, Line] = proposals.lock_lines(session, row.carrier, _named(row, result))
    changed = []
    for data in result.data:
        line = lines.get(data.facts.number)
        mine = line is not None and line.proposal_id == proposal.id
        if line is not None and mine and proposals.store_data(proposal, line, data):
            changed.append(line.number)
    session.flush()
    proposals.refresh(session, proposal, now)
    proposals.seen_through(session, lines.values(), row.origin, result.whoami or "")
    _end(row, now)
    tell(session, now, "download_done", about(row))
    if changed:
        tell(session, now, "data_changed", About(row.carrier, changed, proposal=proposal.id))
    if row.quick_id is None:
        toast(session, proposal, about(row), "download_done", now)


def _take_heirs(session: Session, row: Download, result: JobResult) -> None:
    """Asked for by its quotation's number, a line tells its own, maybe for the first time."""
    for data in result.data:
        facts = data.facts
        if facts.quote_number in row.numbers and facts.number not in row.numbers:
            lines = proposals.lock_lines(session, row.carrier, [facts.number, str(facts.quote_number)])
            heir, quotation = lines[facts.number], lines[str(facts.quote_number)]
            if heir.proposal_id is None and quotation.proposal_id == row.proposal_id:
                proposals.note_revision(heir, facts)
                proposals.inherit(session, heir, quotation)
    session.flush()


def _named(row: Download, result: JobResult) -> set[str]:
    return {*row.numbers, *(data.facts.number for data in result.data)}


def _file(session: Session, row: Download, result: FileResult, now: datetime) -> None:
    kind: FileKind = "policy" if row.kind == "policy" else "e_policy"
    try:
        files.attach(
            session,
            proposal=row.proposal_id,
            download=row.id,
            policy_number=row.policy_number or "",
            kind=kind,
            digest=result.digest or "",
            now=now,
        )
    except files.NotStored:
        _try_again(session, row, "file_missing", now)
        return
    _end(row, now)
    tell(session, now, f"{row.kind}_done", about(row))
    if row.quick_id is None and not _files_left(session, row):
        toast(session, _proposal(session, row), about(row), "files_done", now)


def _files_left(session: Session, row: Download) -> bool:
    """Whether other files of the proposal are still to come: the clerk is told once."""
    session.flush()
    others = select(Download.id).where(
        col(Download.proposal_id) == row.proposal_id,
        col(Download.kind).in_(FILES),
        col(Download.ended_at).is_(None),
    )
    return session.exec(others).first() is not None


def _end(row: Download, now: datetime) -> None:
    work.rest(row)
    row.state, row.error, row.ended_at = "done", None, now


def _proposal(session: Session, row: Download) -> Proposal:
    found = select(Proposal).where(col(Proposal.id) == row.proposal_id).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).one()
