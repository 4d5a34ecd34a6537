"""Records the practice portal in the style of CPIC."""

import itertools
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from companion.practice import cpic
from companion.practice.cpic import tariff
from companion.practice.cpic.payments import Order, Orders
from companion.practice.ledger import Ledger
from scripts.recording.recorder import SERIALISE, Recorder, StoppedClock, Visit, clerks_browser, serving

PAGES = "/ecar/view/portal/page"
ENTRY = f"{PAGES}/quick_quotation/quick_quotation.html"
SEARCH = f"{PAGES}/quotation_search/quotation_search.html"
PAYMENT = f"{PAGES}/payment/payment.html"
RECORDS = f"{PAGES}/payment_record/payment_record.html"
POLICIES = f"{PAGES}/policy_search/policy_search.html"
DETAIL_PAGE = f"{PAGES}/quotation_detail/quotation_detail.html"
LIST, DETAIL = "quotationPolicy/queryQuotationPolicy", "quotationPolicy/queryQuotationDetail"
FORM = {
    "plateNo": "浙B8K3L6",
    "carVIN": "LSVNB2A41N2063518",
    "engineNo": "EA211A7735",
    "modelType": "大众SVW71410CU",
    "stRegisterDate": "2022-05-18",
    "purchasePrice": "128900",
    "ownerName": "林晓峰",
    "insuredName": "林晓峰",
    "certNo": "330203199003074518",
    "telephone": "13900000001",
}
FETCH = """async ([path, envelope]) => {
  const headers = { "Content-Type": "application/json;charset=UTF-8" };
  const answer = await fetch(`/ecar/${path}`, { method: "POST", headers, body: JSON.stringify(envelope) });
  const type = answer.headers.get("content-type");
  const charset = /gbk/i.test(type) ? "gbk" : "utf-8";
  const text = new TextDecoder(charset).decode(await answer.arrayBuffer());
  return { status: answer.status, url: new URL(answer.url).pathname, type, charset, text };
}"""
COVERAGES = [tariff.DAMAGE, tariff.THIRD_PARTY, tariff.DRIVER, tariff.PASSENGERS]
OVERHEAR = """() => {
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    // Said at once: a page that loads itself anew right after the answer takes the answer with it.
    this.addEventListener("load", () => console.log(JSON.stringify({ body, text: this.responseText })));
    XMLHttpRequest.prototype.send = send;
    send.call(this, body);
  };
}"""
SOMEBODY = cpic.CLERKS["clerk01"]


class StillPortal(cpic.Portal):
    """A portal whose payment codes are the same at every recording."""

    def __init__(self, ledger: Ledger, clock: StoppedClock) -> None:
        super().__init__(ledger, clock, {}, rows=24)
        serial = itertools.count(1)
        self.orders = Orders(lambda: f"token-{next(serial)}")

    def picture(self, order: Order, origin: str) -> str:
        """The code without the port, which differs from one recording to the next."""
        return super().picture(order, f"http://{cpic.HOST}")


@dataclass
class Session(Visit):
    """A clerk's browser at the practice portal, whose `ledger` tells what captchas say."""

    portal: cpic.Portal
    ledger: Path

    async def keep_answer(self, name: str, query: str, path: str, **redata: Any) -> Any:
        """Record what the portal answers to one of the profile's queries; its result, where it has one."""
        page = await self.open(f"{PAGES}/common/login.html")
        answer = await page.evaluate(FETCH, [path, {"meta": {}, "redata": redata}])
        given = {"as": "answer", "query": query, "status": answer["status"], "url": answer["url"]}
        given |= {"numbers": [*redata.values()]}
        kind = "json" if answer["text"].startswith("{") else "html"
        encoding = {"content_type": answer["type"], "encoding": answer["charset"]}
        self.recorder.keep(f"{name}.{kind}", answer["text"], {**given, **encoding})
        await page.close()
        return json.loads(answer["text"])["result"] if kind == "json" else None

    async def log_in(self) -> None:
        """Log in as the first clerk, whose home page is recorded too."""
        wrong = await self.try_log_in("practice-02")
        await wrong.wait_for_selector("#errorMsg:not(:empty)")
        await self.keep_page("login-wrong", wrong)
        await wrong.close()
        page = await self.try_log_in("practice-01")
        await page.wait_for_selector("#userCode")
        await page.wait_for_load_state("networkidle")
        await self.keep_page("home", page)
        await page.close()

    async def try_log_in(self, password: str) -> Page:
        """Fill the log-in form in a new tab, its captcha read right, and press the button."""
        page = await self.context.new_page()
        async with page.expect_response("**/captchaImage*"):
            await page.goto(self.origin + f"{PAGES}/common/login.html")
        await self.keep_page("login", page)
        drawn = [json.loads(line) for line in self.ledger.read_text(encoding="utf-8").splitlines()]
        await page.fill("#j_username", "clerk01")
        await page.fill("#j_password", password)
        await page.fill("#verifyCode", [entry["answer"] for entry in drawn if entry["what"] == "captcha"][-1])
        await page.click("#loginBtn")
        return page

    async def see(self, path: str, then: str) -> Page:
        """A page in a new tab, once something is there."""
        page = await self.open(path)
        await page.wait_for_selector(then)
        await page.wait_for_load_state("networkidle")
        return page

    async def press(self, page: Page, name: str, path: str, button: str, then: str) -> Any:
        """Press a button that asks the portal; record the answer on the wire and give its result."""
        await page.evaluate(OVERHEAR)
        async with page.expect_console_message(lambda said: said.text.startswith("{")) as heard:
            await page.click(button)
        sent, text = json.loads((await heard.value).text).values()
        sent = re.sub(r'(?<="requestId":")\d+', "1", sent)  # a number by chance
        note = {"method": "POST", "url": f"/ecar/{path}", "status": 200, "requestBody": sent}
        self.recorder.keep(f"{name}.json", text, {"as": "note", "note": note})
        await page.wait_for_selector(then)
        return json.loads(text)["result"] or {}

    async def search(self, name: str, path: str, field: str, number: str, list_path: str = LIST) -> None:
        """Search a list for a number; record the answer and the page."""
        page = await self.see(path, "#userCode")
        await page.fill(field, number)
        await self.press(page, f"{name}-answer", list_path, "#queryBtn", "#list tbody td")
        await self.keep_page(name, page)
        await page.close()

    async def walks(self, name: str, number: str) -> None:
        """Record what walks for a number end at, as long as the portal speaks in ciphertext."""
        self.portal.change(["encrypted"])
        await self.walk(f"walk-confirm-{name}", "confirm", number)
        await self.walk(f"walk-detail-{name}", "detail", number)
        self.portal.change([])

    async def walk(self, name: str, query: str, number: str) -> None:
        """Record the page at the end of a walk for one number."""
        page = await self.see(SEARCH, "#userCode")
        await page.fill("#quotationNo", number)
        await page.click("#queryBtn")
        await page.wait_for_function("document.getElementById('pageInfo').textContent.startsWith('共')")
        if query == "detail":
            await page.click("#list tbody td.col-quotationNo a")
            await page.wait_for_selector("#facts #quotationNo")
        url = page.url.removeprefix(self.origin)
        given = {"as": "walk", "query": query, "url": url, "number": number}
        self.recorder.keep(f"{name}.html", await page.evaluate(SERIALISE), given)
        await page.close()


async def fill(page: Page) -> None:
    """Fill the quotation form."""
    for name, value in FORM.items():
        await page.fill(f"#{name}", value)


async def record_quotation(clerk: Session) -> str:
    """The clerk's own way: log in, enter, save, hand in, look at it. Returns the quotation's number."""
    await clerk.log_in()
    entry = await clerk.see(ENTRY, "#coverages tr")
    await clerk.keep_page("entry-blank", entry)
    await fill(entry)
    clerk.portal.change(["save_refused"])
    await clerk.press(entry, "save-refused", "ecar/quickSave", "#quickSaveBtn", ".layer-shade")
    await clerk.keep_page("entry-refused", entry)
    await entry.click(".layer-ok")
    clerk.portal.change([])
    saved = await clerk.press(entry, "save-quick", "ecar/quickSave", "#quickSaveBtn", ".layer-msg")
    await clerk.keep_page("entry-quick-saved", entry)
    await entry.wait_for_selector(".layer-msg", state="detached")
    await entry.check("#nonMotor")
    await clerk.press(entry, "save-full", "insure/saveInsureInfo", "#saveBtn", ".layer-msg")
    await clerk.keep_page("entry-saved", entry)
    number = str(saved["quotationNo"])
    await record_saved(clerk, number)
    await entry.wait_for_selector(".layer-msg", state="detached")
    await clerk.press(entry, "submit-passed", "insure/submitInsureInfo", "#submitBtn", "#underwriteResult")
    await clerk.keep_page("entry-underwritten", entry)
    return number


async def record_saved(clerk: Session, number: str) -> None:
    """A quotation that is saved and no more: its lines have no numbers of their own."""
    again = await clerk.see(f"{ENTRY}?quotationNo={number}", "#coverages tr")
    await again.wait_for_function("document.getElementById('quotationNo').value !== ''")
    await clerk.keep_page("entry-opened-again", again)
    await clerk.keep_page("query", await clerk.see(f"{SEARCH}?quotationNo={number}", "#list tbody td"))
    await clerk.keep_page("detail", await clerk.see(f"{DETAIL_PAGE}?quotationNo={number}", "#facts span"))
    await clerk.keep_answer("whoami", "whoami", "auth/getUserInfo")
    unknown = number[:-4] + "9999"
    await clerk.keep_answer("confirm-both-lines", "confirm", LIST, quotationNo=number)
    await clerk.keep_answer("confirm-unknown", "confirm", LIST, quotationNo=unknown)
    found = await clerk.keep_answer("detail-both-lines", "detail", DETAIL, quotationNo=number)
    await clerk.keep_answer("detail-unknown", "detail", DETAIL, quotationNo=unknown)
    beside = found["nonMotorQuotationNo"]
    await clerk.keep_answer("confirm-non-motor", "confirm", LIST, quotationNo=beside)
    await clerk.keep_answer("detail-non-motor", "detail", DETAIL, quotationNo=beside)
    await clerk.walks("both-lines", number)
    await clerk.walks("non-motor", beside)
    clerk.portal.change(["encrypted"])
    await clerk.walk("walk-confirm-unknown", "confirm", unknown)
    clerk.portal.change([])


async def record_added_line(clerk: Session) -> None:
    """A quotation of one line that gets a second one after it came back from underwriting."""
    single = await clerk.see(ENTRY, "#coverages tr")
    await fill(single)
    await single.uncheck("#commercial")
    saved = await clerk.press(single, "save-one-line", "insure/saveInsureInfo", "#saveBtn", ".layer-msg")
    number = str(saved["quotationNo"])
    await clerk.keep_answer("confirm-compulsory", "confirm", LIST, quotationNo=number)
    await clerk.keep_answer("detail-compulsory", "detail", DETAIL, quotationNo=number)
    clerk.portal.submit(number, SOMEBODY)
    clerk.portal.withdraw(number, SOMEBODY)
    again = await clerk.see(f"{ENTRY}?quotationNo={number}", "#coverages tr")
    await again.wait_for_function("document.getElementById('quotationNo').value !== ''")
    await again.check("#commercial")
    for code in COVERAGES:
        await again.check(f"#{code}")
    await clerk.press(again, "save-line-added", "insure/saveInsureInfo", "#saveBtn", ".layer-msg")
    await clerk.keep_answer("confirm-line-added", "confirm", LIST, quotationNo=number)
    await clerk.keep_answer("detail-line-added", "detail", DETAIL, quotationNo=number)
    await clerk.walks("line-added", number)
    page = await clerk.see(f"{SEARCH}?quotationNo={number}", "#list tbody td")
    await page.check(".searchCheckbox")
    await page.click("#deleteBtn")
    await page.wait_for_selector(".layer-content")
    await clerk.keep_page("query-before-delete", page)
    await clerk.press(page, "delete", "quotationPolicy/deleteQuotation", ".layer-ok", ".layer-msg")
    await clerk.keep_page("query-deleted", page)
    await clerk.keep_answer("confirm-deleted", "confirm", LIST, quotationNo=number)


async def record_refused_line(clerk: Session) -> None:
    """A quotation of which one line is refused, and then deleted."""
    entry = await clerk.see(ENTRY, "#coverages tr")
    await fill(entry)
    saved = await clerk.press(entry, "save-plain", "insure/saveInsureInfo", "#saveBtn", ".layer-msg")
    number = str(saved["quotationNo"])
    await entry.wait_for_selector(".layer-msg", state="detached")
    clerk.portal.change(["one_line_refused"])
    await clerk.press(entry, "submit-refused", "insure/submitInsureInfo", "#submitBtn", "#underwriteResult")
    clerk.portal.change([])
    await clerk.keep_answer("confirm-one-line-refused", "confirm", LIST, quotationNo=number)
    await clerk.keep_answer("detail-one-line-refused", "detail", DETAIL, quotationNo=number)
    await clerk.search("search-refused", SEARCH, "#quotationNo", number)
    await clerk.walks("one-line-refused", number)
    page = await clerk.see(f"{DETAIL_PAGE}?quotationNo={number}", "#commercialDelete")
    await page.click("#commercialDelete")
    await clerk.press(
        page, "delete-line", "quotationPolicy/deleteQuotation", ".layer-ok", "#commercialInsuransVo"
    )
    await page.wait_for_selector("#commercialDelete", state="detached")
    await page.wait_for_selector("#commercialInsuransVo")
    await clerk.keep_page("detail-line-deleted-page", page)
    await clerk.keep_answer("confirm-one-line-deleted", "confirm", LIST, quotationNo=number)
    await clerk.walks("one-line-deleted", number)


async def record_underwriting(clerk: Session, number: str) -> None:
    """A quotation whose lines have numbers of their own: passed, and withdrawn."""
    await clerk.keep_answer("confirm-passed", "confirm", LIST, quotationNo=number)
    found = await clerk.keep_answer("detail-passed", "detail", DETAIL, quotationNo=number)
    own = found["commercialInsuransVo"]["insuredNo"]
    await clerk.keep_answer("confirm-by-proposal-number", "confirm", LIST, quotationNo=own)
    await clerk.search("search-passed", SEARCH, "#quotationNo", number)
    page = await clerk.see(f"{DETAIL_PAGE}?quotationNo={number}", "#facts span")
    await clerk.keep_page("detail-passed-page", page)
    await clerk.walks("passed", own)
    page = await clerk.see(f"{SEARCH}?quotationNo={number}", "#list tbody td")
    await page.check(".searchCheckbox")
    await page.click("#withdrawBtn")
    await clerk.press(page, "withdraw", "insure/withdrawInsureInfo", ".layer-ok", ".layer-content")
    await clerk.keep_page("query-withdrawn", page)
    await clerk.keep_answer("confirm-withdrawn", "confirm", LIST, quotationNo=number)
    clerk.portal.submit(number, SOMEBODY)


async def record_payment(clerk: Session, number: str) -> None:
    """The codes by which a customer pays, and what is there once they have."""
    for name, moods, how in (("qr", [], "qr"), ("canvas", ["encrypted"], "qr"), ("card", [], "card")):
        clerk.portal.change(moods)
        page = await clerk.see(f"{PAYMENT}?quotationNo={number}", "#list tbody td")
        await page.select_option("#payType", how)
        await page.check(".searchCheckbox")
        if moods:
            await page.click("#payBtn")
            await page.wait_for_selector("#payNo")
        else:
            await clerk.press(page, f"pay-{name}", "paymentQuery/pay", "#payBtn", "#payNo")
        await clerk.keep_page(f"payment-{name}", page)
    clerk.portal.change([])
    pay_no = await page.inner_text("#payNo")
    records = "paymentrecord/query"
    await clerk.search("record-waiting", RECORDS, "#payNo", pay_no, records)
    order = clerk.portal.orders.find(pay_no)
    assert order
    clerk.portal.settle(order)
    await clerk.search("record-paid", RECORDS, "#payNo", pay_no, records)
    answer = await clerk.keep_answer("confirm-issued", "confirm", LIST, quotationNo=number)
    await clerk.keep_answer("detail-issued", "detail", DETAIL, quotationNo=number)
    policy = answer[0]["commercialPolicyNo"]
    await clerk.keep_answer("confirm-by-policy-number", "confirm", LIST, quotationNo=policy)
    await clerk.search("policy", POLICIES, "#policyNo", policy, "policy/queryPolicy")
    await clerk.walks("issued", number)


async def record_lists(clerk: Session) -> None:
    """Every list with many rows, as a table and as the window of a long list."""
    for name, path in (
        ("quotations", f"{SEARCH}?quotationNo="),
        ("payments", PAYMENT),
        ("policies", POLICIES),
    ):
        for kind, moods in (("table", []), ("window", ["encrypted"])):
            clerk.portal.change(moods)
            page = await clerk.see(path, "#list tbody td")
            await clerk.keep_page(f"list-{name}-{kind}", page)
            await page.close()
    clerk.portal.change([])


async def record_troubles(clerk: Session, number: str) -> None:
    """Answers that are none, and the end of the session."""
    clerk.portal.change(["maintenance"])
    await clerk.keep_answer("confirm-maintenance", "confirm", LIST, quotationNo=number)
    clerk.portal.change(["html_instead_of_json"])
    await clerk.keep_answer("confirm-log-in-page", "confirm", LIST, quotationNo=number)
    clerk.portal.change(["encrypted"])
    await clerk.keep_answer("confirm-not-signed", "confirm", LIST, quotationNo=number)
    clerk.portal.change([])
    await clerk.context.clear_cookies()
    await clerk.keep_answer("confirm-logged-out", "confirm", LIST, quotationNo=number)
    await clerk.keep_answer("whoami-logged-out", "whoami", "auth/getUserInfo")


async def record(recorder: Recorder) -> None:
    """Serve a portal, play the clerk, keep what is seen."""
    clock = StoppedClock()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.jsonl"
        kept = Ledger(ledger, clock)
        portal = StillPortal(kept, clock)
        async with serving(cpic.make_app(portal), cpic.HOST) as origin, clerks_browser() as context:
            clerk = Session(recorder, context, origin, portal, ledger)
            number = await record_quotation(clerk)
            await record_added_line(clerk)
            await record_refused_line(clerk)
            await record_underwriting(clerk, number)
            await record_payment(clerk, number)
            await record_lists(clerk)
            await record_troubles(clerk, number)
        kept.close()
