"""Tables whose rows are the queues: confirms, downloads, questions, pushes, notifications.

`due_at` says when a row wants attention next; NULL: it waits for something, or is over. A claim pushes
`due_at` forward by the lease and names the command by which the desk was asked; a result names that command.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from companion.db.types import UTCDateTime
from companion.management.store.tables import METADATA, Table, new_id

__all__ = ["METADATA", "Confirm", "Download", "Notification", "Push", "Question"]


class Work(Table):
    """What every row has that is worked by asking a portal through a desk."""

    id: str = Field(default_factory=new_id, primary_key=True)
    carrier: str
    origin: str
    login: str | None
    device_id: str = Field(foreign_key="device.id")
    """The desk that works it: the one that saw the event, or another where the account came to life."""
    instance: str | None
    tab: int | None
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    command_id: str | None = Field(default=None, unique=True)
    command_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    failures: int = 0
    """Failed queries since the last answered one; they only lengthen the pause."""
    waits_for_session: bool = False
    """No portal session of the account lives; due again when one appears, and now and then to make sure."""


class Confirm(Work, table=True):
    """A hint being confirmed by a query: one row per carrier and set of numbers (I-8.1).

    `state`: open, confirmed, unconfirmed. `reason` of an unconfirmed one: not_found, other_login.
    """

    __table_args__ = (
        UniqueConstraint("carrier", "numbers_key"),
        Index("ix_confirm_due", "due_at"),
    )
    state: str
    reason: str | None = None
    kind: str
    numbers: list[str] = Field(sa_type=JSON)
    numbers_key: str
    seen_by: str = Field(foreign_key="device.id")
    """The desk that saw the event: its clerk is asked."""
    seen_in: str
    """The browser profile that saw it."""
    place: dict[str, Any] = Field(sa_type=JSON)
    hinted_at: datetime = Field(sa_type=UTCDateTime)
    """When the last hint arrived."""
    rehinted: bool = False
    """A hint came while a query was under way: its answer may be older than what the page did."""
    started_at: datetime = Field(sa_type=UTCDateTime)
    """From when the ladder counts: the hint, or the moment a session of the account appeared."""
    tries: int = 0
    """Answered queries of this ladder."""
    query: str = "confirm"
    """What is asked next: `confirm`, or `detail` after a save that a confirm saw no change of (I-2.7)."""
    asked: list[str] = Field(default_factory=list, sa_type=JSON)
    """Numbers of the query under way: the hint's and those of the car's other lines."""
    ticket: str | None = None
    """The ticket (去报价单) of the tab it happened in (I-1.9)."""
    by_vin: dict[str, bool] | None = Field(default=None, sa_type=JSON)
    """Number -> whether its VIN is that of the ticket's car; None: the details were not looked at."""
    sighting_id: str | None = Field(default=None, foreign_key="sighting.id", index=True)
    proposal_id: str | None = Field(default=None, foreign_key="proposal.id", index=True)


class Download(Work, table=True):
    """One row of the download log (投保单下载日志), I-7.1. `state`: waiting, running, done, failed.

    `kind`: proposal (data), policy and e_policy (files).
    """

    __table_args__ = (Index("ix_download_due", "due_at"),)
    state: str = Field(index=True)
    kind: str
    source: str
    proposal_id: str = Field(foreign_key="proposal.id", index=True)
    numbers: list[str] = Field(sa_type=JSON)
    policy_number: str | None = None
    """Of a file: whose."""
    quick_id: str | None = Field(default=None, foreign_key="quick_download.id", index=True)
    """The quick download it belongs to (I-6)."""
    attempts: int = 0
    error: str | None = None
    clerk: str | None = None
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Question(Table, table=True):
    """A question asked of the clerk. `state`: open, answered, withdrawn.

    `held` is what the answer will file (summary and, without a proposal, the lines' facts). It exists only
    while the question is open.
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str
    state: str = Field(index=True)
    carrier: str
    numbers: list[str] = Field(sa_type=JSON)
    held: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    version: int = 1
    """Counts changes of an open question, so that a desk shows the newest."""
    customer_needed: bool
    sighting_id: str | None = Field(default=None, foreign_key="sighting.id", index=True)
    proposal_id: str | None = Field(default=None, foreign_key="proposal.id", index=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    instance: str
    place: dict[str, Any] = Field(sa_type=JSON)
    asked_at: datetime = Field(sa_type=UTCDateTime)
    shown_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    choice: str | None = None
    remark: str | None = None
    fields: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """缴费方式, 刷卡方式 as answered (D4)."""
    answered_by: str | None = None
    """Name of the desk, or `console`."""


class Push(Table, table=True):
    """A push (推送) to a customer. `state`: waiting_channel, as long as no channel is set up."""

    id: str = Field(default_factory=new_id, primary_key=True)
    state: str
    kind: str
    proposal_id: str = Field(foreign_key="proposal.id", index=True)
    customer_id: str | None = Field(default=None, foreign_key="customer.id")
    remark: str | None = None
    fields: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(sa_type=UTCDateTime)


class Notification(Table, table=True):
    """A toast (冒泡提醒), kept in the notification centre. `delivered` is None until a desk reported."""

    id: str = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime, index=True)
    toast: str
    params: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    proposal_id: str | None = Field(default=None, foreign_key="proposal.id")
    device_id: str = Field(foreign_key="device.id", index=True)
    delivered: bool | None = None
    backend: str | None = None
    detail: str | None = None
