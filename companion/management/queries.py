"""What console and API show: plain reads, Session in, wire models out."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_
from sqlmodel import Session, col, select

from companion.clock import from_ms
from companion.management import shape
from companion.management.store.signal_tables import PaymentCode
from companion.management.store.tables import Customer, IssuingAccount, Line, Proposal, Timeline
from companion.management.store.work_tables import Confirm, Download, Notification, Question
from companion.management.views import (
    ConfirmRow,
    DownloadQuery,
    ListQuery,
    ProposalQuery,
    QuestionRow,
)
from companion.management.wire import Page, ProposalDetail, TimelineEntry
from companion.protocol import Account, CustomerFound

SEARCHED = 20
"""Customers a search returns at most."""


def proposals(session: Session, query: ProposalQuery) -> Page:
    """A page of ProposalOut."""
    found = select(Proposal).where(*_proposal_filter(query))
    ordered = _ordered(found, col(getattr(Proposal, query.sort)), query, col(Proposal.id))
    rows = session.exec(ordered).all()
    lines = _lines(session, [row.id for row in rows])
    return Page(total=_count(session, found), rows=[shape.proposal_out(row, lines[row.id]) for row in rows])


def proposal(session: Session, proposal_id: str) -> ProposalDetail | None:
    """One proposal with lines, downloads and timeline; None when there is none."""
    row = session.get(Proposal, proposal_id)
    if row is None:
        return None
    mine = select(Download).where(col(Download.proposal_id) == proposal_id)
    downloads = session.exec(mine.order_by(col(Download.created_at), col(Download.id))).all()
    own = select(Timeline).where(col(Timeline.proposal_id) == proposal_id)
    steps = session.exec(own.order_by(col(Timeline.at), col(Timeline.id))).all()
    lines = _lines(session, [row.id])[row.id]
    return shape.proposal_detail(row, lines, downloads, steps, payment_code(session, proposal=row.id))


def payment_code(
    session: Session, *, proposal: str | None = None, sighting: str | None = None
) -> PaymentCode | None:
    """The code by which a proposal can be paid, or the one that waits with a question."""
    found = select(PaymentCode).order_by(col(PaymentCode.made_at).desc(), col(PaymentCode.digest))
    if proposal is not None:
        mine = found.where(col(PaymentCode.proposal_id) == proposal, col(PaymentCode.state) == "current")
    else:
        mine = found.where(col(PaymentCode.sighting_id) == sighting, col(PaymentCode.state) == "waiting")
    return session.exec(mine).first()


def downloads(session: Session, query: DownloadQuery) -> Page:
    """A page of DownloadOut: the download log (投保单下载日志, I-7.1)."""
    found = select(Download, Proposal).join(Proposal, col(Proposal.id) == col(Download.proposal_id))
    found = found.where(*_download_filter(query))
    owner = Proposal if query.sort in ("plate", "insured") else Download
    rows = session.exec(_ordered(found, col(getattr(owner, query.sort)), query, col(Download.id))).all()
    lines = _lines(session, [row.id for _, row in rows])
    return Page(
        total=_count(session, found),
        rows=[shape.download_out(download, row, lines[row.id]) for download, row in rows],
    )


def download_counts(session: Session) -> dict[str, int]:
    """How many downloads are in each state."""
    rows = session.exec(select(Download.state, func.count()).group_by(col(Download.state))).all()
    return {state: int(count) for state, count in rows}


def questions(session: Session) -> list[QuestionRow]:
    """The questions that wait (待处理), oldest first."""
    waiting = select(Question).where(col(Question.state) == "open").order_by(col(Question.asked_at))
    rows = session.exec(waiting).all()
    return [shape.question_row(row, _code_of(session, row)) for row in rows]


def code_of_question(session: Session, question_id: str) -> PaymentCode | None:
    """The payment code that an open question is about."""
    row = session.get(Question, question_id)
    return _code_of(session, row) if row is not None and row.state == "open" else None


def unconfirmed(session: Session, now: datetime) -> list[ConfirmRow]:
    """Hints that are not confirmed yet or could not be, newest first; at most 200."""
    open_ones = select(Confirm).where(col(Confirm.state) != "confirmed")
    newest = open_ones.order_by(col(Confirm.hinted_at).desc()).limit(200)
    return [shape.confirm_row(row, now) for row in session.exec(newest)]


def confirm_timeline(session: Session, confirm_id: str) -> list[TimelineEntry]:
    """The steps of one hint, oldest first."""
    own = select(Timeline).where(col(Timeline.confirm_id) == confirm_id)
    return [shape.timeline_entry(step) for step in session.exec(own.order_by(col(Timeline.id)))]


def timeline(session: Session, offset: int = 0, limit: int = 50) -> Page:
    """A page of TimelineRow: the steps of everything, newest first."""
    newest = select(Timeline).order_by(col(Timeline.id).desc()).offset(offset).limit(limit)
    total = session.exec(select(func.count()).select_from(Timeline)).one()
    return Page(total=total, rows=[shape.timeline_row(step) for step in session.exec(newest)])


def notifications(session: Session, offset: int = 0, limit: int = 50) -> Page:
    """A page of NotificationRow, newest first."""
    newest = select(Notification).order_by(col(Notification.at).desc(), col(Notification.id))
    total = session.exec(select(func.count()).select_from(Notification)).one()
    rows = session.exec(newest.offset(offset).limit(limit))
    return Page(total=total, rows=[shape.notification_row(row) for row in rows])


def accounts(session: Session) -> list[Account]:
    """All issuing accounts as desks need them."""
    order = (col(IssuingAccount.carrier), col(IssuingAccount.origin), col(IssuingAccount.login))
    return [shape.account(row) for row in session.exec(select(IssuingAccount).order_by(*order))]


def customers(session: Session, text: str) -> list[CustomerFound]:
    """Customers by part of the name, by a car's plate or by the phone's last digits."""
    text = text.strip()
    found = select(Customer).order_by(col(Customer.name), col(Customer.id)).limit(SEARCHED)
    if text:
        cars = select(Proposal.customer_id).where(col(Proposal.plate).icontains(text, autoescape=True))
        found = found.where(
            or_(
                col(Customer.name).icontains(text, autoescape=True),
                col(Customer.phone).endswith(text, autoescape=True),
                col(Customer.id).in_(cars),
            )
        )
    return [shape.customer_found(row) for row in session.exec(found)]


def fingerprint(session: Session) -> str:
    """Changes whenever a console page may look different."""
    parts: tuple[Select[Any], ...] = (
        select(func.max(Timeline.id)),
        select(func.count()).where(col(Download.state) == "running"),
        select(func.sum(Question.version)).where(col(Question.state) == "open"),
        select(func.count()).where(col(Notification.delivered).is_not(None)),
        select(func.count()).where(col(Confirm.state) != "confirmed"),
    )
    return ":".join(str(session.scalar(part)) for part in parts)


def _code_of(session: Session, row: Question) -> PaymentCode | None:
    if row.kind not in shape.WITH_REMARK:
        return None
    return payment_code(session, proposal=row.proposal_id, sighting=row.sighting_id)


def _proposal_filter(query: ProposalQuery) -> Iterable[ColumnElement[bool]]:
    yield from _created(col(Proposal.created_at), query)
    if query.state:
        yield col(Proposal.state) == query.state
    if query.carrier:
        yield col(Proposal.carrier) == query.carrier
    if query.text.strip():
        yield _matches(query.text.strip())


def _download_filter(query: DownloadQuery) -> Iterable[ColumnElement[bool]]:
    yield from _created(col(Download.created_at), query)
    for name in ("state", "kind", "source", "carrier", "login"):
        if value := getattr(query, name):
            yield col(getattr(Download, name)) == value
    if query.text.strip():
        yield _matches(query.text.strip())


def _created(column: Any, query: ListQuery) -> Iterable[ColumnElement[bool]]:
    if query.since is not None:
        yield column >= from_ms(query.since)
    if query.until is not None:
        yield column < from_ms(query.until)


def _matches(text: str) -> ColumnElement[bool]:
    numbered = select(Line.proposal_id).where(
        or_(
            col(Line.number).icontains(text, autoescape=True),
            col(Line.policy_number).icontains(text, autoescape=True),
        )
    )
    return or_(
        col(Proposal.plate).icontains(text, autoescape=True),
        col(Proposal.insured).icontains(text, autoescape=True),
        col(Proposal.id).in_(numbered),
    )


def _ordered(found: Any, column: Any, query: ListQuery, tie: Any) -> Any:
    # NULLs stand at different ends in the two databases unless told.
    first = column.desc().nulls_last() if query.order == "desc" else column.asc().nulls_last()
    return found.order_by(first, tie).offset(query.offset).limit(query.limit)


def _count(session: Session, found: Any) -> int:
    return session.exec(select(func.count()).select_from(found.subquery())).one()


def _lines(session: Session, proposal_ids: list[str]) -> defaultdict[str, list[Line]]:
    # A quotation whose lines have numbers of their own is found by its number, but not counted again.
    theirs = select(Line).where(col(Line.proposal_id).in_(proposal_ids), col(Line.replaced).is_(False))
    found = theirs.order_by(col(Line.number))
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    for line in session.exec(found):
        lines[str(line.proposal_id)].append(line)
    return lines
