"""Visits to portals: 去报价 (I-1), 去核保 (I-3), 打开保险公司系统 (I-4.1): rows that a desk carries out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast, get_args

from sqlmodel import Session, col, select

from companion.clock import to_ms
from companion.management import shape
from companion.management.issuing import applications, proposals
from companion.management.issuing.timeline import About, tell
from companion.management.people import NotThere
from companion.management.store.tables import (
    Device,
    IssuingAccount,
    Line,
    LineAccount,
    PortalSession,
    Proposal,
)
from companion.management.store.visit_tables import Visit
from companion.management.visit_views import Purpose, VisitChoice, VisitIn, VisitOut
from companion.management.wire import CommandOut, ProposalState, VisitBody, VisitResult
from companion.protocol import Account, FormField, VisitPurpose, VisitStep

VISIBLE: Final[dict[Purpose, frozenset[ProposalState]]] = {
    "quote": frozenset({"NEW", "TO_QUOTE", "QUOTED"}),
    "reopen": frozenset({"QUOTED"}),
    "underwrite": frozenset({"QUOTED", "CONFIRMED_TO_SUBMIT"}),
    "open": frozenset(get_args(ProposalState)),
}
"""In which states of a proposal the clerk may go (I-1.1, I-1.8, I-3.1)."""
PATIENCE: Final = timedelta(seconds=60)
"""A desk that was away for so long must not open a window out of the blue when it comes back."""
OPEN: Final = ("waiting", "going")
_WIRE: Final[dict[Purpose, VisitPurpose]] = {"reopen": "underwrite"}
"""To open an existing proposal is to find it by its number."""
_TOLD: Final = frozenset({"captcha_wanted", "login_wanted", "logged_in", "opened", "reused"})


class NotNow(Exception):
    """A visit that cannot be made: the text is one of our own words (locales/*/visits.json, `refused_…`)."""


def choices(session: Session, purpose: Purpose, proposal: Proposal | None, device: str) -> list[VisitChoice]:
    """The accounts that could be used (D0, D6); the first of each carrier is its current one (I-1.10): that
    which is logged in at this desk, else the one used last here."""
    if purpose in ("underwrite", "reopen"):
        assert proposal is not None, "only a proposal has numbers to look for"
        found = _by_lines(session, proposal)
    else:
        found = [_Candidate(row, []) for row in _accounts(session, proposal)]
    live = {row.origin: row.login for row in _sessions(session, device)}
    held = {(row.origin, row.login) for row in _sessions(session, device)}
    last = _last_used(session, device)
    made = [
        VisitChoice(
            account=shape.account(one.row),
            numbers=one.numbers,
            live=(one.row.origin, one.row.login) in held,
            ends=None if (one.row.origin, one.row.login) in held else live.get(one.row.origin),
            current=False,
        )
        for one in found
    ]
    made.sort(key=lambda one: (not one.live, last.get(one.account.id, len(last))))
    first = {one.account.carrier: one.account.id for one in reversed(made)}
    return [one.model_copy(update={"current": one.account.id in first.values()}) for one in made]


def begin(session: Session, order: VisitIn, proposal_id: str | None, device: str, now: datetime) -> Visit:
    """Have a desk go there. Raises NotThere, and NotNow with why not."""
    proposal = _proposal(session, proposal_id)
    if proposal is None and order.purpose != "open":
        raise NotNow("no_proposal")
    if proposal is not None and proposal.state not in VISIBLE[order.purpose]:
        raise NotNow("other_state")
    if proposal is not None and proposal.state == "QUOTED" and _overwrites(order):
        raise NotNow("copy_first")
    desk = session.get(Device, device)
    if desk is None:
        raise NotNow("no_desk")
    found = choices(session, order.purpose, proposal, device)
    if order.purpose == "open" and order.account is None:
        choice = _current(found, order.carrier)
    else:
        choice = _chosen(found, order.account)
    by = desk.name
    if order.copy_first and proposal is not None and order.purpose == "quote":
        proposal = applications.copy(session, proposal, device, now)
    row = _row(order.purpose, choice, proposal, device, by, now)
    session.add(row)
    session.flush()
    if proposal is not None:
        tell(session, now, f"visit_{row.purpose}", about(session, row), by=by, login=row.login)
    return row


def pending(session: Session, device: str, now: datetime) -> list[CommandOut]:
    """The visits a desk is to begin now. Each is asked for once, under the visit's own id."""
    mine = select(Visit).where(
        col(Visit.device_id) == device, col(Visit.state) == "waiting", col(Visit.asked_at) > now - PATIENCE
    )
    rows = session.exec(mine.order_by(col(Visit.asked_at), col(Visit.id)))
    return [CommandOut(id=row.id, body=_body(session, row)) for row in rows]


def take_result(session: Session, command: str, result: VisitResult, now: datetime) -> bool:
    """Whether a browser has begun the visit. False: nobody waits for that (any more)."""
    row = locked(session, command)
    if row is None or row.state != "waiting":
        return False
    row.instance = result.instance
    if result.taken:
        row.state = "going"
    else:
        fail(session, row, result.error or "no_browser", now)
    return True


def take_step(session: Session, device: str, step: VisitStep, now: datetime) -> None:
    """A browser tells how far it has come. Late and repeated words of a visit that is over change nothing.

    A ticket whose form could not be filled lives on in its tab, and ends with it; one that is used stays so.
    """
    row = locked(session, step.re)
    if row is None or row.device_id != device:
        return
    lives_on = row.state == "used" or (row.state == "failed" and row.purpose == "quote")
    if row.state not in OPEN and not (lives_on and step.step == "closed"):
        return
    row.tab = row.tab if step.tab is None else step.tab
    row.step = step.step
    if step.step == "closed":
        close(session, row, step.error or "tab_closed", now)
    elif step.step == "failed":
        fail(session, row, step.error or "unknown", now)
    else:
        row.state = "going"
        _note(session, row, step, now)


def fail(session: Session, row: Visit, reason: str, now: datetime) -> None:
    """The visit came to nothing; the clerk is told why."""
    row.state, row.reason, row.ended_at = "failed", reason, now
    _tell(session, row, now, "visit_failed", why=reason)


def close(session: Session, row: Visit, reason: str, now: datetime) -> None:
    """Its tab is closed, or its session ended: an open ticket expires, any other visit is simply over."""
    row.ended_at = now
    if row.state == "used":
        return
    if row.purpose != "quote":
        row.state, row.reason = "over", reason
        return
    row.state, row.reason = "expired", reason
    _tell(session, row, now, "ticket_expired", why=reason)


def visits_of(session: Session, proposal: str, limit: int = 5) -> list[VisitOut]:
    """The visits of a proposal, newest first."""
    mine = select(Visit).where(col(Visit.proposal_id) == proposal)
    rows = session.exec(mine.order_by(col(Visit.asked_at).desc(), col(Visit.id)).limit(limit))
    return [shown(row) for row in rows]


def shown(row: Visit) -> VisitOut:
    """A visit as console and API show it."""
    fields = row.model_dump(include=set(VisitOut.model_fields) - {"asked_at", "proposal"})
    return VisitOut.model_validate(fields | {"asked_at": to_ms(row.asked_at), "proposal": row.proposal_id})


def locked(session: Session, visit: str) -> Visit | None:
    """The newest version of a visit, held until the end of the transaction."""
    found = select(Visit).where(col(Visit.id) == visit).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).first()


def about(session: Session, row: Visit) -> About:
    """What a visit's steps are about."""
    lines = proposals.lines_of(session, row.proposal_id) if row.proposal_id else []
    return About(row.carrier, row.numbers or [line.number for line in lines], proposal=row.proposal_id)


def fields_of(proposal: Proposal, lines: Sequence[Line]) -> dict[FormField, str]:
    """What 去报价 carries into the entry form (I-1.2); what is not known is left out."""
    found: dict[str, str] = {}
    for name in get_args(FormField):
        values = [getattr(proposal, name), *(getattr(line, name, None) for line in lines if not line.voided)]
        value = next((value for value in values if value), None)
        if value:
            found[name] = value
    return cast(dict[FormField, str], found)


@dataclass(frozen=True)
class _Candidate:
    row: IssuingAccount
    numbers: list[str]


def _overwrites(order: VisitIn) -> bool:
    """Whether what was quoted would be quoted over: the same car again is a proposal of its own (I-2.8)."""
    return order.purpose == "quote" and not order.copy_first


def _proposal(session: Session, proposal_id: str | None) -> Proposal | None:
    if proposal_id is None:
        return None
    found = session.get(Proposal, proposal_id)
    if found is None:
        raise NotThere
    return found


def _accounts(session: Session, proposal: Proposal | None) -> list[IssuingAccount]:
    """All accounts; of a proposal those of its carrier and institution (I-1.3, I-1.4)."""
    order = (col(IssuingAccount.carrier), col(IssuingAccount.login), col(IssuingAccount.id))
    found = select(IssuingAccount).order_by(*order)
    if proposal is None:
        return list(session.exec(found))
    rows = list(session.exec(found.where(col(IssuingAccount.carrier) == proposal.carrier)))
    seen_by = {row.institution for row in rows if row.login == proposal.login}
    institution = proposal.institution if proposal.institution is not None else next(iter(seen_by), None)
    return [row for row in rows if institution is None or row.institution == institution]


def _by_lines(session: Session, proposal: Proposal) -> list[_Candidate]:
    """The accounts that may query its lines, each with the numbers it can find (D6).

    One account that can find them all is enough.
    """
    lines = {line.id: line for line in proposals.lines_of(session, proposal.id) if _to_find(line)}
    through = session.exec(select(LineAccount).where(col(LineAccount.line_id).in_(list(lines))))
    numbers: dict[tuple[str, str], list[str]] = {}
    for one in through:
        numbers.setdefault((one.origin, one.login), []).append(lines[one.line_id].number)
    rows = session.exec(select(IssuingAccount).where(col(IssuingAccount.carrier) == proposal.carrier))
    found = [
        _Candidate(row, sorted(numbers[row.origin, row.login]))
        for row in rows
        if (row.origin, row.login) in numbers
    ]
    whole = [one for one in found if len(one.numbers) == len(lines)]
    own = [one for one in whole if one.row.login == proposal.login]
    return own[:1] or whole[:1] or sorted(found, key=lambda one: one.numbers)


def _to_find(line: Line) -> bool:
    """A quotation that was replaced by proposals of its own stands in no query page any more."""
    return not line.voided and not line.replaced


def _sessions(session: Session, device: str) -> list[PortalSession]:
    mine = select(PortalSession).where(col(PortalSession.device_id) == device)
    return list(session.exec(mine.order_by(col(PortalSession.seen_at))))


def _last_used(session: Session, device: str) -> dict[str, int]:
    """Accounts by how long ago this desk used them: 0 is the last."""
    newest = select(Visit.account_id).where(col(Visit.device_id) == device)
    ids = session.exec(newest.order_by(col(Visit.asked_at).desc()).limit(100))
    return {account: place for place, account in enumerate(dict.fromkeys(ids))}


def _current(found: Sequence[VisitChoice], carrier: str | None) -> VisitChoice:
    """To open a portal nobody is asked for an account: the carrier's current one is used (I-1.10)."""
    current = [one for one in found if one.current and carrier in (None, one.account.carrier)]
    if not current:
        raise NotNow("no_account")
    if len(current) > 1:
        raise NotNow("choose_carrier")
    return current[0]


def _chosen(found: Sequence[VisitChoice], account: str | None) -> VisitChoice:
    if not found:
        raise NotNow("no_account")
    if account is None and len(found) > 1:
        raise NotNow("choose_account")
    for choice in found:
        if account in (None, choice.account.id):
            return choice
    raise NotNow("no_account")


def _row(
    purpose: Purpose, choice: VisitChoice, proposal: Proposal | None, device: str, by: str, now: datetime
) -> Visit:
    account = choice.account
    ticket: dict[str, Any] = {}
    if proposal is not None and purpose == "quote":
        ticket = {"vin": proposal.vin, "plate": proposal.plate, "insured": proposal.insured}
    return Visit(
        purpose=purpose,
        state="waiting",
        proposal_id=proposal.id if proposal else None,
        account_id=account.id,
        carrier=account.carrier,
        origin=account.origin,
        login=account.login,
        device_id=device,
        numbers=choice.numbers,
        asked_by=by,
        asked_at=now,
        **ticket,
    )


def _body(session: Session, row: Visit) -> VisitBody:
    fields: dict[FormField, str] = {}
    if row.purpose == "quote" and row.proposal_id:
        proposal = session.get_one(Proposal, row.proposal_id)
        fields = fields_of(proposal, proposals.lines_of(session, row.proposal_id))
    purpose = cast(Purpose, row.purpose)
    return VisitBody(
        visit=row.id,
        purpose=_WIRE.get(purpose) or cast(VisitPurpose, purpose),
        account=Account(id=row.account_id, carrier=row.carrier, origin=row.origin, login=row.login),
        numbers=row.numbers,
        fields=fields,
    )


def _note(session: Session, row: Visit, step: VisitStep, now: datetime) -> None:
    if step.step == "filled":
        row.missing = sorted({*row.missing, *step.missing})
        kind = "visit_filled_partly" if row.missing else "visit_filled"
        _tell(session, row, now, kind, n=len(row.missing))
    elif step.step in _TOLD:
        row.reason = step.error
        why: dict[str, str] = {"why": step.error} if step.error else {}
        _tell(session, row, now, f"visit_{step.step}", **why)


def _tell(session: Session, row: Visit, now: datetime, kind: str, **params: str | int) -> None:
    """On the timeline of its proposal; a visit without one tells nobody."""
    if row.proposal_id:
        tell(session, now, kind, about(session, row), login=row.login, **params)
