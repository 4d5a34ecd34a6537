"""The table of visits: each press of 去报价, 去核保 or 打开保险公司系统, and how far the browser has come.

A visit of 去报价 is a ticket (去报价单): the first confirmed new number of its tab that is about the same car
uses it up (I-1.9).
"""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from companion.db.types import UTCDateTime
from companion.management.store.tables import METADATA, Table, new_id

__all__ = ["METADATA", "Visit"]


class Visit(Table, table=True):
    """One visit to a portal. `purpose`: quote, reopen (打开原有投保单), underwrite, open.

    `state`: waiting (the desk was not told yet), going, used (a ticket that became a line), over, failed,
    expired. `reason` says why it failed or expired, in one of our own words.
    """

    __table_args__ = (Index("ix_visit_pending", "device_id", "state"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    purpose: str
    state: str
    reason: str | None = None
    step: str | None = None
    """The last step the browser told, as in the protocol's `visit_step`."""
    missing: list[str] = Field(default_factory=list, sa_type=JSON)
    """Fields that could not be filled in: the clerk is told."""
    proposal_id: str | None = Field(default=None, foreign_key="proposal.id", index=True)
    account_id: str = Field(foreign_key="issuing_account.id")
    carrier: str
    origin: str
    login: str
    device_id: str = Field(foreign_key="device.id")
    """The desk whose browser goes there."""
    instance: str | None = None
    tab: int | None = None
    numbers: list[str] = Field(default_factory=list, sa_type=JSON)
    vin: str | None = None
    """Of a ticket: the car that was carried in."""
    plate: str | None = None
    insured: str | None = None
    asked_by: str
    """Name of the desk."""
    asked_at: datetime = Field(sa_type=UTCDateTime, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
