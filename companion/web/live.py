"""Live pages: a stream of server-sent events that says when a page is worth asking for again.

The event carries nothing but the fact. The page asks for itself again and swaps what changed, so what a
page shows has one source, the server's template.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import ClientConnectionResetError, web

log = structlog.get_logger()

PULSE = 15.0
"""Seconds between two signs of life; a stream whose reader is gone ends with the next one."""
END = "end"


class Live:
    """Watches a fingerprint while somebody looks and wakes the streams when it changes."""

    def __init__(self, fingerprint: Callable[[], Awaitable[str]], every: float = 1.0) -> None:
        self._fingerprint = fingerprint
        self._every = every
        self._readers: set[asyncio.Queue[str]] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._mark = ""

    def attach(self, app: web.Application) -> None:
        """Serve the stream at `live` and end it with the app."""
        app.router.add_get("/live", self.stream)
        app.on_shutdown.append(self._end)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """GET live: `event: changed` whenever a page may look different from now on."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        inbox: asyncio.Queue[str] = asyncio.Queue()
        self._readers.add(inbox)
        try:
            await self._watch()
            await response.prepare(request)
            await _feed(response, inbox)
        except (ConnectionResetError, ClientConnectionResetError):
            log.debug("live_reader_gone")
        finally:
            self._readers.discard(inbox)
        return response

    async def _watch(self) -> None:
        if self._watcher is not None and not self._watcher.done():
            return
        # Before the reader is told "ready": it then asks for its page, and nothing falls in between.
        self._mark = await self._fingerprint()
        self._watcher = asyncio.create_task(self._compare(), name="live-watch")
        self._watcher.add_done_callback(_report)

    async def _compare(self) -> None:
        try:
            while self._readers:
                await asyncio.sleep(self._every)
                mark, before = await self._fingerprint(), self._mark
                if mark != before:
                    self._mark = mark
                    self._tell("changed")
        finally:
            # Readers come back by themselves and start the next watch.
            self._tell(END)

    def _tell(self, word: str) -> None:
        for inbox in self._readers:
            inbox.put_nowait(word)

    async def _end(self, _app: web.Application) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.wait([self._watcher])
        self._tell(END)


async def _feed(response: web.StreamResponse, inbox: asyncio.Queue[str]) -> None:
    word = "ready"
    while word != END:
        await response.write(f"event: {word}\nretry: 2000\ndata: \n\n".encode())
        try:
            word = await asyncio.wait_for(inbox.get(), PULSE)
        except TimeoutError:
            word = "pulse"


def _report(watcher: asyncio.Task[None]) -> None:
    if not watcher.cancelled() and (error := watcher.exception()) is not None:
        log.warning("live_watch_failed", error=type(error).__name__)
