"""Who takes part: desks with their tokens, issuing accounts, customers."""

import base64
import hashlib
import secrets
from datetime import datetime

from sqlmodel import Session, col, func, select

from companion.management.store.tables import Customer, Device, EnrolmentCode, IssuingAccount
from companion.management.wire import AccountIn, EnrolOut
from companion.protocol import MOST_ACCOUNTS, CustomerChoice

LOCAL = "local"
"""Name of the desk beside the management system."""


class TooMany(Exception):
    """No more issuing accounts can be told to a browser: MOST_ACCOUNTS of them are there."""


NOBODY = "console"
"""Who acts at a console that belongs to no desk."""


class NotThere(Exception):
    """There is nothing of that id."""


def local_device(session: Session, now: datetime) -> str:
    """The desk beside us, which needs no token. Made once."""
    known = session.exec(select(Device).where(col(Device.token_digest).is_(None))).first()
    if known is None:
        known = Device(name=LOCAL, created_at=now)
        session.add(known)
        session.flush()
    return known.id


def device_of(session: Session, token: str) -> str | None:
    """The device that a token belongs to; None when it is unknown or revoked."""
    found = session.exec(
        select(Device).where(col(Device.token_digest) == digest(token), col(Device.revoked_at).is_(None))
    ).first()
    return found.id if found else None


def is_revoked(session: Session, device: str) -> bool:
    """Whether a device may not speak or listen any more."""
    row = session.get(Device, device)
    return row is None or row.revoked_at is not None


def name_of(session: Session, device: str) -> str:
    """Who acts, as the timeline names them: the desk's name, or NOBODY."""
    row = session.get(Device, device)
    return row.name if row else NOBODY


def new_code(entropy: bytes) -> str:
    """An enrolment code that can be read over the telephone: letters and digits in groups of four."""
    text = base64.b32encode(entropy).decode().rstrip("=")
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def keep_code(session: Session, code: str, until: datetime) -> None:
    """Remember a one-time enrolment code."""
    session.add(EnrolmentCode(digest=digest(_plain(code)), expires_at=until))


def enrol(session: Session, code: str, name: str, now: datetime) -> EnrolOut | None:
    """Spend a code on a device token. None when the code is unknown, spent or too old."""
    known = session.exec(
        select(EnrolmentCode)
        .where(col(EnrolmentCode.digest) == digest(_plain(code)))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if known is None or known.used_at is not None or known.expires_at <= now:
        return None
    known.used_at = now
    token = secrets.token_urlsafe(32)
    device = Device(name=name, token_digest=digest(token), created_at=now)
    session.add(device)
    session.flush()
    return EnrolOut(device=device.id, token=token)


def put_account(session: Session, account: AccountIn, now: datetime) -> IssuingAccount:
    """Add an issuing account; the same one again changes its institution. Raises TooMany."""
    row = session.exec(
        select(IssuingAccount).where(
            col(IssuingAccount.carrier) == account.carrier,
            col(IssuingAccount.origin) == account.origin,
            col(IssuingAccount.login) == account.login,
        )
    ).first()
    if row is None:
        if session.scalar(select(func.count()).select_from(IssuingAccount)) == MOST_ACCOUNTS:
            raise TooMany
        row = IssuingAccount(**account.model_dump(), created_at=now)
    row.institution = account.institution
    session.add(row)
    session.flush()
    return row


def choose_customer(session: Session, choice: CustomerChoice, now: datetime) -> str | None:
    """The id of the chosen customer, made when new. None when the choice names nobody."""
    if choice.id is not None:
        return choice.id if session.get(Customer, choice.id) else None
    name, phone = (choice.name or "").strip(), _digits(choice.phone)
    if not name:
        return None
    same = select(Customer).where(col(Customer.name) == name, col(Customer.phone) == phone)
    known = session.exec(same).first() if phone else None
    if known is None:
        known = Customer(name=name, phone=phone, created_at=now)
        session.add(known)
        session.flush()
    return known.id


def digest(secret: str) -> str:
    """What is kept of a random secret: 256 bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def _digits(phone: str | None) -> str | None:
    digits = "".join(filter(str.isdigit, phone or ""))
    return digits or None
