"""The desk: everything the daemon is made of, put together, started and ended in order."""

from dataclasses import dataclass

import structlog

from companion.background import Background
from companion.clock import Clock
from companion.db.engine import Database
from companion.db.migrations import migrate
from companion.desk.accounts import AccountBook
from companion.desk.channel import Channel
from companion.desk.condition import Condition
from companion.desk.doors import Doors
from companion.desk.extensions import Extensions
from companion.desk.inbox import Inbox, Waiting
from companion.desk.incoming import Incoming
from companion.desk.jobs import Jobs
from companion.desk.memory import Memory
from companion.desk.notifiers import Notifier
from companion.desk.outbox import Outbox
from companion.desk.profiles import ProfileBook
from companion.desk.questions import Questions
from companion.desk.reception import Reception
from companion.desk.secrets import Secrets
from companion.desk.sessions import Sessions
from companion.desk.spool import Spool
from companion.desk.status import DeskStatus
from companion.desk.toasts import Toasts
from companion.desk.visits import Visits
from companion.home import Home
from companion.link.install import callers
from companion.link.server import LinkServer
from companion.management.client import OfficeClient
from companion.protocol import Answer
from companion.settings import Settings
from companion.web.i18n import catalog
from companion.web.links import Links

MIGRATIONS = "companion.desk.migrations"

log = structlog.get_logger()


@dataclass(frozen=True)
class Line:
    """How to reach the management system. `device` is None for the one beside the daemon, which knows us."""

    address: str
    token: str | None = None
    device: str | None = None


class Desk:
    """One desk. `start` serves, `close` ends; both once."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        database: Database,
        line: Line,
        *,
        clock: Clock,
        notifier: Notifier,
        links: Links,
        secrets: Secrets,
    ) -> None:
        self._database = database
        self._line = line
        self._background = Background()
        self.client = OfficeClient(line.address, line.token, lambda stands: self._channel.changed(stands))
        self.toasts = Toasts(database, notifier, catalog(settings.locale), clock, self._background)
        self.condition = Condition(clock, self.toasts.tell)
        self.memory = Memory(database)
        self.inbox = Inbox(database, clock)
        self.extensions = Extensions()
        self.sessions = Sessions(clock, lambda: self._channel.sessions_changed())
        self.questions = Questions(self.extensions)
        self.accounts = AccountBook(self.client, self.memory, self.extensions, self.condition)
        self.profiles = ProfileBook(home, self.extensions, self.condition)
        self.visits = Visits(self.extensions, self.sessions, secrets, clock)
        self.doors = Doors(self.client, links, settings.office)
        self._jobs = Jobs(self.sessions, self.extensions)
        self._spool = Spool(home.incoming, self.memory, clock)
        self._incoming = Incoming(self.sessions, self.extensions, self.client, self._spool, self.condition)
        self._outbox = Outbox(self.inbox, self.client, self._poisoned, self.condition.delivery_is)
        self.status = DeskStatus(
            self.client, self.condition, self.inbox, self.sessions, self.questions, self.extensions
        )
        self._channel = Channel(
            self.client,
            self.condition,
            self._background,
            outbox=self._outbox,
            accounts=self.accounts,
            sessions=self.sessions,
            jobs=self._jobs,
            incoming=self._incoming,
            questions=self.questions,
            visits=self.visits,
            toasts=self.toasts,
        )
        self._reception = Reception(
            self._background,
            self.condition,
            self.client,
            inbox=self.inbox,
            outbox=self._outbox,
            accounts=self.accounts,
            extensions=self.extensions,
            sessions=self.sessions,
            jobs=self._jobs,
            incoming=self._incoming,
            questions=self.questions,
            visits=self.visits,
            profiles=self.profiles,
            status=self.status,
            doors=self.doors,
        )
        known = callers()
        self._server = LinkServer(home.desk_socket, lambda caller: caller in known, self._reception)

    async def start(self) -> None:
        """Open for browsers; returns when they may come. Raises StoreError and PipeError."""
        await migrate(self._database, MIGRATIONS)
        await self.inbox.resume()
        await self._spool.tidy()
        await self.accounts.load()
        for question in await self.inbox.answered():
            self.questions.answered(question)
        self._reception.device = self._line.device or (await self.client.me()).id
        await self._server.start()
        self._background.keep_running(self._channel.run, "channel")
        self._background.keep_running(self._channel.report_sessions, "sessions")
        self._background.keep_running(self.accounts.follow, "accounts")
        self._background.keep_running(self.profiles.follow, "profiles")
        self._background.keep_running(self._outbox.run, "outbox")
        self._outbox.wake()

    async def close(self) -> None:
        """Let the browsers go, stop all work, and let go of the management system."""
        await self._server.close()
        await self._background.close()
        await self.client.close()

    def _poisoned(self, row: Waiting, code: int) -> None:
        """An event was refused for good: it stays visible, and an answer's question may be asked again."""
        self.condition.happened(code, "event_refused")
        self.toasts.tell("event_refused")
        if row.event is not None and isinstance(row.event.body, Answer):
            self.questions.unanswered(row.event.body.question)
