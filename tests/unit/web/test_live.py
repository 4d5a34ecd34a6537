"""The stream of server-sent events behind live pages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from companion.web.live import Live
from tests.unit.web.served import Served, served


class Shown:
    """Something shown on a page, and whether anybody looked at it."""

    def __init__(self) -> None:
        self.mark = "a"
        self.looked = asyncio.Event()
        self.broken = False

    async def fingerprint(self) -> str:
        self.looked.set()
        if self.broken:
            raise RuntimeError("away")
        return self.mark


async def word(answer: aiohttp.ClientResponse) -> str:
    """The next event's name; empty at the end of the stream."""
    async with asyncio.timeout(5):
        while line := await answer.content.readline():
            if line.startswith(b"event: "):
                return line.decode().removeprefix("event: ").strip()
    return ""


@asynccontextmanager
async def site(shown: Shown) -> AsyncIterator[Served]:
    app = web.Application()
    Live(shown.fingerprint, every=0.01).attach(app)
    async with served({"/desk": app}) as running:
        yield running


def url(running: Served) -> str:
    return running.url("/desk/live")


async def test_a_change_wakes_every_reader() -> None:
    shown = Shown()
    async with (
        site(shown) as running,
        running.client.get(url(running)) as first,
        running.client.get(url(running)) as second,
    ):
        assert (await word(first), await word(second)) == ("ready", "ready")
        shown.mark = "b"
        assert (await word(first), await word(second)) == ("changed", "changed")


async def test_the_store_is_looked_at_only_while_somebody_reads() -> None:
    shown = Shown()
    async with site(shown) as running:
        assert not shown.looked.is_set()
        async with running.client.get(url(running)) as answer:
            assert await word(answer) == "ready"
            shown.looked.clear()
            async with asyncio.timeout(5):
                await shown.looked.wait()


async def test_readers_come_back_after_the_store_was_away() -> None:
    shown = Shown()
    async with site(shown) as running:
        async with running.client.get(url(running)) as answer:
            assert await word(answer) == "ready"
            shown.broken = True
            assert await word(answer) == "", "the stream ends, so that the browser connects again"
        shown.broken = False
        async with running.client.get(url(running)) as again:
            assert await word(again) == "ready"
            shown.mark = "c"
            assert await word(again) == "changed"


async def test_streams_end_with_the_site() -> None:
    shown = Shown()
    async with site(shown) as running, running.client.get(url(running)) as answer:
        assert await word(answer) == "ready"
        started = asyncio.get_running_loop().time()
        await running.stop()
        assert await word(answer) == ""
    assert asyncio.get_running_loop().time() - started < 0.9, "nobody waits for the shutdown time-out"
