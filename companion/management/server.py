"""The management system (the office) as a running thing: one database, one tick, desks that listen."""

import asyncio
import contextlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog
from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel import Session

from companion.background import Background
from companion.clock import Clock
from companion.db.engine import Database
from companion.db.errors import StoreError
from companion.db.migrations import migrate
from companion.management import people
from companion.management.api.app import make_api
from companion.management.issuing import (
    applications,
    claims,
    confirming,
    downloads,
    proposals,
    questions,
    tickets,
    visits,
)
from companion.management.store.migrations import PACKAGE
from companion.management.vault import Vault
from companion.management.visit_views import ProposalIn, VisitIn, VisitOut
from companion.management.wire import AnswerIn
from companion.settings import Settings
from companion.web.links import Links

log = structlog.get_logger()
T = TypeVar("T")

TICK = 1.0
"""Seconds between two looks at what is due: other copies' doings are found by looking."""
CODE_LIFE = timedelta(minutes=15)


class Office:
    """The management system over one database. Several may run over one PostgreSQL.

    Files lie in `folder`, without one in the database.
    `links` and `console_origin` are set by whoever serves the console: who asks for a console link before
    that is told that there is no console here.
    """

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, folder: Path | None = None
    ) -> None:
        self.database = database
        self.vault = Vault(database, clock, folder)
        self.clock = clock
        self.settings = settings
        self.links: Links | None = None
        self.console_origin = ""
        self.local_device = ""
        """Id of the desk beside us, once it is served."""
        self._desks: Counter[str] = Counter()
        self._listeners: set[asyncio.Event] = set()

    async def prepare(self) -> None:
        """Bring the database to the present schema. Before anything else."""
        await migrate(self.database, PACKAGE)
        await self.vault.tidy()

    async def know_local_desk(self) -> None:
        """Know the desk beside us, which needs no token."""
        self.local_device = await self.database.write(partial(people.local_device, now=self.clock.now()))

    async def write(self, work: Callable[[Session], T]) -> T:
        """One transaction, after which everybody looks at once whether there is something to do."""
        result = await self.database.write(work)
        self.wake()
        return result

    async def name_of(self, device: str) -> str:
        """Who acts at a desk, as the timeline names them."""
        return await self.database.read(partial(people.name_of, device=device))

    async def answer(self, question_id: str, given: AnswerIn, by: str) -> bool:
        """Answer a question. False: somebody was first. Raises NotThere, BadAnswer."""
        now = self.clock.now()
        return await self.write(lambda session: questions.answer(session, question_id, given, by, now))

    async def retry_download(self, download_id: str) -> bool:
        """Try a failed download again (I-7.1). False: it is not failed. Raises NotThere."""
        return await self.write(lambda session: downloads.retry(session, download_id, self.clock.now()))

    async def decide(self, proposal_id: str, by: str) -> bool:
        """确认出单 of a quoted proposal. False: it is not quoted. Raises NotThere."""
        now = self.clock.now()
        return await self.write(lambda session: proposals.decide(session, proposal_id, by, now))

    async def retry_confirm(self, confirm_id: str) -> bool:
        """Ask the portal again about an unconfirmed hint. False: it is not. Raises NotThere."""
        return await self.write(lambda session: confirming.retry(session, confirm_id, self.clock.now()))

    async def visit(self, order: VisitIn, proposal_id: str | None, device: str) -> VisitOut:
        """Have a desk go to a portal. Raises NotThere, visits.NotNow."""
        now = self.clock.now()
        return await self.write(
            lambda session: visits.shown(visits.begin(session, order, proposal_id, device, now))
        )

    async def keep_proposal(self, typed: ProposalIn, proposal_id: str | None, device: str) -> str:
        """Keep what a clerk typed; the proposal's id. Raises NotThere and what `applications.keep` does."""
        now = self.clock.now()
        return await self.write(
            lambda session: applications.keep(session, typed, proposal_id, device, now).id
        )

    async def enrolment_code(self) -> str:
        """A one-time code that a desk turns into its token within CODE_LIFE."""
        code = people.new_code(secrets.token_bytes(8))
        until = self.clock.now() + CODE_LIFE
        await self.database.write(lambda session: people.keep_code(session, code, until))
        return code

    async def step(self) -> None:
        """Claim what is due for the desks that are here. What nobody here can work stays due."""
        desks, now = sorted(self._desks), self.clock.now()
        due, over = await self.database.read(
            lambda session: (claims.anything_due(session, desks, now), tickets.anything_over(session, now))
        )
        if due:
            await self.database.write(lambda session: claims.claim_all(session, desks, now))
            self.wake()
        if over:
            await self.write(lambda session: tickets.sweep(session, now))

    async def tick(self) -> None:
        """What the scheduler calls; a coroutine, because it runs plain functions on another thread."""
        self.wake()

    def wake(self) -> None:
        """Let everybody who listens look at once."""
        for event in self._listeners:
            event.set()

    @contextlib.contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever it may be worth looking at the database, every TICK at least."""
        event = asyncio.Event()
        self._listeners.add(event)
        try:
            yield event
        finally:
            self._listeners.discard(event)

    @contextlib.contextmanager
    def present(self, device: str) -> Iterator[None]:
        """A desk listens to commands for as long as this lasts."""
        self._desks[device] += 1
        self.wake()
        try:
            yield
        finally:
            self._desks[device] -= 1
            self._desks += Counter()  # drops desks of which no connection is left


@dataclass
class Running:
    """A management system that serves. `url` is its TCP address, if it has one."""

    office: Office
    url: str | None = None
    _runners: list[web.AppRunner] = field(default_factory=list)
    _scheduler: AsyncIOScheduler | None = None
    _background: Background = field(default_factory=Background)

    async def close(self) -> None:
        """End channels and servers, once. The database stays open: it belongs to the caller."""
        if self._scheduler:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        await self._background.close()
        while self._runners:
            await self._runners.pop().cleanup()


async def start(
    office: Office,
    *,
    socket: Path | None = None,
    listen: tuple[str, int] | None = None,
    console: web.Application | None = None,
) -> Running:
    """Prepare and serve: for the desk beside us on a socket, for others on TCP with device tokens.

    `console` is served below /console of the TCP address.
    """
    await office.prepare()
    running = Running(office)
    try:
        if socket:
            await _serve_socket(running, socket)
        if listen:
            await _serve_tcp(running, listen, console)
        _tick(running)
    except BaseException:
        await running.close()
        raise
    return running


async def _serve_socket(running: Running, path: Path) -> None:
    await running.office.know_local_desk()
    runner = await _runner(running, make_api(running.office, trusted=True))
    await web.UnixSite(runner, str(path)).start()
    path.chmod(0o600)


async def _serve_tcp(running: Running, listen: tuple[str, int], console: web.Application | None) -> None:
    app = make_api(running.office, trusted=False)
    if console is not None:
        app.add_subapp("/console", console)
    runner = await _runner(running, app)
    host, port = listen
    await web.TCPSite(runner, host, port).start()
    bound = runner.addresses[0][1]
    running.url = f"http://{host}:{bound}"
    if console is not None and not running.office.console_origin:
        running.office.console_origin = running.url


async def _runner(running: Running, app: web.Application) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    running._runners.append(runner)
    return runner


def _tick(running: Running) -> None:
    running._background.keep_running(partial(_work, running.office), "office_work")
    running._scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    running._scheduler.add_job(running.office.tick, "interval", seconds=TICK)
    running._scheduler.start()


async def _work(office: Office) -> None:
    """Claim what is due, for ever. A defect in it is logged, and it begins again."""
    with office.listening() as news:
        while True:
            news.clear()
            try:
                await office.step()
            except StoreError as error:
                # The rows stay due; the next tick finds them.
                log.warning("office_store_trouble", error=str(error))
            await news.wait()
