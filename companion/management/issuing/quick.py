"""Quick downloads: the button behind a row of a portal's list (I-6). The row is asked about first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, or_, select

from companion.clock import from_ms
from companion.management.issuing import filing, orders, proposals, work
from companion.management.issuing.cases import Reader, car_by_car
from companion.management.issuing.confirm import names, verdict
from companion.management.issuing.downloads import ATTEMPTS, held_up
from companion.management.issuing.orders import Cause
from companion.management.issuing.progress import Progress, show
from companion.management.issuing.seen import of_quick
from companion.management.issuing.timeline import About, tell
from companion.management.issuing.toasts import toast_unfiled
from companion.management.store.signal_tables import QuickDownload
from companion.management.store.tables import Device, Proposal
from companion.protocol import JobResult, LineFacts
from companion.protocol import QuickDownload as Pressed

FAILURES: Final = ("not_found", "other_policy", "other_login", "portal_failed", "deleted")
"""Why nothing is downloaded: `deleted` is D8."""
SHOWN: Final = timedelta(hours=1)
"""So long a page is told of a download that is over: its button may have been away."""


def take(session: Session, device: str, instance: str, pressed: Pressed, now: datetime) -> None:
    """The button was pressed: have the portal asked what this row is."""
    place = pressed.place
    row = QuickDownload(
        id=pressed.id,
        carrier=pressed.carrier,
        origin=place.origin,
        login=place.login,
        device_id=device,
        instance=instance,
        tab=place.tab,
        due_at=now,
        state="waiting",
        numbers=list(pressed.row.numbers),
        policy_number=pressed.row.policy_number,
        fields={str(name): text for name, text in pressed.fields.items()},
        seen_by=device,
        seen_in=instance,
        place=place.model_dump(),
        created_at=min(now, from_ms(pressed.at)),
        changed_at=now,
    )
    if not asked_for(row):
        _fail(session, row, "not_found", now)
    session.add(row)


def asked_for(row: QuickDownload) -> list[str]:
    """What the portal is asked about: the proposal numbers, of a policy row without any its own."""
    return list(row.numbers) or [number for number in (row.policy_number,) if number]


def started(row: QuickDownload, now: datetime) -> None:
    """A desk is being asked."""
    show(row, Progress("running"), now)


def unanswered(row: QuickDownload, now: datetime) -> None:
    """The desk did not report within the lease."""
    work.pause(row, now)


def session_back(row: QuickDownload, now: datetime) -> None:
    """A session of the account appeared: it goes on there."""
    show(row, Progress("waiting"), now)


def take_result(session: Session, row: QuickDownload, result: JobResult, now: datetime) -> None:
    """What a desk reported of the row: what it is is checked before anything is downloaded."""
    said = verdict(result, row.login, asked_for(row))
    if said == "no_session":
        _no_session(session, row, now)
    elif held_up(said, result.error):
        work.pause(row, now)
    elif said == "failed":
        row.attempts += 1
        if row.attempts < ATTEMPTS:
            work.pause(row, now)
        else:
            _fail(session, row, "portal_failed", now)
    elif said == "found":
        _found(session, row, result, now)
    else:
        _fail(session, row, "other_login" if said == "other_login" else "not_found", now)


def to_tell(session: Session, desk: str, now: datetime) -> Sequence[QuickDownload]:
    """The quick downloads whose buttons this desk is to bring up to date."""
    mine = select(QuickDownload).where(
        col(QuickDownload.seen_by) == desk,
        or_(
            col(QuickDownload.state).in_(("waiting", "running")), col(QuickDownload.changed_at) > now - SHOWN
        ),
    )
    return session.exec(mine.order_by(col(QuickDownload.changed_at), col(QuickDownload.id))).all()


def named(row: QuickDownload, lines: Sequence[LineFacts]) -> list[LineFacts]:
    """The lines that the row named: by policy number, where it has one, else by proposal number (I-6.3)."""
    if row.policy_number:
        return [line for line in lines if line.policy_number == row.policy_number]
    wanted = set(row.numbers)
    return [line for line in lines if wanted & names(line)]


def _no_session(session: Session, row: QuickDownload, now: datetime) -> None:
    portal = work.came_meanwhile(session, row)
    if portal is not None:
        work.resume(row, portal, now)
    elif work.wait(row, now):
        show(row, Progress("waiting", "waiting_session"), now)


def _found(session: Session, row: QuickDownload, result: JobResult, now: datetime) -> None:
    lines = named(row, result.lines)
    alive = [line for line in lines if not line.deleted]
    reader = Reader(of_quick(row), None, result.whoami or "", now)
    if not lines:
        _fail(session, row, "other_policy", now)
    elif not alive:
        _fail(session, row, "deleted", now)
        _known_ones(session, reader, lines)
    else:
        for car in car_by_car(session, row.carrier, result.lines):
            if any(line in alive for line in car):
                filing.file(session, reader, car)
        _download(session, row, alive, reader, now)


def _known_ones(session: Session, reader: Reader, lines: Sequence[LineFacts]) -> None:
    """A proposal whose line turns out to be deleted is void all the same; of others nothing is kept."""
    known = proposals.known(session, reader.seen.carrier, [line.number for line in lines])
    if known:
        filing.file(session, reader, [line for line in lines if line.number in known])


def _download(
    session: Session, row: QuickDownload, alive: Sequence[LineFacts], reader: Reader, now: datetime
) -> None:
    lines = proposals.lock_lines(session, row.carrier, [line.number for line in alive])
    owner = next((line.proposal_id for line in lines.values() if line.proposal_id), None)
    if owner is None:  # a quotation whose lines go by numbers of their own, which nobody filed
        _fail(session, row, "not_found", now)
        return
    proposal = session.get_one(Proposal, owner)
    work.rest(row)
    row.proposal_id = proposal.id
    proposal.agency_fields = {**proposal.agency_fields, **row.fields}
    session.flush()
    by = session.get_one(Device, row.seen_by).name
    about = About(row.carrier, list(lines), proposal=proposal.id)
    tell(session, now, "quick_pressed", about, by=by)
    through = reader.seen.through(reader.login, by)
    cause = Cause("quick_policy" if row.policy_number else "quick_proposal", row.id)
    orders.request(session, proposal, through, cause, now)
    if row.policy_number:
        orders.request_files(session, proposal, through, cause, now, only=row.policy_number)


def _fail(session: Session, row: QuickDownload, reason: str, now: datetime) -> None:
    """Nothing is downloaded; the button says why, and so does a toast (I-6.4, I-6.5)."""
    work.rest(row)
    show(row, Progress("failed", reason), now)
    numbers = asked_for(row)
    if numbers:
        tell(session, now, f"quick_failed_{reason}", About(row.carrier, numbers))
        toast_unfiled(session, row.seen_by, numbers, f"quick_failed_{reason}", now)
