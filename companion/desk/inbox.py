"""The inbox: durable messages on disk, in the order they came, until the management system took them."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from companion.clock import Clock, to_ms
from companion.db.engine import Database
from companion.db.writer import GroupCommit
from companion.desk.store import InboxRow
from companion.management.wire import EventIn
from companion.protocol import Answer, Durable

REMEMBERED_MS: Final = 3 * 24 * 3600 * 1000
"""How long a taken row stays, so that a message sent again is known."""

_DURABLE: TypeAdapter[Any] = TypeAdapter(Durable)


@dataclass(frozen=True)
class Waiting:
    """One event that the management system has not got yet."""

    id: str
    event: EventIn | None
    """None when the row cannot be read any more: poison, but no reason to stop."""
    attempts: int

    @property
    def lanes(self) -> frozenset[str]:
        """What must stay in order: events that share a lane go up one after the other."""
        if self.event is None:
            return frozenset()
        body = self.event.body
        if body.type == "hint":
            return frozenset(f"{body.carrier} {number}" for number in body.numbers)
        if body.type == "quick_download":
            named = (*body.row.numbers, *filter(None, [body.row.policy_number]))
            return frozenset(f"{body.carrier} {number}" for number in named)
        return frozenset((body.re if body.type == "visit_step" else body.question,))


@dataclass(frozen=True)
class Poison:
    """An event that was refused and passed by: what, when (ms) and the error number."""

    id: str
    at: int
    kind: str
    code: int


class Inbox:
    """Rows of desk.db. Every method may raise companion.db.errors.StoreError."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._commit = GroupCommit(database, InboxRow.__table__)  # type: ignore[attr-defined]
        self._last = 0

    async def keep(self, instance: str, message: Durable) -> bool:
        """Return after the commit that holds the message; False when it was there before (I-2.1)."""
        row = {
            "id": message.id,
            "received": self._next(),
            "instance": instance,
            "kind": message.type,
            "body": message.model_dump_json(),
        }
        return await self._commit.put(row)

    async def waiting(self, limit: int) -> list[Waiting]:
        """The oldest events that wait, oldest first."""
        wanted = select(InboxRow).where(*_waits()).order_by(col(InboxRow.received)).limit(limit)
        return await self._database.read(lambda session: [_read(row) for row in session.exec(wanted)])

    async def depth(self) -> int:
        """How many events wait."""
        return await self._database.read(lambda session: _count(session, *_waits()))

    async def oldest(self) -> int | None:
        """Since when (ms) the oldest of them waits."""
        wanted = select(func.min(InboxRow.received)).where(*_waits())
        micros = await self._database.read(lambda session: session.exec(wanted).one())
        return None if micros is None else micros // 1000

    async def poisoned(self) -> list[Poison]:
        """What the management system refused for good, newest first, at most 50."""
        wanted = (
            select(InboxRow)
            .where(col(InboxRow.refused).is_not(None))
            .order_by(col(InboxRow.received).desc())
            .limit(50)
        )
        return await self._database.read(lambda session: [_poison(row) for row in session.exec(wanted)])

    async def answered(self) -> set[str]:
        """The questions whose answers are still on their way up."""
        wanted = select(InboxRow.body).where(*_waits(), InboxRow.kind == "answer")
        bodies = await self._database.read(lambda session: list(session.exec(wanted)))
        found = set()
        for body in bodies:
            # One that cannot be read any more is passed by here as it is on its way up.
            with contextlib.suppress(ValidationError):
                found.add(Answer.model_validate_json(body).question)
        return found

    async def settle(self, taken: Sequence[str], failed: Sequence[str], refused: dict[str, int]) -> None:
        """Write down, in one transaction, how a round of deliveries went. Forgets what is long taken."""
        now = to_ms(self._clock.now())

        def work(session: Session) -> None:
            rows = update(InboxRow)
            if taken:
                session.exec(rows.where(col(InboxRow.id).in_(taken)).values(taken=now))
            if failed:
                session.exec(rows.where(col(InboxRow.id).in_(failed)).values(attempts=InboxRow.attempts + 1))
            for row_id, code in refused.items():
                session.exec(rows.where(col(InboxRow.id) == row_id).values(refused=code))
            session.exec(delete(InboxRow).where(col(InboxRow.taken) < now - REMEMBERED_MS))

        await self._database.write(work)

    async def resume(self) -> None:
        """Go on counting where the last run stopped, even if the clock was set back since."""
        newest = select(func.max(InboxRow.received))
        self._last = await self._database.read(lambda session: session.exec(newest).one()) or 0

    def _next(self) -> int:
        micros = int(self._clock.now().timestamp() * 1_000_000)
        self._last = max(self._last + 1, micros)
        return self._last


def _waits() -> tuple[Any, Any]:
    return col(InboxRow.taken).is_(None), col(InboxRow.refused).is_(None)


def _count(session: Session, *where: Any) -> int:
    return session.exec(select(func.count()).select_from(InboxRow).where(*where)).one()


def _read(row: InboxRow) -> Waiting:
    try:
        event = EventIn(instance=row.instance, body=_DURABLE.validate_json(row.body))
    except ValidationError:
        event = None
    return Waiting(row.id, event, row.attempts)


def _poison(row: InboxRow) -> Poison:
    return Poison(row.id, row.received // 1000, row.kind, row.refused or 0)
