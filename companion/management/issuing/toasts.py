"""Toasts (冒泡提醒): rows of the notification centre, shown by the responsible clerk's desk."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from companion.management.issuing.timeline import About, tell
from companion.management.store.tables import Proposal
from companion.management.store.work_tables import Notification
from companion.management.wire import ToastResult


def toast(session: Session, proposal: Proposal, about: About, name: str, now: datetime) -> None:
    """Have a toast about a proposal shown; worded by the desk from `toast.<name>`."""
    car = proposal.plate or next(iter(about.numbers), "")
    _add(session, proposal.device_id, car, about.numbers, name, now, proposal.id)


def toast_unfiled(session: Session, device: str, numbers: Sequence[str], name: str, now: datetime) -> None:
    """Have a toast about numbers shown that belong to no proposal."""
    _add(session, device, numbers[0], numbers, name, now, None)


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


def _add(
    session: Session,
    device: str,
    car: str,
    numbers: Sequence[str],
    name: str,
    now: datetime,
    proposal: str | None,
) -> None:
    params = {"car": car, "numbers": ", ".join(numbers)}
    session.add(Notification(at=now, toast=name, params=params, proposal_id=proposal, device_id=device))
