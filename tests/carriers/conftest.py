"""A practice portal as a clerk's browser finds it: its own process, its own ports.

A test module says in CARRIER which portal its fixtures `start` and `portal` are of.
"""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from scripts.stage import programs

ROOT = Path(__file__).parents[2]


@dataclass
class Practice:
    """A running practice portal, the addresses of its hosts and its ledger."""

    addresses: dict[str, str]
    ledger: Path
    process: subprocess.Popen[str]

    @property
    def origin(self) -> str:
        """Where a clerk goes."""
        return self.addresses["origin"]

    def entries(self, what: str | None = None) -> list[dict[str, Any]]:
        """What the portal wrote down, all or of one kind."""
        lines = self.ledger.read_text(encoding="utf-8").splitlines()
        return [entry for line in lines if what in (None, (entry := json.loads(line))["what"])]

    def whats(self, *quiet: str) -> list[str]:
        """What happened, in order, but for what is named."""
        return [what for entry in self.entries() if (what := entry["what"]) not in quiet]

    def captcha(self) -> str:
        """What the captcha drawn last says, which only the ledger tells."""
        return str(self.entries("captcha")[-1]["answer"])

    def mood(self, words: str) -> dict[str, Any]:
        """Put other moods in force; returns what the portal says to that."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said

    def end(self) -> int:
        """Close its input and wait; returns the exit status."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(10)


Start = Callable[..., Practice]


@contextmanager
def running(carrier: str, ledger: Path, *words: str) -> Iterator[Practice]:
    """A carrier's portal, started with command-line words."""
    command = [sys.executable, "-m", "companion.practice", carrier, "--ledger", str(ledger), *words]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, bufsize=1)
    assert process.stdout
    portal = Practice(json.loads(process.stdout.readline()), ledger, process)
    try:
        yield portal
    finally:
        portal.end()


@pytest.fixture
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Starts portals with command-line words."""
    with ExitStack() as stack:

        def begin(*words: str) -> Practice:
            ledger = tmp_path / f"ledger-{len(list(tmp_path.iterdir()))}.jsonl"
            return stack.enter_context(running(request.module.CARRIER, ledger, *words))

        yield begin


@pytest.fixture
def portal(start: Start) -> Practice:
    """A portal in no particular mood."""
    return start()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium for a module's tests, which must share the module's loop."""
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--headless=new"]
        browser = await playwright.chromium.launch(executable_path=programs.chromium(), args=arguments)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A clerk's profile, with nothing in it yet."""
    context = await browser.new_context(viewport={"width": 1366, "height": 768})
    yield context
    await context.close()


class Session:
    """A clerk's HTTP client for as long as the clerk is there."""

    def __init__(self, address: str | None = None) -> None:
        self.http = aiohttp.ClientSession(address, cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.close()
