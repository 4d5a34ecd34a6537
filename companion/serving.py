"""Serving: the desk with its local pages and, unless a team has its own, the management system beside it.

The one place that knows both the desk and the management system's inside; they know each other by API only.
"""

import asyncio
import json
import os
import secrets as random
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import web

from companion.clock import Clock, SystemClock
from companion.db.engine import Database
from companion.db.keying import DataKey, data_key, open_keyring, recovery_key
from companion.desk.daemon import Desk, Line
from companion.desk.lock import only_one
from companion.desk.notifiers import notifier
from companion.desk.pages import make_pages
from companion.desk.secrets import Secrets
from companion.desk.view import View
from companion.home import Home
from companion.link.pipe import make_private
from companion.management.console import make_console
from companion.management.links import TableLinks
from companion.management.server import Office, start
from companion.settings import Settings
from companion.web.links import MemoryLinks

log = structlog.get_logger()

LOOPBACK = "127.0.0.1"


class NotEnrolled(Exception):
    """A team's management system is set, but this desk has no token for it."""


@dataclass(frozen=True)
class Ready:
    """Where a desk serves."""

    site: str
    socket: str
    pid: int


async def run_desk(home: Home, settings: Settings, ready: Callable[[Ready], None]) -> None:
    """Serve one desk until SIGTERM or SIGINT.

    Raises AlreadyRunning, NoKeyring, KeyringLocked, KeyChanged, StoreError, PipeError, NotEnrolled, OSError.
    """
    with only_one(home):
        ended = _end_of_process()
        async with AsyncExitStack() as stack:
            ready(await _serve(stack, home, settings, SystemClock()))
            log.info("desk_ready")
            await ended.wait()
            log.info("desk_ends")


async def run_office(
    database_url: str,
    listen: tuple[str, int],
    settings: Settings,
    ready: Callable[[str, str], None],
    public: str = "",
) -> None:
    """Serve the management system alone, for a team, until SIGTERM or SIGINT. Raises StoreError, OSError.

    `ready` gets its address and a one-time code with which a first desk enrols. `public` is the origin by
    which people reach its console, where that is another than the address it listens on.
    """
    clock = SystemClock()
    ended = _end_of_process()
    async with _database(Database.postgresql(database_url)) as database:
        office = _office(database, clock, settings)
        office.console_origin = public.rstrip("/")
        running = await start(
            office, listen=listen, console=make_console(office, [office.console_origin] if public else [])
        )
        try:
            ready(running.url or "", await office.enrolment_code())
            await ended.wait()
        finally:
            await running.close()


async def _serve(stack: AsyncExitStack, home: Home, settings: Settings, clock: Clock) -> Ready:
    make_private(home.runtime)
    keyring = open_keyring()
    key = await data_key(home, keyring)
    secrets = Secrets(home, keyring)
    office = None if settings.office else await _office_beside(stack, home, settings, key, clock)
    line = await _line(home, settings, secrets)
    database = await stack.enter_async_context(_database(Database.sqlite(home.desk_db, key.key)))
    links = MemoryLinks(clock)
    desk = Desk(
        home, settings, database, line, clock=clock, notifier=notifier(), links=links, secrets=secrets
    )
    stack.push_async_callback(desk.close)
    site = web.Application()
    view = View(desk, secrets, lambda: recovery_key(key.key), practice=settings.practice)
    site.add_subapp("/desk", make_pages(view, links, settings))
    if office is not None:
        site.add_subapp("/console", make_console(office))
    address = await _loopback(stack, site, settings.console_port)
    if office is not None:
        office.console_origin = address
    desk.doors.address = address
    await desk.start()
    _write_address(home, address)
    stack.callback(home.console_address.unlink, missing_ok=True)
    return Ready(address, str(home.desk_socket), os.getpid())


async def _office_beside(
    stack: AsyncExitStack, home: Home, settings: Settings, key: DataKey, clock: Clock
) -> Office:
    database = await stack.enter_async_context(_database(Database.sqlite(home.management_db, key.key)))
    office = _office(database, clock, settings, home.files)
    running = await start(office, socket=home.office_socket)
    stack.push_async_callback(running.close)
    return office


def _office(database: Database, clock: Clock, settings: Settings, folder: Path | None = None) -> Office:
    office = Office(database, clock, settings, folder)
    office.links = TableLinks(database, clock)
    return office


async def _line(home: Home, settings: Settings, secrets: Secrets) -> Line:
    if not settings.office:
        return Line(f"unix:{home.office_socket}")
    enrolment = await secrets.enrolment()
    if enrolment is None:
        raise NotEnrolled(settings.office)
    return Line(settings.office, enrolment.token, enrolment.device)


async def _loopback(stack: AsyncExitStack, site: web.Application, port: int) -> str:
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=2)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, LOOPBACK, port).start()
    return f"http://{LOOPBACK}:{runner.addresses[0][1]}"


@asynccontextmanager
async def _database(database: Database) -> AsyncIterator[Database]:
    try:
        yield database
    finally:
        await database.close()


def _write_address(home: Home, address: str) -> None:
    draft = home.console_address.with_suffix(f".{random.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"address": address}))
    draft.replace(home.console_address)


def _end_of_process() -> asyncio.Event:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        if sys.platform == "win32":
            # The loop of Windows has no handlers of its own.
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))
        else:
            loop.add_signal_handler(number, ended.set)
    return ended
