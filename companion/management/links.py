"""One-time console links and console sessions as rows: they work on every copy of the server."""

from sqlalchemy import CursorResult, delete
from sqlmodel import Session, col

from companion.clock import Clock
from companion.db.engine import Database
from companion.management import people
from companion.management.store.tables import ConsoleLink, ConsoleSession
from companion.web.links import LINK_LIFE, SESSION_LIFE, Entry, digest, new_secret


class TableLinks:
    """Links kept in the management system's database (companion.web.links.Links)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(self, path: str, device: str | None = None) -> str:
        """Make a link to `path` for a desk; returns its key. What is over is swept on the way."""
        key, now = new_secret(), self._clock.now()

        def work(session: Session) -> None:
            session.execute(delete(ConsoleLink).where(col(ConsoleLink.expires_at) <= now))
            session.execute(delete(ConsoleSession).where(col(ConsoleSession.expires_at) <= now))
            session.add(
                ConsoleLink(digest=digest(key), path=path, expires_at=now + LINK_LIFE, device_id=device)
            )

        await self._database.write(work)
        return key

    async def redeem(self, key: str) -> Entry | None:
        """Spend a link; the row that could be deleted decides, so of two tries at once one wins."""
        secret, now = new_secret(), self._clock.now()

        def work(session: Session) -> Entry | None:
            link = session.get(ConsoleLink, digest(key))
            if link is None or link.expires_at <= now or not _entitled(session, link.device_id):
                return None
            path, device = link.path, link.device_id
            spent = session.execute(delete(ConsoleLink).where(col(ConsoleLink.digest) == digest(key)))
            if not isinstance(spent, CursorResult) or spent.rowcount != 1:
                return None
            until = now + SESSION_LIFE
            session.add(ConsoleSession(digest=digest(secret), expires_at=until, device_id=device))
            return Entry(secret, path)

        return await self._database.write(work)

    async def live(self, session: str) -> bool:
        """Whether a session is known and not over, and its desk not revoked."""
        now = self._clock.now()

        def work(read: Session) -> bool:
            row = read.get(ConsoleSession, digest(session))
            return row is not None and now < row.expires_at and _entitled(read, row.device_id)

        return await self._database.read(work)

    async def device(self, session: str) -> str | None:
        """The desk whose clerk a session belongs to; None where a link was made for nobody."""

        def work(read: Session) -> str | None:
            row = read.get(ConsoleSession, digest(session))
            return row.device_id if row else None

        return await self._database.read(work)


def _entitled(session: Session, device: str | None) -> bool:
    """Whether the desk a link was made for may still look; a link for nobody needs none."""
    return device is None or not people.is_revoked(session, device)
