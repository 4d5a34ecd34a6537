"""A small schema that uses every column type, for the tests of the seam."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, select

from companion.db.engine import Database
from companion.db.types import NAMING, Money, UTCDateTime

metadata = MetaData(naming_convention=NAMING)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """Tables of their own, apart from the program's."""

    metadata = metadata


class Purse(Base, table=True):
    """Somebody's money and when it was counted."""

    id: str = Field(primary_key=True)
    fen: int | None = Field(default=None, sa_type=Money)
    counted: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Note(Base, table=True):
    """A note that belongs to a purse."""

    id: str = Field(primary_key=True)
    purse: str = Field(foreign_key="purse.id")
    text: str


PURSE: Table = metadata.tables["purse"]
NOTE: Table = metadata.tables["note"]


def adding(*rows: Base) -> Callable[[Session], None]:
    """Work that adds rows, in this order."""

    def work(session: Session) -> None:
        for row in rows:
            session.add(row)
            session.flush()

    return work


async def purses(database: Database) -> list[str]:
    """The ids of all purses, sorted."""
    return await database.read(lambda session: sorted(session.exec(select(Purse.id))))
