"""Durable messages of extensions, each taken once: its id and its effect are one transaction."""

from datetime import datetime

from sqlmodel import Session

from companion.management.issuing import hints, questions, quick, visits
from companion.management.store.insert import insert_if_new
from companion.management.store.tables import Device, Event
from companion.management.wire import AnswerIn, EventIn
from companion.protocol import Answer, Hint, QuickDownload, VisitStep


def take(session: Session, device: str, event: EventIn, now: datetime) -> bool:
    """Store an event and what follows from it. False: it was delivered before, and nothing follows.

    Raises NotThere and BadAnswer, with which the event is not stored either.
    """
    if not _is_new(session, device, event, now):
        return False
    body = event.body
    if isinstance(body, Hint):
        hints.take(session, device, event.instance, body, now)
    elif isinstance(body, Answer):
        given = AnswerIn(choice=body.choice, remark=body.remark, customer=body.customer, fields=body.fields)
        desk = session.get_one(Device, device)
        questions.answer(session, body.question, given, desk.name, now)
    elif isinstance(body, VisitStep):
        visits.take_step(session, device, body, now)
    elif isinstance(body, QuickDownload):
        quick.take(session, device, event.instance, body, now)
    else:
        questions.shown(session, body.question, now)
    return True


def _is_new(session: Session, device: str, event: EventIn, now: datetime) -> bool:
    row = Event(
        id=event.body.id, device_id=device, instance=event.instance, type=event.body.type, received_at=now
    )
    return insert_if_new(session, row)
