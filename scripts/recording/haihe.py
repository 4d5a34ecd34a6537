"""Records the practice portal of 海河财险, whose page alone can ask: walks instead of answers."""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page

from companion.practice import haihe
from companion.practice.ledger import Ledger
from scripts.recording.recorder import SERIALISE, Recorder, StoppedClock, Visit, clerks_browser, serving

HOME = "/index.html"
FORM = {
    "plate": "津A8K3L6",
    "vin": "LSVNB2A41N2063518",
    "engine": "EA211A7735",
    "model": "大众SVW71410CU",
    "insured": "林晓峰",
    "identity": "120103199003074518",
    "phone": "13900000001",
    "start": "2026-04-01",
}


class Session(Visit):
    """A clerk's browser at the practice portal."""

    async def see(self, route: str, then: str) -> Page:
        """A page in a new tab, once something is there."""
        page = await self.open(f"{HOME}#{route}")
        await page.wait_for_selector(then)
        return page

    async def keep_walk(self, name: str, query: str, number: str, page: Page) -> None:
        """Record a page as the end of a walk."""
        given = {"as": "walk", "query": query, "url": HOME, "number": number}
        self.recorder.keep(f"{name}.html", await page.evaluate(SERIALISE), given)

    async def search(self, number: str) -> Page:
        """The list, searched for a number."""
        page = await self.see("/quotes", ".el-pagination__total")
        await page.fill("[name=keyword]", number)
        await page.click(".search-form .el-button")
        await page.wait_for_selector(".condition")
        return page


async def play(clerk: Session, portal: haihe.Portal) -> None:
    """The clerk's own way: log in, save, find, look at it; then what comes without a session."""
    page = await clerk.see("/login", ".login-form")
    await clerk.keep_page("login", page)
    await page.fill("[name=username]", "clerk01")
    await page.fill("[name=password]", "wrong")
    await page.click(".el-button")
    await page.wait_for_selector(".login-error:not(:empty)")
    await clerk.keep_page("login-wrong", page)
    await page.fill("[name=password]", "practice-01")
    await page.click(".el-button")
    await page.wait_for_selector(".el-table__row")
    await clerk.keep_page("list", page)
    entry = await clerk.see("/quote/new", ".quote-form")
    await clerk.keep_page("entry-blank", entry)
    for name, value in FORM.items():
        await entry.fill(f"[name={name}]", value)
    for name in ("refused", "saved"):
        portal.change(["save_refused"] if name == "refused" else [])
        async with entry.expect_response("**/api/quotes") as answered:
            await entry.click(".el-button")
        note = {"method": "POST", "url": "/api/quotes", "status": 200}
        text = await (await answered.value).text()
        clerk.recorder.keep(f"save-{name}.json", text, {"as": "note", "note": note})
        await entry.wait_for_selector(f".el-message--{'error' if name == 'refused' else 'success'}")
        await clerk.keep_page(f"entry-{name}", entry)
    number = list(portal.quotes)[-1]
    await clerk.keep_walk("walk-confirm", "confirm", number, await clerk.search(number))
    await clerk.keep_walk(
        "walk-unknown", "confirm", "HHQ20260101999999", await clerk.search("HHQ20260101999999")
    )
    await clerk.keep_walk(
        "walk-not-searched", "confirm", number, await clerk.see("/quotes", ".el-table__row")
    )
    await clerk.keep_page("detail-unknown", await clerk.see("/quote/HHQ20260101999999", ".el-empty"))
    await clerk.context.route("**/api/quotes?*", lambda route: route.fulfill(status=503, body="系统维护中"))
    await clerk.keep_page("list-maintenance", await clerk.see("/quotes", ".el-message--error"))
    await clerk.context.unroute("**/api/quotes?*")
    detail = await clerk.see(f"/quote/{number}", ".quote-detail .coverage")
    await clerk.keep_page("detail", detail)
    await clerk.keep_walk("walk-detail", "detail", number, detail)
    await detail.evaluate("() => localStorage.clear()")
    out = await clerk.see("/quotes", ".login-form")
    await clerk.keep_walk("walk-logged-out", "confirm", number, out)


async def record(recorder: Recorder) -> None:
    """Serve a portal, play the clerk, keep what is seen."""
    clock = StoppedClock()
    with TemporaryDirectory() as folder:
        portal = haihe.Portal(Ledger(Path(folder) / "ledger.jsonl", clock), clock, {}, 6)
        async with serving(haihe.make_app(portal), haihe.HOST) as origin, clerks_browser() as context:
            await play(Session(recorder, context, origin), portal)
