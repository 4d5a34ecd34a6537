"""Records the practice portal in the style of Ping An."""

import json
import re
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Frame, Page

from companion.practice import pingan
from companion.practice.ledger import Ledger
from scripts.recording.recorder import SERIALISE, Recorder, StoppedClock, Visit, clerks_browser, serving

INSIDE, MOVED = "/icore_pnbs", "/icore_pnbs_v2"
ENTRY = f"{INSIDE}/view/quotation.html"
LIST, DETAIL = "do/app/workbench/queryQuoteList", "do/app/quotation/queryVoucherList"
CALLS = f"{INSIDE}/do/app"
QUOTE = f"{CALLS}/quotation/applyQueryAndQuote"
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
        text = re.sub(r"LT-[0-9a-f]{16}", "LT-0000000000000000", text)
        text = re.sub(r'(code=|"code" value=")[0-9A-F]{20}', r"\g<1>00000000000000000000", text)
        super().keep(name, text, given)


@dataclass
class Session(Visit):
    """A clerk's browser at the practice portal, whose `ledger` tells what captchas say."""

    portal: pingan.Portal
    ledger: Path

    async def keep_page(self, name: str, page: Page | Frame) -> None:
        """As Visit, of whatever host, and of a frame as well."""
        parts = urlsplit(page.url)
        url = parts.path + (f"?{parts.query}" if parts.query and "code=" not in parts.query else "")
        self.recorder.keep(f"{name}.html", await page.evaluate(SERIALISE), {"as": "page", "url": url})

    async def keep_answer(self, name: str, query: str, path: str, body: dict[str, Any] | None = None) -> None:
        """Record what the portal answers to one of the profile's queries."""
        page = await self.open("/static/logo.svg")
        answer = await page.evaluate(FETCH, [path if path[0] == "/" else f"{INSIDE}/{path}", body])
        given = {"as": "answer", "query": query, "status": answer["status"], "url": answer["url"]}
        given |= {"numbers": body["documentNo"].split(",") if body else []}
        kind = {"{": "json", "<": "html"}.get(answer["text"][0], "txt")
        encoding = {"content_type": answer["type"], "encoding": answer["charset"]}
        self.recorder.keep(f"{name}.{kind}", answer["text"], {**given, **encoding})
        await page.close()

    async def log_in(self) -> None:
        """Log in as the first clerk; the log-in page and the shell are recorded."""
        page = await self.context.new_page()
        async with page.expect_response("**/captcha.png*"):
            await page.goto(f"{self.origin}{INSIDE}/index.html")
        await self.keep_page("login-inside", page)
        async with page.expect_response("**/captcha.png*"):
            await page.goto(self.origin)
        await self.keep_page("login", page)
        async with page.expect_response("**/captcha.png*"):
            await self._type_log_in(page, "practice-0")
        await self.keep_page("login-wrong", page)
        await self._type_log_in(page, "practice-01")
        await page.wait_for_selector("#umCode:not(:empty)")
        await self.keep_page("shell", page)
        await page.close()

    async def _type_log_in(self, page: Page, password: str) -> None:
        drawn = [json.loads(line) for line in self.ledger.read_text(encoding="utf-8").splitlines()]
        await page.fill("#username", "WANGLI001")
        await page.fill("#password", password)
        await page.fill("#randCode", next(one["answer"] for one in drawn[::-1] if one["what"] == "captcha"))
        await page.click("#loginBtn")

    async def entry(self, query: str = "") -> Page:
        """The quotation form in a tab of its own."""
        page = await self.open(ENTRY + query)
        await page.wait_for_selector("[name=price]")
        return page

    async def quote(self, page: Page, name: str) -> str:
        """Press 报价并保存 and record the answer on the wire. Returns the quotation's number, if any."""
        told = await self.heard(page, name, QUOTE, "text=报价并保存")
        await page.wait_for_selector("button:enabled >> text=报价并保存")
        return str(told.get("voucher", {}).get("quotationNo", ""))

    async def heard(self, page: Page, name: str, path: str, press: str) -> dict[str, Any]:
        """Press something and record the answer on the wire; what was sent too, if it is a number alone."""
        async with page.expect_response(f"**{path}") as awaited:
            await page.click(press)
        answer = await awaited.value
        text = await answer.text()
        note = {"method": "POST", "url": path, "status": 200}
        sent = answer.request.post_data or ""
        if sent.startswith('{"quotationNo"'):
            note["requestBody"] = sent
        self.recorder.keep(f"{name}.json", text, {"as": "note", "note": note})
        told: dict[str, Any] = json.loads(text)
        return told

    async def apply(self, page: Page, name: str, shown: str) -> None:
        """Press 提交核保; record the answer on the wire and the page once it shows a word."""
        await page.click("button:enabled >> text=提交核保")
        await self.heard(page, name, f"{CALLS}/apply/applyPolicy", ".ui-confirm >> text=确定")
        await page.wait_for_selector(f".ui-message >> text={shown}")
        await self.keep_page(f"entry-{name}", page)


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
    detail = await clerk.open(f"{INSIDE}/view/detail.html?quotationNo={number}")
    await detail.wait_for_selector(f"text={number}")
    await clerk.keep_page("detail", detail)
    return number


async def record_underwriting(clerk: Session, number: str) -> None:
    """Underwriting, decided at once and pushed later, and taking back what was submitted."""
    clerk.portal.change(["one_line_refused"])
    entry = await clerk.entry(f"?quotationNo={number}")
    await clerk.apply(entry, "apply-one-line-refused", "待修改")
    await clerk.keep_answer("confirm-one-line-refused", "confirm", LIST, {"documentNo": number})
    bench = await clerk.open(f"{INSIDE}/view/workbench.html")
    await bench.click(f"tr:has-text('{number}') >> text=撤回")
    withdraw = f"{CALLS}/apply/withdrawApply"
    await clerk.heard(bench, "withdrawn", withdraw, ".ui-confirm >> text=确定")
    await bench.wait_for_selector(".ui-message")
    await clerk.keep_page("workbench-withdrawn", bench)
    await clerk.keep_answer("confirm-withdrawn", "confirm", LIST, {"documentNo": number})
    clerk.portal.change(["pushed_result=0.3"])
    # The shell tells its frames what is pushed.
    shell = await clerk.open(f"{INSIDE}/index.html#/quotation")
    form = shell.frame_locator("#main")
    for name, value in FORM.items():
        await form.locator(f"[name={name}]").fill(value)
    await form.locator("text=报价并保存").click()
    await form.locator("button:enabled >> text=提交核保").click()
    async with shell.expect_response(f"**{CALLS}/apply/applyPolicy") as awaited:
        await form.locator(".ui-confirm >> text=确定").click()
    text = await (await awaited.value).text()
    note = {"method": "POST", "url": f"{CALLS}/apply/applyPolicy", "status": 200}
    clerk.recorder.keep("apply-in-review.json", text, {"as": "note", "note": note})
    inside = next(frame for frame in shell.frames if frame.name == "main")
    await form.locator(".ui-message >> text=核保中").wait_for()
    await clerk.keep_page("entry-in-review", inside)
    await form.locator(".ui-message >> text=待缴费").wait_for()
    await clerk.keep_page("entry-pushed", inside)
    clerk.portal.change([])


async def record_payment(clerk: Session, number: str) -> None:
    """The payment host's page with the code, as a picture and on a canvas; then what has been paid."""
    entry = await clerk.entry(f"?quotationNo={number}")
    await clerk.apply(entry, "apply-passed", "自动核保通过")
    await clerk.keep_answer("confirm-passed", "confirm", LIST, {"documentNo": number})
    layer = await clerk.open(f"{INSIDE}/view/payment.html?quotationNo={number}")
    for mood, name in (("canvas_qr", "cashier-canvas"), ("", "cashier")):
        clerk.portal.change(mood.split())
        await layer.click("button:enabled >> text=扫码支付")
        code = "canvas" if mood else "img.qrcode"
        await layer.frame_locator("#payFrame").locator(code).wait_for()
        await clerk.keep_page(name, next(frame for frame in layer.frames if frame.name == "payFrame"))
    record = f"{CALLS}/payment/queryPayRecord"
    await clerk.heard(layer, "unpaid", record, "text=支付结果查询")
    customer = await clerk.context.new_page()
    await customer.goto(await _code(clerk))
    await clerk.keep_page("customer", customer)
    await customer.click("#confirmPay")
    await clerk.heard(layer, "paid", record, "text=支付结果查询")
    await layer.wait_for_selector("text=已承保")
    await clerk.keep_page("payment-paid", layer)
    records = await clerk.open(f"{INSIDE}/view/payrecord.html")
    await clerk.heard(records, "pay-records", record, "button >> text=查询")


async def _code(clerk: Session) -> str:
    lines = clerk.ledger.read_text(encoding="utf-8").splitlines()
    codes = [entry for line in lines if (entry := json.loads(line))["what"] == "pay_code"]
    return str(codes[-1]["url"])


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
    await clerk.keep_answer("detail-two-lines", "detail", DETAIL, {"documentNo": number})
    await clerk.keep_answer("detail-unknown", "detail", DETAIL, {"documentNo": unknown})
    single = await clerk.entry()
    await fill(single)
    await single.uncheck("[name=c01Selected]")
    alone = await clerk.quote(single, "save-one-line")
    await clerk.keep_answer("confirm-one-line", "confirm", LIST, {"documentNo": alone})
    await clerk.keep_answer("detail-one-line", "detail", DETAIL, {"documentNo": alone})
    await record_underwriting(clerk, number)
    await record_payment(clerk, number)
    await record_lists(clerk, number, alone)
    await record_troubles(clerk, number)


async def record_lists(clerk: Session, number: str, alone: str) -> None:
    """The lists with rows of every sort, deletion, and what policies are answered by any of their numbers."""
    bench = await clerk.open(f"{INSIDE}/view/workbench.html")
    await bench.click(f"tr:has-text('{alone}') >> text=删除")
    delete = f"{CALLS}/workbench/deleteQuotePolicy"
    await clerk.heard(bench, "deleted", delete, ".ui-confirm >> text=确定")
    await bench.wait_for_selector(".ui-message")
    await clerk.keep_page("workbench", bench)
    await clerk.keep_answer("confirm-deleted", "confirm", LIST, {"documentNo": alone})
    policies = await clerk.open(f"{INSIDE}/view/policy.html")
    await policies.wait_for_selector("tr.list-row")
    await clerk.keep_page("policy", policies)
    quotation = clerk.portal.book.get(number)
    assert quotation
    (applied, other), policy = quotation.apply_numbers, quotation.documents[0].policy_number
    await clerk.keep_answer("confirm-issued", "confirm", LIST, {"documentNo": f"{applied},{other}"})
    await clerk.keep_answer("confirm-by-policy", "confirm", LIST, {"documentNo": policy})
    await clerk.keep_answer("detail-issued", "detail", DETAIL, {"documentNo": f"{applied},{other}"})


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
        settled = Settled(recorder.folder, recorder.written, ports=ports)
        clerk = Session(settled, context, addresses["origin"], portal, ledger)
        await record_answers(clerk, await record_pages(clerk))
