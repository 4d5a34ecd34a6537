"""Tables of what pages bring beside numbers: payment codes, and presses of the quick-download button."""

from datetime import datetime

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from companion.db.types import UTCDateTime
from companion.management.store.tables import METADATA, Table, new_id
from companion.management.store.work_tables import Work

__all__ = ["METADATA", "PaymentCode", "QuickDownload"]


class PaymentCode(Table, table=True):
    """A payment QR code or card-payment number (刷卡支付号) that a page showed (I-4.2, I-4.5).

    `state`: waiting (for the confirmation, or for the clerk's answer), current (the proposal's), over
    (a newer one came, or the proposal was withdrawn). `kind`: qr, card.
    """

    __tablename__ = "payment_code"
    __table_args__ = (UniqueConstraint("confirm_id", "digest"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    carrier: str
    kind: str
    state: str
    digest: str
    """Hash of what the code says; of the image where nothing could be read: the same code is no news."""
    text: str | None = None
    image: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Of a QR code that is not over."""
    media: str | None = None
    """MIME type of the image."""
    made_at: datetime = Field(sa_type=UTCDateTime)
    """When a page first showed it: the times of the payment checks count from here (I-5)."""
    confirm_id: str = Field(foreign_key="confirm.id")
    sighting_id: str | None = Field(default=None, foreign_key="sighting.id", index=True)
    proposal_id: str | None = Field(default=None, foreign_key="proposal.id", index=True)


class QuickDownload(Work, table=True):
    """One press of the button behind a row of a portal's list (I-6). Its id is the one the button knows.

    `state`: waiting, running, done, failed, as on the button. Until there is a proposal the portal is asked
    what the row is; after that its rows in the download log decide.
    """

    __tablename__ = "quick_download"
    __table_args__ = (Index("ix_quick_download_due", "due_at"),)
    state: str
    reason: str | None = None
    """Why it waits or failed, in one of our own words; `deleted` is D8."""
    numbers: list[str] = Field(sa_type=JSON)
    policy_number: str | None = None
    fields: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """What the clerk chose in D7."""
    seen_by: str = Field(foreign_key="device.id")
    seen_in: str
    """The browser profile with the button."""
    place: dict[str, object] = Field(sa_type=JSON)
    attempts: int = 0
    """Answered or failed queries."""
    version: int = 1
    """Counts changes of state and reason, so that the button shows the newest."""
    created_at: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime, index=True)
    proposal_id: str | None = Field(default=None, foreign_key="proposal.id", index=True)
