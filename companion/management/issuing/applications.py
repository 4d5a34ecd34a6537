"""Proposals that a clerk types (手动新添): kept, handed in for a quote (提交报价), copied (I-1.8)."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from sqlmodel import Session, col, select

from companion.management import people
from companion.management.issuing import proposals
from companion.management.issuing.timeline import tell
from companion.management.people import NotThere
from companion.management.store.tables import IssuingAccount, Proposal
from companion.management.visit_views import ProposalIn

EDITABLE: Final = frozenset({"NEW", "TO_QUOTE"})
FIELDS: Final = (
    "plate",
    "vin",
    "engine_number",
    "brand_model",
    "registered_on",
    "insured",
    "insured_id_number",
    "insured_phone",
)
NEEDED: Final = ("vin", "engine_number", "brand_model", "registered_on", "insured", "insured_id_number")
"""What makes vehicle and insured complete. A new car has no plate yet."""
_SHAPES: Final = {
    "plate": r"[\u4e00-\u9fff][A-Z][A-Z0-9\u4e00-\u9fff]{5,6}",
    "vin": r"[A-HJ-NPR-Z0-9]{17}",
    "engine_number": r"[A-Z0-9*#-]{3,30}",
    "insured_id_number": r"[0-9A-Z]{15,18}",
    "insured_phone": r"\+?[0-9]{7,15}",
}
_CAPITALS: Final = frozenset({"plate", "vin", "engine_number", "insured_id_number"})


class TooLate(Exception):
    """The proposal was quoted meanwhile: what is typed changes it no more."""


class BadFields(Exception):
    """What was typed cannot be kept: field -> `wrong` or `missing`."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(wrong)))
        self.wrong = wrong


def keep(
    session: Session, typed: ProposalIn, proposal_id: str | None, device: str, now: datetime
) -> Proposal:
    """Keep what the clerk typed, as a new proposal or into one that is not quoted yet; with `submit` NEW
    becomes TO_QUOTE. Raises BadFields, NotThere, TooLate."""
    values = {name: tidy(name, getattr(typed, name)) for name in FIELDS}
    wrong = dict(_wrong(values, typed.submit))
    if not _has_account(session, typed.carrier):
        wrong["carrier"] = "wrong"
    if wrong:
        raise BadFields(wrong)
    row = _open(session, proposal_id, typed, device, now)
    kept = {name: value or None for name, value in values.items()}
    kept |= {"carrier": typed.carrier, "institution": typed.institution}
    changed = any(getattr(row, name) != value for name, value in kept.items())
    for name, value in kept.items():
        setattr(row, name, value)
    row.updated_at = now
    session.add(row)
    session.flush()
    by = people.name_of(session, device)
    if proposal_id is None:
        tell(session, now, "proposal_typed", proposals.about(row, []), by=by)
    elif changed:
        tell(session, now, "proposal_changed", proposals.about(row, []), by=by)
    if typed.submit:
        proposals.move(session, row, "completed", now)
    return row


def copy(session: Session, proposal: Proposal, device: str, now: datetime) -> Proposal:
    """A second proposal of the same car and people, to be quoted anew; nothing is overwritten (I-2.8)."""
    lines = [line for line in proposals.lines_of(session, proposal.id) if not line.voided]
    made = Proposal(
        state="TO_QUOTE",
        carrier=proposal.carrier,
        login=proposal.login,
        institution=proposal.institution,
        customer_id=proposal.customer_id,
        device_id=device,
        created_at=now,
        updated_at=now,
    )
    for name in FIELDS:
        values = [getattr(proposal, name), *(getattr(line, name, None) for line in lines)]
        setattr(made, name, next((value for value in values if value), None))
    session.add(made)
    session.flush()
    tell(session, now, "copied_to_new", proposals.about(proposal, lines))
    tell(session, now, "proposal_copied", proposals.about(made, []))
    return made


def institutions(session: Session) -> dict[str, list[str]]:
    """Carrier -> the institutions (机构) that have accounts there."""
    found: dict[str, list[str]] = {}
    order = (col(IssuingAccount.carrier), col(IssuingAccount.institution))
    for row in session.exec(select(IssuingAccount).order_by(*order)):
        names = found.setdefault(row.carrier, [])
        if row.institution and row.institution not in names:
            names.append(row.institution)
    return found


def tidy(name: str, text: str) -> str:
    """What was typed as it is kept: 粤b-12345 and 粤B·12345 are 粤B12345."""
    plain = text.strip()
    if name in _CAPITALS:
        plain = "".join(plain.upper().split())
    if name == "plate":
        plain = re.sub(r"[-·•]", "", plain)
    if name == "insured_phone":
        plain = re.sub(r"[\s-]", "", plain)
    return plain


def _wrong(values: dict[str, str], complete: bool) -> Iterator[tuple[str, str]]:
    if not values["plate"] and not values["vin"]:
        yield "vin", "missing"  # nothing at all says which car it is
    for name, value in values.items():
        if value and not _fits(name, value):
            yield name, "wrong"
        if not value and complete and name in NEEDED:
            yield name, "missing"


def _fits(name: str, value: str) -> bool:
    if name == "registered_on":
        return _is_day(value)
    return name not in _SHAPES or re.fullmatch(_SHAPES[name], value) is not None


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _has_account(session: Session, carrier: str) -> bool:
    return (
        session.exec(select(IssuingAccount.id).where(col(IssuingAccount.carrier) == carrier)).first()
        is not None
    )


def _open(
    session: Session, proposal_id: str | None, typed: ProposalIn, device: str, now: datetime
) -> Proposal:
    if proposal_id is None:
        return Proposal(
            state="NEW", carrier=typed.carrier, login=None, device_id=device, created_at=now, updated_at=now
        )
    found = select(Proposal).where(col(Proposal.id) == proposal_id).with_for_update()
    row = session.exec(found.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotThere
    if row.state not in EDITABLE:
        raise TooLate
    return row
