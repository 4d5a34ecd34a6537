"""The management system without servers: a database, a clock, and one desk that does what a test says."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select

from companion.clock import to_ms
from companion.db.engine import Database
from companion.management import people, queries
from companion.management.issuing import claims, commands, confirming, events, hints, questions
from companion.management.store.file_tables import StoredFile
from companion.management.store.insert import insert_if_new
from companion.management.store.tables import Timeline
from companion.management.store.work_tables import METADATA
from companion.management.views import ProposalQuery
from companion.management.wire import (
    AnswerIn,
    AskBody,
    CommandOut,
    CommandResult,
    EventIn,
    FileBody,
    FileResult,
    ProgressBody,
    ProposalDetail,
    QueryBody,
    SessionOnDevice,
    ToastBody,
    ToastResult,
)
from tests.unit.management.portal import CARRIER, INSTANCE, LOGIN, ORIGIN, Clock, Outcome, Quote, result, uid

T = TypeVar("T")
R = TypeVar("R", bound=SQLModel)


class TestOffice:
    """The path's functions, one transaction each, as the API calls them."""

    __test__ = False

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self.clock = clock or Clock()
        self.desk = ""

    async def prepare(self) -> "TestOffice":
        await self.database.alter(METADATA.create_all)
        return await self.present()

    async def present(self) -> "TestOffice":
        """With the desk beside it."""
        self.desk = await self.write(lambda session: people.local_device(session, self.now))
        return self

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def write(self, work: Callable[[Session], T]) -> T:
        return await self.database.write(work)

    async def deliver(self, event: EventIn) -> bool:
        return await self.write(lambda session: events.take(session, self.desk, event, self.now))

    async def tick(self, seconds: float = 0.0) -> int:
        self.clock.advance(seconds)
        return await self.write(lambda session: claims.claim_all(session, [self.desk], self.now))

    async def pending(self) -> list[CommandOut]:
        return await self.database.read(lambda session: commands.pending(session, self.desk, self.now))

    async def queries(self) -> list[tuple[str, QueryBody]]:
        return [(one.id, one.body) for one in await self.pending() if isinstance(one.body, QueryBody)]

    async def asks(self) -> list[AskBody]:
        return [one.body for one in await self.pending() if isinstance(one.body, AskBody)]

    async def files(self) -> list[tuple[str, FileBody]]:
        return [(one.id, one.body) for one in await self.pending() if isinstance(one.body, FileBody)]

    async def progress(self) -> list[tuple[str, str | None]]:
        """What the buttons of quick downloads show now."""
        told = [one.body for one in await self.pending()]
        return [(body.state, body.reason) for body in told if isinstance(body, ProgressBody)]

    async def fetch(self, error: str | None = None, whoami: str | None = LOGIN) -> int:
        """Fetch every file that is asked for now, or say why it cannot be had; returns how many."""
        wanted = await self.files()
        for command, body in wanted:
            digest = await self.put_file(f"{body.file} {body.policy_number}") if error is None else None
            told = FileResult(
                instance=INSTANCE,
                outcome="answered" if error is None else "failed",
                whoami=whoami,
                digest=digest,
                size=None,
                error=error,
                took=5,
            )
            await self.report(command, CommandResult(body=told))
        return len(wanted)

    async def put_file(self, content: str) -> str:
        """As if the vault held it."""
        digest = hashlib.sha256(content.encode()).hexdigest()
        row = StoredFile(digest=digest, id=uid(), key=bytes(32), size=len(content), stored_at=self.now)
        await self.write(lambda session: insert_if_new(session, row))
        return digest

    async def toasts(self) -> list[tuple[str, ToastBody]]:
        return [(one.id, one.body) for one in await self.pending() if isinstance(one.body, ToastBody)]

    async def report(self, command: str, told: CommandResult) -> bool:
        return await self.write(lambda session: commands.take_result(session, command, told, self.now))

    async def work(self, quotes: dict[str, Quote], outcome: Outcome = "answered") -> int:
        """Carry out every query that is asked now; returns how many."""
        asked = await self.queries()
        for command, query in asked:
            await self.report(command, result(command, query, quotes, outcome))
        return len(asked)

    async def settle(self, quotes: dict[str, Quote], outcome: Outcome = "answered") -> None:
        """Claim and work until nothing is due now."""
        while await self.tick() or await self.queries():
            if not await self.work(quotes, outcome):
                break  # only files are asked for

    async def show_toasts(self) -> int:
        waiting = await self.toasts()
        for command, _ in waiting:
            told = ToastResult(delivered=True, backend="dbus", detail=None)
            await self.report(command, CommandResult(body=told))
        return len(waiting)

    async def log_in(self, login: str | None = LOGIN, tab: int = 7) -> None:
        live = SessionOnDevice(
            instance=INSTANCE, carrier=CARRIER, origin=ORIGIN, login=login, tab=tab, seen_at=to_ms(self.now)
        )
        await self.tell_sessions([live])

    async def tell_sessions(self, live: list[SessionOnDevice]) -> None:
        await self.write(lambda session: hints.replace_sessions(session, self.desk, live, self.now))

    async def answer(self, question: str, given: AnswerIn) -> bool:
        return await self.write(
            lambda session: questions.answer(session, question, given, "console", self.now)
        )

    async def retry(self, confirm: str) -> bool:
        return await self.write(lambda session: confirming.retry(session, confirm, self.now))

    async def rows(self, table: type[R]) -> list[R]:
        return await self.database.read(lambda session: list(session.exec(select(table))))

    async def proposals(self) -> list[ProposalDetail]:
        def work(session: Session) -> list[ProposalDetail]:
            listed = queries.proposals(session, ProposalQuery(order="asc", sort="created_at")).rows
            found = [queries.proposal(session, row.id) for row in listed]
            return [one for one in found if one]

        return await self.database.read(work)

    async def told(self) -> list[str]:
        """The kinds of all steps, oldest first."""
        oldest = select(Timeline.kind).order_by(col(Timeline.id))
        return await self.database.read(lambda session: list(session.exec(oldest)))
