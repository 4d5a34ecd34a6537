"""The tables of desk.db: what this desk must not forget while the management system has not got it."""

from sqlalchemy import BigInteger, Index, Text, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class DeskTable(SQLModel, registry=registry()):
    """Base of the desk's tables: a registry of their own, apart from the management system's."""


class InboxRow(DeskTable, table=True):
    """One durable message of an extension. It is acknowledged when it stands here, not before."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_waiting", "received", sqlite_where=text("taken IS NULL AND refused IS NULL")),
    )

    id: str = Field(primary_key=True)
    """The id the extension gave: the same message again is the same row."""
    received: int = Field(sa_type=BigInteger)
    """Microseconds since the epoch, strictly rising: time and order in one."""
    instance: str
    kind: str
    body: str = Field(sa_type=Text)
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Tries that failed although the management system was there."""
    taken: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds: when the management system had it."""
    refused: int | None = None
    """The error number with which it was refused for good."""


class ToastRow(DeskTable, table=True):
    """How a toast ended, kept so that a repeated command is answered and not shown twice."""

    __tablename__ = "toast"

    id: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    result: str = Field(sa_type=Text)


class Kept(DeskTable, table=True):
    """Small things this desk remembers about itself, by name."""

    __tablename__ = "kept"

    name: str = Field(primary_key=True)
    value: str


METADATA = DeskTable.metadata
"""What migrations are compared with."""
