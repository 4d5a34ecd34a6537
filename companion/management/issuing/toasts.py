"""Toasts (冒泡提醒): rows of the notification centre, shown by the responsible clerk's desk."""

from datetime import datetime

from sqlmodel import Session

from companion.management.issuing.timeline import About, tell
from companion.management.store.tables import Proposal
from companion.management.store.work_tables import Notification
from companion.management.wire import ToastResult


def toast(session: Session, proposal: Proposal, about: About, name: str, now: datetime) -> None:
    """Have a toast shown; worded by the desk from `toast.<name>`."""
    params = {"car": proposal.plate or about.numbers[0], "numbers": ", ".join(about.numbers)}
    session.add(
        Notification(at=now, toast=name, params=params, proposal_id=proposal.id, device_id=proposal.device_id)
    )


def take_result(session: Session, row: Notification, result: ToastResult, now: datetime) -> bool:
    """How showing it ended; the first word counts."""
    if row.delivered is not None:
        return False
    row.delivered, row.backend, row.detail = result.delivered, result.backend, result.detail
    proposal = session.get(Proposal, row.proposal_id) if row.proposal_id else None
    if proposal:
        numbers = row.params["numbers"].split(", ")
        kind = "toast_delivered" if result.delivered else "toast_not_delivered"
        tell(
            session, now, kind, About(proposal.carrier, numbers, proposal=proposal.id), backend=result.backend
        )
    return True
