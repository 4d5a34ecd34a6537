"""The life of a confirm row: hinted, asked, waiting, confirmed or not. Effects of the rules in `confirm`."""

from datetime import datetime

from sqlmodel import Session

from companion.management.issuing import filing, work
from companion.management.issuing.confirm import next_try, verdict
from companion.management.issuing.timeline import About, tell
from companion.management.people import NotThere
from companion.management.store.work_tables import Confirm
from companion.protocol import JobResult

WHYS = (
    "timeout",
    "network",
    "too_long",
    "unexpected_answer",
    "line_without_number",
    "session_changed",
    "session_busy",
    "browser_silent",
)
"""Errors of desk and extension that the timeline has words for; what is none of them is just 'failed'."""


def about(row: Confirm) -> About:
    """What a hint's steps are about."""
    return About(row.carrier, row.numbers, confirm=row.id, sighting=row.sighting_id, proposal=row.proposal_id)


def restart(row: Confirm, now: datetime) -> None:
    """Begin the ladder anew. A query that is under way goes on; its answer may be older than the hint."""
    row.state, row.reason = "open", None
    row.started_at, row.tries, row.waits_for_session = now, 0, False
    if row.command_id is None:
        row.due_at = now


def retry(session: Session, confirm_id: str, now: datetime) -> bool:
    """The clerk wants an unconfirmed hint asked again. False: it is not unconfirmed. Raises NotThere."""
    row = work.locked(session, Confirm, confirm_id)
    if row is None:
        raise NotThere
    if row.state != "unconfirmed":
        return False
    restart(row, now)
    tell(session, now, "confirm_retried", about(row))
    return True


def unanswered(session: Session, row: Confirm, now: datetime) -> None:
    """The desk did not report within the lease."""
    work.pause(row, now)
    if row.failures == 1:
        tell(session, now, "query_unanswered", about(row))


def session_back(session: Session, row: Confirm, now: datetime) -> None:
    """A session of the account appeared: the ladder starts over there."""
    restart(row, now)
    tell(session, now, "session_back", about(row), login=row.login or "")


def take_result(session: Session, row: Confirm, result: JobResult, now: datetime) -> None:
    """What a desk reported of the query it was asked to make."""
    said = verdict(result, row.login, row.numbers)
    if said == "no_session":
        _no_session(session, row, now)
    elif said == "failed":
        _failed(session, row, result, now)
    elif said == "other_login":
        _unconfirmed(session, row, "other_login", now, found=result.whoami or "", login=row.login or "")
    else:
        _answered(session, row, result, found=said == "found", now=now)
    if row.rehinted and row.due_at is None:
        restart(row, now)
    row.rehinted = False


def why(result: JobResult) -> str:
    """Why a query failed, as one of the words of the timeline: `why_…`."""
    if result.outcome == "answered":
        return "whoami_unreadable"
    error = result.error or ""
    if error.startswith("http_"):
        return "http"
    return error if error in WHYS else "failed"


def _no_session(session: Session, row: Confirm, now: datetime) -> None:
    portal = work.came_meanwhile(session, row)
    if portal is not None:
        work.resume(row, portal, now)
        session_back(session, row, now)
    elif work.wait(row, now):
        tell(session, now, "waiting_session", about(row), login=row.login or "")


def _failed(session: Session, row: Confirm, result: JobResult, now: datetime) -> None:
    work.pause(row, now)
    if row.failures == 1:
        tell(session, now, "query_failed", about(row), why=why(result))


def _answered(session: Session, row: Confirm, result: JobResult, *, found: bool, now: datetime) -> None:
    row.tries += 1
    again = None if found else next_try(row.started_at, row.tries, now)
    work.rest(row)
    if again is not None:
        row.due_at = again
        tell(session, now, "query_not_found", about(row), n=row.tries)
    elif not result.lines:
        _unconfirmed(session, row, "not_found", now, n=row.tries)
    else:
        row.state, row.reason = "confirmed", None
        filing.file(session, row, result.lines, result.whoami or "", now)


def _unconfirmed(session: Session, row: Confirm, reason: str, now: datetime, **params: str | int) -> None:
    work.rest(row)
    row.state, row.reason = "unconfirmed", reason
    tell(session, now, f"unconfirmed_{reason}", about(row), **params)
