"""Tables of the management system: who takes part, and proposals with their lines.

Times are UTC, money is fen, ids are UUIDs as text. `work_tables` holds the rows that are queues.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, MetaData, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from companion.db.types import NAMING, Money, UTCDateTime

METADATA = MetaData(naming_convention=NAMING)


def new_id() -> str:
    """A fresh id."""
    return str(uuid.uuid4())


class Table(SQLModel, registry=registry(metadata=METADATA)):
    """Base of every table here: metadata of its own, apart from the desk's."""


class Device(Table, table=True):
    """A desk that may speak to the management system. The one beside it has no token."""

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    token_digest: str | None = Field(default=None, unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class EnrolmentCode(Table, table=True):
    """A one-time code for a device token; only its digest is kept."""

    __tablename__ = "enrolment_code"
    digest: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ConsoleLink(Table, table=True):
    """A one-time link into the console; only its digest is kept."""

    __tablename__ = "console_link"
    digest: str = Field(primary_key=True)
    path: str
    expires_at: datetime = Field(sa_type=UTCDateTime)
    device_id: str | None = None
    """The desk that asked for it: what is opened from the console opens there."""


class ConsoleSession(Table, table=True):
    """A console session; only the digest of its cookie is kept."""

    __tablename__ = "console_session"
    digest: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    device_id: str | None = None


class IssuingAccount(Table, table=True):
    """An issuing account (出单账号). The password exists only in clerks' keyrings."""

    __tablename__ = "issuing_account"
    __table_args__ = (UniqueConstraint("carrier", "origin", "login"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    carrier: str
    origin: str
    login: str
    institution: str
    created_at: datetime = Field(sa_type=UTCDateTime)


class PortalSession(Table, table=True):
    """A live portal session as a device last told it. `since` is when it first stood in the device's list."""

    __tablename__ = "portal_session"
    id: int | None = Field(default=None, primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    instance: str
    carrier: str
    origin: str
    login: str | None
    tab: int
    seen_at: datetime = Field(sa_type=UTCDateTime)
    since: datetime = Field(sa_type=UTCDateTime)


class Customer(Table, table=True):
    """A customer: the target of pushes."""

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str = Field(index=True)
    phone: str | None = Field(default=None, index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)


class Event(Table, table=True):
    """A delivered event: its id is why the same delivery counts once."""

    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id")
    instance: str
    type: str
    received_at: datetime = Field(sa_type=UTCDateTime)


class Proposal(Table, table=True):
    """A proposal (投保单): one car at one carrier, one or two lines."""

    id: str = Field(default_factory=new_id, primary_key=True)
    state: str = Field(index=True)
    carrier: str
    login: str | None
    plate: str | None = Field(default=None, index=True)
    insured: str | None = Field(default=None, index=True)
    vin: str | None = None
    engine_number: str | None = None
    brand_model: str | None = None
    registered_on: str | None = None
    insured_id_number: str | None = None
    insured_phone: str | None = None
    institution: str | None = None
    """Whose accounts may be used (机构); None: of the account through which it was seen."""
    agency_fields: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """业务员, 结算类别, 业务类别, 渠道, as chosen with a quick download (D7)."""
    customer_id: str | None = Field(default=None, foreign_key="customer.id")
    device_id: str = Field(foreign_key="device.id")
    """The desk of the responsible clerk: toasts go there."""
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    updated_at: datetime = Field(sa_type=UTCDateTime, index=True)


class Sighting(Table, table=True):
    """Something confirmed in a portal that belongs to no proposal yet. Nothing personal stands here.

    `state`: open (asked, not answered), filed (became a proposal), cancelled, gone (deleted in the portal,
    or joined to something else).
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    state: str
    carrier: str
    kind: str
    origin: str
    login: str | None
    created_at: datetime = Field(sa_type=UTCDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Line(Table, table=True):
    """A line (险种), found by carrier and the carrier's number. Belongs to a sighting, later to a proposal.

    Nothing personal stands here before it belongs to a proposal: numbers, kind, revision and how it stands
    at the carrier, no more.
    """

    __table_args__ = (UniqueConstraint("carrier", "number"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    carrier: str
    number: str
    sighting_id: str | None = Field(default=None, foreign_key="sighting.id", index=True)
    proposal_id: str | None = Field(default=None, foreign_key="proposal.id", index=True)
    quote_number: str | None = None
    """The quotation it was saved under: the line belongs where that belongs."""
    replaced: bool = False
    """A quotation whose lines have numbers of their own by now: not counted any more, but not void."""
    declined: int = 0
    """Rank of the last kind of question to which the clerk said 取消; only a later kind is asked again."""
    kind: str | None = None
    revision: str | None = None
    """Hash of the last confirmed answer; None: never confirmed."""
    revised: int = 0
    """How many revisions were confirmed."""
    data_revision: str | None = None
    """Hash of the last downloaded data: what only the details show changes it too (I-2.7)."""
    voided: bool = False
    policy_number: str | None = None
    underwriting: str = "unknown"
    plate: str | None = None
    insured: str | None = None
    start_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    end_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    premium: int | None = Field(default=None, sa_type=Money)
    raw_status: str = ""
    registered_on: str | None = None
    insured_id_number: str | None = None
    insured_phone: str | None = None
    coverages: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class LineAccount(Table, table=True):
    """Through which accounts a line was seen: more than one may query it."""

    __tablename__ = "line_account"
    line_id: str = Field(primary_key=True, foreign_key="line.id")
    origin: str = Field(primary_key=True)
    login: str = Field(primary_key=True)


class Timeline(Table, table=True):
    """One step on the timeline. Belongs to a proposal, or until there is one to a confirm or sighting."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime, index=True)
    kind: str
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    carrier: str | None = None
    numbers: list[str] = Field(default_factory=list, sa_type=JSON)
    confirm_id: str | None = Field(default=None, foreign_key="confirm.id", index=True)
    sighting_id: str | None = Field(default=None, foreign_key="sighting.id", index=True)
    proposal_id: str | None = Field(default=None, foreign_key="proposal.id", index=True)
