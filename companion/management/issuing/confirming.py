"""The life of a confirm row: hinted, asked, waiting, confirmed or not. Effects of the rules in `confirm`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, cast

from sqlmodel import Session, col, select

from companion.management import shape
from companion.management.issuing import cars, checks, codes, filing, parting, work
from companion.management.issuing.cases import Reader, car_by_car
from companion.management.issuing.confirm import names, next_try, shows, verdict
from companion.management.issuing.seen import of_hint
from companion.management.issuing.timeline import About, tell
from companion.management.people import NotThere
from companion.management.store.tables import Line, LineAccount
from companion.management.store.work_tables import Confirm
from companion.protocol import HintKind, JobResult, LineFacts

WHYS = (
    "timeout",
    "network",
    "too_long",
    "unexpected_answer",
    "line_without_number",
    "session_changed",
    "session_busy",
    "browser_silent",
    "page_busy",
    "profile_off",
    "other_lines",
    "too_many_lines",
    "walk_timeout",
    "walk_element_gone",
    "walk_other_origin",
    "walk_tab_closed",
    "walk_page_gone",
)
"""Errors of desk and extension that the timeline has words for; what is none of them is just 'failed'."""
MOST: Final = 8
"""Numbers of one query."""


def about(row: Confirm) -> About:
    """What a hint's steps are about."""
    return About(row.carrier, row.numbers, confirm=row.id, sighting=row.sighting_id, proposal=row.proposal_id)


def restart(row: Confirm, now: datetime) -> None:
    """Begin the ladder anew. A query that is under way goes on; its answer may be older than the hint."""
    row.state, row.reason = "open", None
    row.started_at, row.tries, row.waits_for_session = now, 0, False
    row.by_vin = None
    if row.query != "confirm":
        row.query, row.command_id = "confirm", None  # a check of the details is not waited for any more
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


def claimed(session: Session, row: Confirm) -> None:
    """The portal is being asked: about the hint's numbers and the car's other lines, because underwriting
    and payment are about all of them (I-8.6)."""
    row.rehinted = False
    row.asked = [*row.numbers, *_beside(session, row)][:MOST]


def take_result(session: Session, row: Confirm, result: JobResult, now: datetime) -> None:
    """What a desk reported of the query it was asked to make."""
    if row.query == "detail":
        # Before anything is filed the details say which car it is, afterwards whether something changed.
        look = cars if row.state == "open" else checks
        look.take_result(session, row, result, now)
        return
    said = verdict(result, row.login, row.numbers)
    if said == "no_session":
        _no_session(session, row, now)
    elif said == "failed":
        _failed(session, row, result, now)
    elif said == "other_login":
        _unconfirmed(session, row, "other_login", now, found=result.whoami or "", login=row.login or "")
    else:
        _answered(session, row, result, found=said == "found", now=now)
    if row.rehinted and (row.due_at is None or row.query != "confirm"):
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
    parts = parting.parts(car_by_car(session, row.carrier, result.lines), row.numbers)
    if len(parts) > 1:
        _each_by_itself(session, row, list(parts), now)
        return
    lines = [line for car in parts.values() for line in car]
    if found and cars.unknown(session, row, lines, now):
        work.rest(row)
        cars.begin(row, now)
        return
    row.tries += 1
    kind = cast(HintKind, row.kind)
    told = [line for line in lines if names(line) & set(row.numbers)]
    seen = found and shows(kind, told)
    again = None if seen else next_try(row.started_at, row.tries, now)
    work.rest(row)
    if again is not None:
        row.due_at = again
    if again is None and kind == "deleted":
        lines += _vanished(session, row, {name for line in lines for name in names(line)}, result.whoami)
    if again is not None and not found:
        tell(session, now, "query_not_found", about(row), n=row.tries)
    elif not lines:
        _unconfirmed(session, row, "not_found", now, n=row.tries)
    else:
        _file(session, row, lines, result.whoami or "", now, over=again is None)
        if not seen:
            _not_seen(session, row, now, over=again is None)


def _each_by_itself(session: Session, row: Confirm, named: Sequence[Collection[str]], now: datetime) -> None:
    """A page acted on several cars at once: as many hints as cars, so that each goes its own way."""
    work.rest(row)
    row.state, row.reason = "confirmed", None
    rest = set(row.numbers).difference(*named)
    for one in parting.rows(session, row, [*named, rest] if rest else named):
        restart(one, now)
        one.rehinted = one.command_id is not None
        tell(session, now, "hint_of_one_car", about(one), what=one.kind)


def _file(
    session: Session, row: Confirm, lines: Sequence[LineFacts], login: str, now: datetime, *, over: bool
) -> None:
    if over:
        row.state, row.reason = "confirmed", None
    reader = Reader(of_hint(row), row, login, now)
    new = filing.file(session, reader, lines, quiet=row.tries > 1)
    if over and not new and row.kind == "quote_saved":
        checks.begin(session, row, now)


def _not_seen(session: Session, row: Confirm, now: datetime, *, over: bool) -> None:
    """The page claims more than the query shows: asked again, and then what the query shows is true."""
    if row.tries == 1 and not over:
        tell(session, now, "claim_not_seen_yet", about(row))
    elif over:
        tell(session, now, f"claim_not_seen_{row.kind}", about(row))
        if row.kind in ("qr_fetched", "card_number") and codes.drop(session, row.id):
            tell(session, now, "code_dropped", about(row))


def _vanished(
    session: Session, row: Confirm, answered: Collection[str], login: str | None
) -> list[LineFacts]:
    """Lines that the page says it deleted, and that the account which could query them cannot find any more:
    some carriers show deleted ones no longer."""
    known = select(Line).join(LineAccount, col(LineAccount.line_id) == col(Line.id))
    mine = known.where(
        col(Line.carrier) == row.carrier,
        col(Line.number).in_([number for number in row.numbers if number not in answered]),
        col(Line.revision).is_not(None),
        col(LineAccount.origin) == row.origin,
        col(LineAccount.login) == login,
    )
    return [shape.line_facts(line).model_copy(update={"deleted": True}) for line in session.exec(mine)]


def _beside(session: Session, row: Confirm) -> list[str]:
    """The other lines of the car. Not of a quotation: its own number tells all of its lines."""
    own = select(Line).where(col(Line.carrier) == row.carrier, col(Line.number).in_(row.numbers))
    lines = list(session.exec(own))
    if row.query != "confirm" or any(line.replaced or line.kind == "both" for line in lines):
        return []
    owners = {line.proposal_id for line in lines} - {None}
    homes = {line.sighting_id for line in lines if line.proposal_id is None} - {None}
    others = select(Line).where(
        col(Line.proposal_id).in_(owners)
        | (col(Line.sighting_id).in_(homes) & col(Line.proposal_id).is_(None)),
        col(Line.carrier) == row.carrier,
        col(Line.number).not_in(row.numbers),
        col(Line.voided).is_(False),
        col(Line.replaced).is_(False),
    )
    return sorted(line.number for line in session.exec(others) if line.kind != "both")


def _unconfirmed(session: Session, row: Confirm, reason: str, now: datetime, **params: str | int) -> None:
    work.rest(row)
    row.state, row.reason = "unconfirmed", reason
    tell(session, now, f"unconfirmed_{reason}", about(row), **params)
