"""The engine and the extension's page scripts inside a page of a practice portal, without the extension.

They run in the page's own world here; what they do there is the same.
"""

import json
from typing import Any

from playwright.async_api import BrowserContext, Error, Frame, Page

from companion import carriers
from tests.carriers.conftest import ROOT

ENGINE = ["encoding", "transforms", "reading", "lines", "pages", "hints", "lists", "requests"]
FILES = [f"content/engine/{name}" for name in ENGINE]
PARTS = ["engine", "seams", "notes", "work", "fields", "walk", "picture"]
FILES += [*(f"content/{name}" for name in PARTS), "page/tap"]
PATIENCE = 10_000
"""Milliseconds a step of a walk may take."""
MOST_DOCUMENTS = 5
"""Documents that one step may lead through."""
_LISTEN = "Chudan.hearTap((note) => window.overhear(note), () => true);"
_CALL = "([name, words]) => Chudan.engine[name](window.profile, ...words)"
_READ = """([query, number]) =>
  Chudan.engine.readPage(window.profile, query, document, location.href, number)"""
_HERE = "([name, words]) => Chudan.engine[name](window.profile, document, location.href, ...words)"
_ROWS = """() => Chudan.engine.rowsOf(window.profile, document, location.href)
  .flatMap(({ rows, read }) => [...document.querySelectorAll(rows)].map(read))"""
_STEP = "([step, values, patience]) => Chudan.step(step, values, window.profile, patience)"
_FETCH = """async ([url, options]) => {
  const bytes = new Uint8Array(await (await fetch(url, options)).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""


class Watched:
    """A carrier's pages with its profile beside them."""

    def __init__(self, carrier: str, context: BrowserContext) -> None:
        self.profile = json.loads((carriers.FOLDER / carrier / "profile.json").read_bytes())
        self.context = context
        self._notes: list[dict[str, Any]] = []

    async def begin(self) -> None:
        """Put the scripts into every page to come, and listen to the network."""
        texts = [(ROOT / "extension" / f"{name}.js").read_text(encoding="utf-8") for name in FILES]
        await self.context.expose_function("overhear", self._hear)
        profile = f"window.profile = {json.dumps(self.profile)};"
        await self.context.add_init_script("\n".join([*texts, profile, _LISTEN]))

    def _hear(self, note: dict[str, Any]) -> None:
        if note["what"] == "network":
            self._notes.append(note)

    async def seen(self, page: Page | Frame) -> list[dict[str, Any]]:
        """The hints that a page shows."""
        return list(await page.evaluate(_HERE, ["hintsFromPage", []]))

    async def heard(self, page: Page) -> tuple[list[dict[str, Any]], list[str]]:
        """The hints that the network has told since the last time, and rules that could not be read."""
        hints, unread = [], []
        for note in self._notes:
            if hint := await page.evaluate(_CALL, ["hintFromNetwork", [note]]):
                hints.append(hint)
            elif rule := await page.evaluate(_CALL, ["unreadAnswer", [note]]):
                unread.append(rule)
        self._notes.clear()
        return hints, unread

    async def rows(self, page: Page | Frame) -> list[dict[str, Any]]:
        """What the rows of a page are that get a button."""
        return list(await page.evaluate(_ROWS))

    async def picture(self, page: Page | Frame, at: str) -> str:
        """What an image or a canvas shows, in base64."""
        return str(await page.evaluate("(at) => Chudan.picture(at)", at))

    async def walk(self, origin: str, walk: dict[str, Any], **values: str) -> tuple[Page, str]:
        """Make a walk in a tab of its own; the tab at its end, and the address that was taken there."""
        page = await self.context.new_page()
        await page.goto(origin + walk["start"])
        taken = ""
        for step in walk["steps"]:
            done = await self._step(page, step, values)
            assert done["ok"], (step, done)
            taken = done.get("taken", taken)
            await page.wait_for_load_state()
        return page, taken

    async def _step(self, page: Page, step: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
        """One step; made again in the new document as long as the page is led to others."""
        for _ in range(MOST_DOCUMENTS):
            try:
                return dict(await page.evaluate(_STEP, [step, values, PATIENCE]))
            except Error as error:
                if "context was destroyed" not in str(error) and "Cannot find context" not in str(error):
                    raise
            await page.wait_for_load_state()
        raise AssertionError(f"led from page to page: {step}")

    async def ask(self, origin: str, query: str, number: str) -> dict[str, Any]:
        """What is read at the end of the walk of a query."""
        page, _ = await self.walk(origin, self.profile["queries"][query]["walk"], number=number)
        told = await page.evaluate(_READ, [query, number])
        await page.close()
        return dict(told)

    async def fetch(self, page: Page | Frame, request: dict[str, Any] | str) -> str:
        """The bytes that a request or an address gives, in base64."""
        if isinstance(request, str):
            return str(await page.evaluate(_FETCH, [request, {}]))
        options = {name: request[name] for name in ("method", "headers", "body")}
        return str(await page.evaluate(_FETCH, [request["url"], options]))
