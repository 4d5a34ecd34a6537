"""What a desk is to do: read off the rows, so that nothing is forgotten when a connection breaks."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, cast

from sqlmodel import Session, col, select

from companion.management import shape
from companion.management.issuing import confirming, downloads, quick, toasts, visits, work
from companion.management.issuing.confirm import BUDGET
from companion.management.issuing.orders import FILES
from companion.management.store.signal_tables import QuickDownload
from companion.management.store.work_tables import Confirm, Download, Notification, Question
from companion.management.wire import (
    AskBody,
    ClosedBody,
    CommandOut,
    CommandResult,
    FileBody,
    FileResult,
    ProgressBody,
    QueryBody,
    QueryResult,
    ToastBody,
    ToastResult,
    VisitResult,
)
from companion.protocol import DownloadState, Place, QueryName

STALE: Final = timedelta(days=1)
"""A toast older than this is not shown any more; a question closed longer ago stands nowhere."""


def pending(session: Session, desk: str, now: datetime) -> list[CommandOut]:
    """Everything a desk is to do or to know now. Each thing has one id for good."""
    told = [*_toasts(session, desk, now), *_questions(session, desk, now)]
    work_to_do = [*_queries(session, desk), *visits.pending(session, desk, now)]
    return [*work_to_do, *told, *_progress(session, desk, now)]


def take_result(session: Session, command: str, result: CommandResult, now: datetime) -> bool:
    """Put a result where it belongs. False: nobody waits for it (any more); the first result counts."""
    body = result.body
    if isinstance(body, ToastResult):
        return _toast_result(session, command, body, now)
    if isinstance(body, VisitResult):
        return visits.take_result(session, command, body, now)
    if isinstance(body, FileResult):
        return _file_result(session, command, body, now)
    return _query_result(session, command, body, now)


def _query_result(session: Session, command: str, body: QueryResult, now: datetime) -> bool:
    confirm = _commanded(session, Confirm, command)
    if confirm is not None:
        confirming.take_result(session, confirm, body.result, now)
        return True
    download = _commanded(session, Download, command)
    if download is not None and download.kind == "proposal":
        downloads.take_result(session, download, body.result, now)
        return True
    pressed = _commanded(session, QuickDownload, command)
    if pressed is not None:
        quick.take_result(session, pressed, body.result, now)
        return True
    return False


def _file_result(session: Session, command: str, body: FileResult, now: datetime) -> bool:
    download = _commanded(session, Download, command)
    if download is None or download.kind not in FILES:
        return False
    downloads.take_file(session, download, body, now)
    return True


def _toast_result(session: Session, command: str, body: ToastResult, now: datetime) -> bool:
    found = select(Notification).where(col(Notification.id) == command).with_for_update()
    row = session.exec(found.execution_options(populate_existing=True)).first()
    return row is not None and toasts.take_result(session, row, body, now)


def _commanded(session: Session, model: type[work.W], command: str) -> work.W | None:
    found = select(model).where(col(model.command_id) == command).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).first()


def _queries(session: Session, desk: str) -> Iterator[CommandOut]:
    for confirm in _asked(session, Confirm, desk):
        query = _query(confirm, "detail" if confirm.query == "detail" else "confirm", confirm.asked)
        yield CommandOut(id=str(confirm.command_id), body=query)
    for pressed in _asked(session, QuickDownload, desk):
        query = _query(pressed, "confirm", quick.asked_for(pressed))
        yield CommandOut(id=str(pressed.command_id), body=query)
    for download in _asked(session, Download, desk):
        body = (
            _query(download, "detail", download.numbers) if download.kind == "proposal" else _file(download)
        )
        yield CommandOut(id=str(download.command_id), body=body)


def _asked(session: Session, model: type[work.W], desk: str) -> Iterable[work.W]:
    asked = select(model).where(col(model.command_id).is_not(None), col(model.device_id) == desk)
    return session.exec(asked.order_by(col(model.command_at), col(model.id)))


def _query(row: work.WorkRow, query: QueryName, numbers: Sequence[str]) -> QueryBody:
    return QueryBody(
        query=query,
        carrier=row.carrier,
        origin=row.origin,
        login=row.login,
        numbers=list(numbers) or row.numbers,
        instance=row.instance,
        tab=row.tab,
        budget=round(BUDGET.total_seconds() * 1000),
    )


def _file(row: Download) -> FileBody:
    return FileBody(
        file="policy" if row.kind == "policy" else "e_policy",
        carrier=row.carrier,
        origin=row.origin,
        login=row.login,
        numbers=row.numbers,
        policy_number=row.policy_number or "",
        instance=row.instance,
        tab=row.tab,
        budget=round(downloads.FILE_BUDGET.total_seconds() * 1000),
        request=row.quick_id,
    )


def _progress(session: Session, desk: str, now: datetime) -> Iterator[CommandOut]:
    for row in quick.to_tell(session, desk, now):
        body = ProgressBody(
            request=row.id,
            instance=row.seen_in,
            state=cast(DownloadState, row.state),
            reason=row.reason,
        )
        yield CommandOut(id=_id(row, f"progress {row.version}"), body=body)


def _toasts(session: Session, desk: str, now: datetime) -> Iterator[CommandOut]:
    fresh = select(Notification).where(
        col(Notification.device_id) == desk,
        col(Notification.delivered).is_(None),
        col(Notification.at) > now - STALE,
    )
    for row in session.exec(fresh.order_by(col(Notification.at), col(Notification.id))):
        body = ToastBody(toast=row.toast, params=row.params, proposal=row.proposal_id)
        yield CommandOut(id=row.id, body=body)


def _questions(session: Session, desk: str, now: datetime) -> Iterator[CommandOut]:
    mine = select(Question).where(col(Question.device_id) == desk)
    open_or_fresh = mine.where((col(Question.state) == "open") | (col(Question.closed_at) > now - STALE))
    for row in session.exec(open_or_fresh.order_by(col(Question.asked_at), col(Question.id))):
        if row.state == "open":
            place = Place.model_validate(row.place)
            ask = AskBody(question=shape.asked(row), instance=row.instance, place=place)
            yield CommandOut(id=_id(row, f"ask {row.version}"), body=ask)
        else:
            yield CommandOut(id=_id(row, "closed"), body=ClosedBody(question=row.id, instance=row.instance))


def _id(row: Question | QuickDownload, what: str) -> str:
    return str(uuid.uuid5(uuid.UUID(row.id), what))
