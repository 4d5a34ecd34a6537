"""Small things a desk remembers by name: the accounts it last knew, what the clerk confirmed."""

from sqlalchemy import delete
from sqlmodel import Session, col, select

from companion.db.engine import Database
from companion.desk.store import Kept


class Memory:
    """Names and texts in desk.db. Every method may raise companion.db.errors.StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        """What was kept under a name."""
        row = await self._database.read(lambda session: session.get(Kept, name))
        return None if row is None else row.value

    async def keep(self, name: str, value: str) -> None:
        """Keep a text under a name, in place of the former one."""

        def work(session: Session) -> None:
            session.merge(Kept(name=name, value=value))

        await self._database.write(work)

    async def names(self, beginning: str) -> list[str]:
        """The names that begin so."""
        wanted = select(Kept.name).where(col(Kept.name).startswith(beginning, autoescape=True))
        return await self._database.read(lambda session: list(session.exec(wanted)))

    async def forget(self, name: str) -> None:
        """Keep nothing under a name any more."""

        def work(session: Session) -> None:
            session.exec(delete(Kept).where(col(Kept.name) == name))

        await self._database.write(work)
