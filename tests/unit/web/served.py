"""A real site on a real loopback socket, for tests of the guard and of pages."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
from aiohttp import web

START = datetime(2026, 3, 2, 9, 12, tzinfo=UTC)


class HandClock:
    """A clock that is set by hand."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def pass_(self, time: timedelta) -> None:
        self._now += time


@dataclass
class Served:
    """A running site and a browser's worth of cookies."""

    origin: str
    port: int
    client: aiohttp.ClientSession
    stop: Callable[[], Awaitable[None]]

    def url(self, path: str) -> str:
        return self.origin + path


@asynccontextmanager
async def served(mounted: dict[str, web.Application]) -> AsyncIterator[Served]:
    """Serve apps under their paths on 127.0.0.1, as the desk does."""
    app = web.Application()
    for base, part in mounted.items():
        app.add_subapp(base, part)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    jar = aiohttp.CookieJar(unsafe=True)
    try:
        async with aiohttp.ClientSession(cookie_jar=jar) as client:
            yield Served(f"http://127.0.0.1:{port}", port, client, runner.cleanup)
    finally:
        await runner.cleanup()
