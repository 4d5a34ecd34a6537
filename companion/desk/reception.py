"""The reception: takes what extensions send, one kind of message at a time, and answers."""

from collections.abc import Callable
from typing import Any

import structlog

from companion import __version__
from companion.background import Background
from companion.db.errors import StoreError
from companion.desk.accounts import AccountBook
from companion.desk.acks import Acks
from companion.desk.condition import Condition, store_code
from companion.desk.doors import Doors
from companion.desk.extensions import Extensions
from companion.desk.inbox import Inbox
from companion.desk.incoming import Incoming
from companion.desk.jobs import Jobs
from companion.desk.outbox import Outbox
from companion.desk.profiles import ProfileBook
from companion.desk.questions import Questions
from companion.desk.sessions import Sessions
from companion.desk.status import DeskStatus
from companion.desk.visits import Visits
from companion.link.server import Connection
from companion.management.client import OfficeAway, OfficeClient, OfficeRefused
from companion.protocol import (
    Answer,
    ConsoleLink,
    ConsoleRequest,
    Customers,
    CustomerSearch,
    Drift,
    Durable,
    ErrorCode,
    FileBegin,
    FileChunk,
    FileEnd,
    Hello,
    Hint,
    JobResult,
    QuickDownload,
    Registered,
    SecretRequest,
    Session,
    Shown,
    StatusRequest,
    Trouble,
    VisitStep,
    Welcome,
)

log = structlog.get_logger()


class Reception:
    """Handler of the link server. Nothing here waits: what takes time goes on in the background."""

    def __init__(
        self,
        background: Background,
        condition: Condition,
        client: OfficeClient,
        *,
        inbox: Inbox,
        outbox: Outbox,
        accounts: AccountBook,
        extensions: Extensions,
        sessions: Sessions,
        jobs: Jobs,
        incoming: Incoming,
        questions: Questions,
        visits: Visits,
        profiles: ProfileBook,
        status: DeskStatus,
        doors: Doors,
    ) -> None:
        self._background = background
        self._condition = condition
        self._client = client
        self._inbox = inbox
        self._outbox = outbox
        self._accounts = accounts
        self._extensions = extensions
        self._sessions = sessions
        self._jobs = jobs
        self._incoming = incoming
        self._questions = questions
        self._visits = visits
        self._profiles = profiles
        self._status = status
        self._doors = doors
        self._acks = Acks()
        self.device = ""
        """Who this desk is to the management system; set before the first browser comes."""
        self._take: dict[type, Callable[[Connection, Any], None]] = {
            Hello: self._hello,
            Registered: self._registered,
            Trouble: self._trouble,
            Drift: self._drift,
            Session: self._session,
            Hint: self._durable,
            Shown: self._durable,
            Answer: self._durable,
            VisitStep: self._durable,
            SecretRequest: self._secret,
            JobResult: self._job_result,
            QuickDownload: self._durable,
            FileBegin: self._file,
            FileChunk: self._file,
            FileEnd: self._file,
            CustomerSearch: self._in_background(self._search),
            StatusRequest: self._in_background(self._tell_status),
            ConsoleRequest: self._in_background(self._open_door),
        }

    def received(self, connection: Connection, message: Any) -> None:
        """One valid message."""
        self._take[type(message)](connection, message)

    def lost(self, connection: Connection) -> None:
        """A browser went away: its sessions are out of reach, its jobs go elsewhere."""
        instance = self._extensions.remove(connection)
        if instance is not None:
            self._sessions.drop(instance)
            self._gone(instance)

    def _gone(self, instance: str) -> None:
        self._jobs.lost(instance)
        self._incoming.lost(instance)

    # -------------------------------------------------------------- at once

    def _hello(self, connection: Connection, hello: Hello) -> None:
        if self._extensions.of(hello.instance) not in (None, connection):
            # It came back before its former connection ended: what was asked there is answered no more.
            self._gone(hello.instance)
        self._extensions.add(hello.instance, connection)
        log.info(
            "extension",
            instance=hello.instance,
            version=hello.extension_version,
            browser=f"{hello.browser} {hello.browser_version}",
            profiles=hello.profiles,
        )
        connection.send(
            Welcome(re=hello.id, daemon_version=__version__, device=self.device, accounts=self._accounts.all)
        )
        self._profiles.greet(connection)
        self._accounts.look()
        self._questions.show_again(hello.instance, connection)
        self._incoming.came(hello.instance)

    def _registered(self, connection: Connection, message: Registered) -> None:
        log.info("registered", instance=_instance(connection), origins=message.origins)

    def _trouble(self, connection: Connection, message: Trouble) -> None:
        log.warning(
            "extension_trouble", instance=_instance(connection), code=message.code, detail=message.detail
        )
        self._condition.happened(message.code, message.detail)

    def _drift(self, connection: Connection, message: Drift) -> None:
        about = {"carrier": message.carrier, "what": message.what, "rule": message.rule}
        log.warning("drift", instance=_instance(connection), profile=message.profile, **about)
        self._condition.happened(ErrorCode.PORTAL_CHANGED, " ".join(about.values()))
        self._profiles.drifted(message)

    def _session(self, connection: Connection, message: Session) -> None:
        self._sessions.report(_instance(connection), message)

    def _durable(self, connection: Connection, message: Durable) -> None:
        self._background.start(self._keep(connection, message), "keep")

    def _secret(self, connection: Connection, message: SecretRequest) -> None:
        self._background.start(self._give_secret(connection, message), "secret")

    def _job_result(self, connection: Connection, message: JobResult) -> None:
        instance = _instance(connection)
        if not self._incoming.received(instance, message):
            self._jobs.finished(instance, message)

    def _file(self, connection: Connection, message: FileBegin | FileChunk | FileEnd) -> None:
        if not self._incoming.received(_instance(connection), message):
            log.info("late_file", job=message.re)
            connection.refuse(ErrorCode.NOT_NOW, "nobody waits for this file", message.re)

    # -------------------------------------------------------------- in the background

    async def _keep(self, connection: Connection, message: Durable) -> None:
        """Commit first, then acknowledge; what cannot be committed stays with the extension."""
        try:
            new = await self._inbox.keep(_instance(connection), message)
        except StoreError as error:
            code = self._condition.store_failed(error)
            connection.refuse(code, "could not be kept now", message.id, retry=True)
            return
        self._acks.add(connection, message.id)
        self._condition.store_works()
        if new and isinstance(message, Answer):
            self._questions.answered(message.question)
        self._outbox.wake()

    async def _give_secret(self, connection: Connection, message: SecretRequest) -> None:
        connection.send(await self._visits.secret(_instance(connection), message))

    async def _search(self, connection: Connection, message: CustomerSearch) -> None:
        found = await self._client.customers(message.text)
        connection.send(Customers(re=message.id, found=found))

    async def _tell_status(self, connection: Connection, message: StatusRequest) -> None:
        connection.send(await self._status.status(message.id))

    async def _open_door(self, connection: Connection, message: ConsoleRequest) -> None:
        connection.send(
            ConsoleLink(re=message.id, url=await self._doors.link(message.page, message.proposal))
        )

    def _in_background(self, answer: Callable[..., Any]) -> Callable[[Connection, Any], None]:
        """Questions that are answered as far as the management system can: else a refusal with its number."""

        async def attempt(connection: Connection, message: Any) -> None:
            try:
                await answer(connection, message)
            except OfficeAway:
                connection.refuse(
                    ErrorCode.OFFICE_AWAY, "the management system is away", message.id, retry=True
                )
            except OfficeRefused as refusal:
                connection.refuse(_code(refusal.code), "the management system refuses", message.id)
            except StoreError as error:
                # No word on the lamp: that nothing could be read says nothing about keeping, and nothing
                # that is kept afterwards would be the end of it.
                connection.refuse(store_code(error), "the store is away", message.id, retry=True)

        def begin(connection: Connection, message: Any) -> None:
            self._background.start(attempt(connection, message), message.type)

        return begin


def _instance(connection: Connection) -> str:
    assert connection.hello is not None, "the link server lets nobody pass without hello"
    return connection.hello.instance


def _code(code: int) -> ErrorCode:
    return ErrorCode(code) if code in ErrorCode.__members__.values() else ErrorCode.OFFICE_AWAY
