"""What recordings of every carrier have in common: a stopped clock, a browser, the files."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import BrowserContext, Page, async_playwright

from scripts.stage import programs

STARTED = datetime(2026, 3, 2, 1, 12, tzinfo=UTC)
SERIALISE = """() => {
  for (const field of document.querySelectorAll("input, select")) {
    if (field.type === "checkbox") field.toggleAttribute("checked", field.checked);
    else if (field.tagName === "INPUT") field.setAttribute("value", field.value);
    else for (const option of field.options) option.toggleAttribute("selected", option.selected);
  }
  return "<!DOCTYPE html>\\n" + document.documentElement.outerHTML + "\\n";
}"""


@dataclass
class StoppedClock:
    """Time stands still."""

    instant: datetime = STARTED

    def now(self) -> datetime:
        """The instant of every recording."""
        return self.instant


@dataclass
class Recorder:
    """Writes recorded pages with what they were; `folder` is the carrier's."""

    folder: Path
    written: set[str] = field(default_factory=set)
    by_hand: bool = False
    """What is written comes from elsewhere than the practice portal, and stays when that is recorded anew."""

    def keep(self, name: str, text: str, given: dict[str, Any]) -> None:
        """Write one recording. `name` is the file in `pages`; what the engine makes of it comes later."""
        (self.folder / "pages" / name).write_text(text, encoding="utf-8", newline="\n")
        expected = self.folder / "expected" / f"{Path(name).stem}.json"
        given |= {"by_hand": True} if self.by_hand else {}
        expected.write_text(json.dumps({"given": given, "expect": None}), encoding="utf-8")
        self.written.add(Path(name).stem)

    def give(self, name: str, more: dict[str, Any]) -> None:
        """Say more of what a recording was."""
        file = self.folder / "expected" / f"{name}.json"
        given = json.loads(file.read_text(encoding="utf-8"))["given"]
        file.write_text(json.dumps({"given": {**given, **more}, "expect": None}), encoding="utf-8")

    def tidy(self) -> None:
        """Remove what was recorded before and is no longer, but for what came from elsewhere."""
        for expected in self.folder.glob("expected/*.json"):
            given = json.loads(expected.read_text(encoding="utf-8"))["given"]
            if expected.stem in self.written or given.get("by_hand"):
                continue
            for file in [expected, *self.folder.glob(f"pages/{expected.stem}.*")]:
                file.unlink()


@dataclass
class Visit:
    """A clerk's browser at a practice portal."""

    recorder: Recorder
    context: BrowserContext
    origin: str

    async def open(self, path: str) -> Page:
        """A new tab at a path of the portal."""
        page = await self.context.new_page()
        await page.goto(self.origin + path)
        return page

    async def keep_page(self, name: str, page: Page) -> None:
        """Record a page as it stands, fields as they are filled now."""
        url = page.url.removeprefix(self.origin)
        self.recorder.keep(f"{name}.html", await page.evaluate(SERIALISE), {"as": "page", "url": url})


@asynccontextmanager
async def serving(app: web.Application, host: str) -> AsyncIterator[str]:
    """Serve a practice portal in this process; its origin."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://{host}:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def clerks_browser() -> AsyncIterator[BrowserContext]:
    """A Chromium whose clock stands still as well."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=programs.chromium(), args=["--no-sandbox", "--headless=new"]
        )
        context = await browser.new_context()
        await context.clock.set_fixed_time(STARTED)
        yield context
        await browser.close()
