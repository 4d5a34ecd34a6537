"""Records the practice portal in the style of Ping An."""

import json
import re
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from companion.practice import pingan
from companion.practice.ledger import Ledger
from scripts.recording.recorder import Recorder, StoppedClock, Visit, clerks_browser, serving

INSIDE, MOVED = "/icore_pnbs", "/icore_pnbs_v2"
ENTRY = f"{INSIDE}/view/quotation.html"
LIST, DETAIL = "do/app/workbench/queryQuoteList", "do/app/quotation/queryVoucher"
QUOTE = f"{INSIDE}/do/app/quotation/applyQueryAndQuote"
FORM = {
    "vehicleLicenceCode": "浙B-8K3L6",
    "vehicleFrameNo": "LSVNB2A41N2063518",
    "engineNo": "EA211A7735",
    "autoModelName": "大众SVW71410CU",
    "firstRegisterDate": "2022-05-18",
    "price": "128900",
    "personnelName": "林晓峰",
    "certificateTypeNo": "330203199003074518",
    "mobileTelephone": "13900000001",
}
FETCH = """async ([path, body]) => {
  const headers = body === null ? {} : { "Content-Type": "application/json;charset=UTF-8" };
  const method = body === null ? "GET" : "POST";
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const type = answer.headers.get("content-type");
  const charset = /gbk/i.test(type) ? "gbk" : "utf-8";
  const text = new TextDecoder(charset).decode(await answer.arrayBuffer());
  return { status: answer.status, url: new URL(answer.url).pathname, type, charset, text };
}"""
HIDDEN_ANSWER = """() => new Promise((resolve) => new MutationObserver((_changes, observer) => {
  const frame = document.querySelector("iframe");
  if (!frame) return;
  observer.disconnect();
  const html = () => "<!DOCTYPE html>\\n" + frame.contentDocument.documentElement.outerHTML + "\\n";
  frame.addEventListener("load", () => resolve(html()));
}).observe(document.body, { childList: true }))"""


@dataclass
class Settled(Recorder):
    """Writes what differs from one start of the portal to the next always the same way."""

    ports: dict[str, str] = field(default_factory=dict)
    """Address of a host -> the same without its port."""

    def keep(self, name: str, text: str, given: dict[str, Any]) -> None:
        """As Recorder."""
        for address, bare in self.ports.items():
            text = text.replace(address, bare)
        super().keep(name, re.sub(r"LT-[0-9a-f]{16}", "LT-0000000000000000", text), given)


@dataclass
class Session(Visit):
    """A clerk's browser at the practice portal, whose `ledger` tells what captchas say."""

    portal: pingan.Portal
    ledger: Path

    async def keep_answer(self, name: str, query: str, path: str, body: dict[str, Any] | None = None) -> None:
        """Record what the portal answers to one of the profile's queries."""
        page = await self.open("/static/logo.svg")
        answer = await page.evaluate(FETCH, [path if path[0] == "/" else f"{INSIDE}/{path}", body])
        given = {"as": "answer", "query": query, "status": answer["status"], "url": answer["url"]}
        kind = {"{": "json", "<": "html"}.get(answer["text"][0], "txt")
        encoding = {"content_type": answer["type"], "encoding": answer["charset"]}
        self.recorder.keep(f"{name}.{kind}", answer["text"], {**given, **encoding})
        await page.close()

    async def log_in(self) -> None:
        """Log in as the first clerk; the log-in page and the shell are recorded."""
        page = await self.context.new_page()
        async with page.expect_response("**/captcha.png*"):
            await page.goto(f"{self.origin}{INSIDE}/index.html")
        await self.keep_page("login", page)
        drawn = [json.loads(line) for line in self.ledger.read_text(encoding="utf-8").splitlines()]
        await page.fill("#username", "WANGLI001")
        await page.fill("#password", "practice-01")
        await page.fill("#randCode", next(one["answer"] for one in drawn[::-1] if one["what"] == "captcha"))
        await page.click("#loginBtn")
        await page.wait_for_selector("#umCode:not(:empty)")
        await self.keep_page("shell", page)
        await page.close()

    async def entry(self, query: str = "") -> Page:
        """The quotation form in a tab of its own."""
        page = await self.open(ENTRY + query)
        await page.wait_for_selector("[name=price]")
        return page

    async def quote(self, page: Page, name: str) -> str:
        """Press 报价并保存 and record the answer on the wire. Returns the quotation's number, if any."""
        async with page.expect_response(f"**{QUOTE}") as answer:
            await page.click("text=报价并保存")
        text = await (await answer.value).text()
        await page.wait_for_selector("button:enabled >> text=报价并保存")
        self.recorder.keep(
            f"{name}.json", text, {"as": "note", "note": {"method": "POST", "url": QUOTE, "status": 200}}
        )
        return str(json.loads(text).get("voucher", {}).get("quotationNo", ""))


async def fill(page: Page) -> None:
    """Fill the quotation form."""
    for name, value in FORM.items():
        await page.fill(f"[name={name}]", value)


async def record_pages(clerk: Session) -> str:
    """The clerk's own way: log in, enter, quote, look at it. Returns the number of the quotation."""
    await clerk.log_in()
    entry = await clerk.entry()
    await clerk.keep_page("entry-blank", entry)
    await fill(entry)
    clerk.portal.change(["save_refused"])
    await clerk.quote(entry, "save-refused")
    await clerk.keep_page("entry-refused", entry)
    clerk.portal.change([])
    number = await clerk.quote(entry, "save-two-lines")
    await clerk.keep_page("entry-saved", entry)
    again = await clerk.entry(f"?quotationNo={number}")
    await again.wait_for_selector(f"text={number}")
    await clerk.keep_page("entry-opened-again", again)
    await record_odd_saves(clerk)
    bench = await clerk.open(f"{INSIDE}/view/workbench.html")
    await bench.wait_for_selector("tr.list-row")
    await clerk.keep_page("workbench", bench)
    detail = await clerk.open(f"{INSIDE}/view/detail.html?quotationNo={number}")
    await detail.wait_for_selector(f"text={number}")
    await clerk.keep_page("detail", detail)
    return number


async def record_odd_saves(clerk: Session) -> None:
    """A save of which the page shows nothing, and one by a form into a hidden frame."""
    clerk.portal.change(["network_only"])
    silent = await clerk.entry()
    await fill(silent)
    await clerk.quote(silent, "save-silent")
    await clerk.keep_page("entry-silent", silent)
    clerk.portal.change(["page_only"])
    form = await clerk.entry()
    await fill(form)
    answer = await form.evaluate_handle(f"() => ({{ page: ({HIDDEN_ANSWER})() }})")
    await form.click("text=报价并保存")
    text = await answer.evaluate("({ page }) => page")
    clerk.recorder.keep("answer-in-a-frame.html", text, {"as": "page", "url": QUOTE})
    await form.wait_for_selector(".ui-message")
    await clerk.keep_page("entry-saved-by-form", form)
    clerk.portal.change([])


async def record_answers(clerk: Session, number: str) -> None:
    """What the profile's queries are answered, in every state a portal gets into."""
    unknown = number[:-4] + "9999"
    await clerk.keep_answer("whoami", "whoami", "do/app/user/getUserInfo")
    await clerk.keep_answer("confirm-two-lines", "confirm", LIST, {"documentNo": number})
    await clerk.keep_answer("confirm-unknown", "confirm", LIST, {"documentNo": unknown})
    await clerk.keep_answer("detail-two-lines", "detail", DETAIL, {"quotationNo": number})
    await clerk.keep_answer("detail-unknown", "detail", DETAIL, {"quotationNo": unknown})
    single = await clerk.entry()
    await fill(single)
    await single.uncheck("[name=c01Selected]")
    alone = await clerk.quote(single, "save-one-line")
    await clerk.keep_answer("confirm-one-line", "confirm", LIST, {"documentNo": alone})
    await clerk.keep_answer("detail-one-line", "detail", DETAIL, {"quotationNo": alone})
    somebody = pingan.CLERKS["WANGLI001"]
    clerk.portal.change(["one_line_refused"])
    clerk.portal.apply(number, somebody)
    await clerk.keep_answer("confirm-one-line-refused", "confirm", LIST, {"documentNo": number})
    clerk.portal.delete(number, somebody)
    await clerk.keep_answer("confirm-deleted", "confirm", LIST, {"documentNo": number})
    await record_troubles(clerk, alone)


async def record_troubles(clerk: Session, number: str) -> None:
    """Answers that are none, and the end of the session."""
    clerk.portal.change(["maintenance"])
    await clerk.keep_answer("confirm-maintenance", "confirm", LIST, {"documentNo": number})
    clerk.portal.change(["changed_prefix"])
    await clerk.keep_answer("confirm-moved-away", "confirm", LIST, {"documentNo": number})
    await clerk.keep_answer("confirm-moved-here", "confirm", f"{MOVED}/{LIST}", {"documentNo": number})
    clerk.portal.change([])
    await clerk.context.clear_cookies()
    await clerk.keep_answer("confirm-logged-out", "confirm", LIST, {"documentNo": number})
    await clerk.keep_answer("whoami-logged-out", "whoami", "do/app/user/getUserInfo")


async def record(recorder: Recorder) -> None:
    """Serve a portal, play the clerk, keep what is seen."""
    clock = StoppedClock()
    async with AsyncExitStack() as stack:
        ledger = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "ledger.jsonl"
        portal = pingan.Portal(Ledger(ledger, clock), clock, {})
        stack.callback(portal.ledger.close)
        sites = pingan.make_sites(portal)
        addresses = {
            site.name: await stack.enter_async_context(serving(site.app, site.host)) for site in sites
        }
        portal.told(addresses)
        context = await stack.enter_async_context(clerks_browser())
        ports = {address: address.rsplit(":", 1)[0] for address in addresses.values()}
        settled = Settled(recorder.folder, recorder.written, ports)
        clerk = Session(settled, context, addresses["origin"], portal, ledger)
        await record_answers(clerk, await record_pages(clerk))
