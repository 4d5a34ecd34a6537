"""The one way of a desk to the management system: its API, over a unix socket or http(s)."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, contextmanager
from io import BytesIO
from types import TracebackType
from typing import Any, Literal, TypeVar, cast

import aiohttp
import structlog
from pydantic import BaseModel, TypeAdapter, ValidationError
from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from companion.management.views import DeviceOut, QuestionRow, Taken, TimelineRow
from companion.management.wire import (
    AccountIn,
    AccountsOut,
    CommandOut,
    CommandResult,
    EnrolIn,
    EnrolOut,
    EventIn,
    EventTaken,
    Health,
    LinkIn,
    LinkOut,
    Page,
    Problem,
    SessionsIn,
)
from companion.protocol import Account, CustomerFound, ErrorCode, RecentEvent

log = structlog.get_logger()
M = TypeVar("M", bound=BaseModel)

TIMEOUT = 20.0
"""Seconds for one request."""
FILE_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT, sock_read=120)
"""A file takes as long as it moves; the answer comes when all of it is on disk."""
_FOUND = TypeAdapter(list[CustomerFound])


Why = Literal["silent", "store", "defect"]
"""Nobody answers (in time) · it cannot use its store now · it stumbled over this request."""


class OfficeAway(Exception):
    """The management system does not answer, cannot store now, or failed: try again later. `why` tells which.

    Only a defect may have to do with what was asked; the others say nothing about it.
    """

    def __init__(self, detail: str, why: Why = "silent") -> None:
        super().__init__(detail)
        self.why: Why = why


class OfficeRefused(Exception):
    """The management system will not take this, now or later. `code` is a number of PROTOCOL.md."""

    def __init__(self, status: int, code: int, detail: str) -> None:
        super().__init__(f"{status} {code} {detail}")
        self.status = status
        self.code = code
        self.detail = detail


class OfficeClient:
    """The API as functions. Every one raises OfficeAway (worth retrying) or OfficeRefused (not).

    `address` is `http(s)://host:port` or `unix:PATH`; only the former needs a token. `channel` is told
    when the command channel stands (True) and when it broke (False).
    """

    def __init__(
        self,
        address: str,
        token: str | None = None,
        channel: Callable[[bool], None] = lambda _stands: None,
    ) -> None:
        self._path = address.removeprefix("unix:") if address.startswith("unix:") else None
        self._base = "http://office" if self._path else address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._session: aiohttp.ClientSession | None = None
        self._channel = channel

    async def __aenter__(self) -> "OfficeClient":
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def health(self) -> Health:
        """Its versions, when it runs and reaches its store."""
        return await self._call(Health, "GET", "/health")

    async def me(self) -> DeviceOut:
        """Who the management system takes this desk for."""
        return await self._call(DeviceOut, "GET", "/devices/me")

    async def enrol(self, code: str, name: str) -> EnrolOut:
        """Turn a one-time code into a device token."""
        return await self._call(EnrolOut, "POST", "/devices", EnrolIn(code=code, name=name))

    async def post_event(self, event: EventIn) -> EventTaken:
        """Deliver an event; stored when this returns. Delivering it again is harmless."""
        return await self._call(EventTaken, "POST", "/events", event)

    async def post_result(self, command: str, result: CommandResult) -> None:
        """Report how a command ended. Reporting again is harmless: the first result counts."""
        await self._call(Taken, "POST", f"/commands/{command}/result", result)

    async def put_sessions(self, sessions: SessionsIn) -> None:
        """Tell all live portal sessions of this desk."""
        await self._call(Taken, "PUT", "/devices/me/sessions", sessions)

    async def accounts(self) -> list[Account]:
        """All issuing accounts."""
        return (await self._call(AccountsOut, "GET", "/accounts")).accounts

    async def add_account(self, account: AccountIn) -> Account:
        """Add an issuing account; the same one again changes its institution."""
        return await self._call(Account, "POST", "/accounts", account)

    async def customers(self, text: str) -> list[CustomerFound]:
        """Search customers by name, plate or phone tail; at most 20."""
        page = await self._call(Page, "GET", "/customers", query={"text": text[:100]})
        with _ours():
            return _FOUND.validate_python(page.rows, extra="ignore")

    async def recent(self, limit: int = 10) -> list[RecentEvent]:
        """The last steps on all timelines, newest first."""
        page = await self._call(Page, "GET", "/timeline", query={"limit": str(limit)})
        with _ours():
            return [_recent(TimelineRow.model_validate(row, extra="ignore")) for row in page.rows]

    async def open_questions(self) -> set[str]:
        """The ids of all questions that wait for an answer, those of other desks too."""
        page = await self._call(Page, "GET", "/questions")
        with _ours():
            return {QuestionRow.model_validate(row, extra="ignore").question.id for row in page.rows}

    async def link(self, path: str) -> str:
        """A one-time console link to a path below /console."""
        return (await self._call(LinkOut, "POST", "/console/links", LinkIn(path=path))).url

    async def put_file(self, digest: str, pieces: Callable[[], AsyncIterator[bytes]]) -> None:
        """Hand over a file named by its SHA-256; stored when this returns. The same again is harmless.

        `pieces` is not called when the file is there already.
        """
        address = f"{self._base}/api/v1/files/{digest}"
        try:
            async with self._http().head(address) as known:
                if known.status == 200:
                    return
            async with self._http().put(address, data=pieces(), timeout=FILE_TIMEOUT) as response:
                _read(Taken, response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OfficeAway(type(error).__name__) from error

    async def commands(self) -> AsyncGenerator[CommandOut]:
        """Commands as they come, for as long as it is iterated; reconnects by itself.

        After each reconnection everything that is not done yet comes again: tell repeats by their id.
        Iterate within `contextlib.aclosing`, so that leaving the loop closes the connection at once.
        Raises OfficeRefused when this desk may not connect at all.
        """
        try:
            # The iterator is an async generator: closed here, not whenever it is collected.
            sockets = cast(AsyncGenerator[ClientConnection], aiter(self._connect()))
            async with aclosing(sockets):
                async for socket in sockets:
                    async with aclosing(self._listen(socket)) as heard:
                        async for command in heard:
                            yield command
        except InvalidStatus as error:
            raise OfficeRefused(error.response.status_code, 0, "the command channel was refused") from None

    async def _listen(self, socket: ClientConnection) -> AsyncGenerator[CommandOut]:
        self._channel(True)
        try:
            async for message in socket:
                command = _command(message)
                if command is not None:
                    yield command
        except ConnectionClosed as error:
            log.info("command_channel_closed", code=error.rcvd.code if error.rcvd else None)
        finally:
            self._channel(False)

    def _connect(self) -> connect:
        uri = f"{self._base.replace('http', 'ws', 1)}/api/v1/commands"
        options: dict[str, Any] = {
            "additional_headers": self._headers,
            "compression": None,
            "reconnect_delays": _delays,
            "process_exception": _worth_retrying,
            "proxy": None,
        }
        return unix_connect(self._path, uri, **options) if self._path else connect(uri, **options)

    async def _call(
        self,
        answer: type[M],
        method: str,
        path: str,
        body: BaseModel | None = None,
        query: dict[str, str] | None = None,
    ) -> M:
        try:
            async with self._http().request(
                method,
                f"{self._base}/api/v1{path}",
                params=query,
                data=BytesIO(body.model_dump_json().encode()) if body else None,
                headers={"Content-Type": "application/json"} if body else None,
            ) as response:
                return _read(answer, response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OfficeAway(type(error).__name__) from error

    def _http(self) -> aiohttp.ClientSession:
        # Made with the first request: a session belongs to the running loop.
        if self._session is None:
            connector = aiohttp.UnixConnector(self._path) if self._path else aiohttp.TCPConnector()
            self._session = aiohttp.ClientSession(
                connector=connector, headers=self._headers, timeout=aiohttp.ClientTimeout(total=TIMEOUT)
            )
        return self._session


def _read(answer: type[M], status: int, payload: bytes) -> M:
    if status < 400:
        with _ours():
            return answer.model_validate_json(payload, extra="ignore")
    problem = _problem(status, payload)
    if status >= 500 or status in (408, 429):
        raise OfficeAway(f"{status} {problem.code} {problem.detail}", _why(status, problem.code))
    raise OfficeRefused(status, problem.code, problem.detail)


def _problem(status: int, payload: bytes) -> Problem:
    try:
        with _ours():
            return Problem.model_validate_json(payload, extra="ignore")
    except OfficeAway:
        # These are about this desk, whoever says so; any other status may have to do with a road block.
        if status not in (401, 403):
            raise
        return Problem(type="about:blank", title="", status=status, code=0, detail="no problem document")


@contextmanager
def _ours() -> Iterator[None]:
    """Turns what the management system does not say into OfficeAway: a proxy or a log-in page of the network
    answered, which is no word about what was asked.

    Fields that this desk does not know are no such thing (`extra="ignore"`): a server is upgraded first.
    """
    try:
        yield
    except ValidationError:
        raise OfficeAway("no answer of a management system") from None


def _why(status: int, code: int) -> Why:
    if code in (ErrorCode.STORE_UNAVAILABLE, ErrorCode.DISK_FULL):
        return "store"
    return "defect" if status == 500 else "silent"


def _command(message: str | bytes) -> CommandOut | None:
    try:
        return CommandOut.model_validate_json(message, extra="ignore")
    except ValidationError:
        # A newer server may know commands that this desk does not; the others must still be served.
        log.warning("command_unknown")
        return None


def _recent(row: TimelineRow) -> RecentEvent:
    return RecentEvent(
        at=row.at, step=row.kind, carrier=row.carrier, number=row.numbers[0] if row.numbers else None
    )


def _delays() -> Generator[float]:
    """Seconds between attempts: quick at first, for a server that restarts beside us."""
    delay = 0.1
    while True:
        yield delay
        delay = min(delay * 1.6, 15.0)


def _worth_retrying(error: Exception) -> Exception | None:
    """What the reconnecting iterator asks: None goes on, an exception ends it."""
    if isinstance(error, InvalidStatus) and error.response.status_code in (401, 403):
        return error
    retry = isinstance(error, OSError | TimeoutError | EOFError | InvalidHandshake)
    return None if retry else error
