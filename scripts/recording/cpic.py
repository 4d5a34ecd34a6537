"""Records the practice portal in the style of CPIC."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from companion.practice import cpic
from companion.practice.ledger import Ledger
from scripts.recording.recorder import Recorder, StoppedClock, Visit, clerks_browser, serving

PAGES = "/ecar/view/portal/page"
ENTRY = f"{PAGES}/quick_quotation/quick_quotation.html"
LIST, DETAIL = "quotationPolicy/queryQuotationPolicy", "quotationPolicy/queryQuotationDetail"
JSON = "application/json; charset=utf-8"
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
        kind = "json" if answer["text"].startswith("{") else "html"
        encoding = {"content_type": answer["type"], "encoding": answer["charset"]}
        self.recorder.keep(f"{name}.{kind}", answer["text"], {**given, **encoding})
        await page.close()
        return json.loads(answer["text"])["result"] if kind == "json" else None

    async def log_in(self) -> None:
        """Log in as the first clerk, whose home page is recorded too."""
        page = await self.context.new_page()
        async with page.expect_response("**/captchaImage*"):
            await page.goto(self.origin + f"{PAGES}/common/login.html")
        await self.keep_page("login", page)
        drawn = [json.loads(line) for line in self.ledger.read_text(encoding="utf-8").splitlines()]
        await page.fill("#j_username", "clerk01")
        await page.fill("#j_password", "practice-01")
        await page.fill("#verifyCode", drawn[-1]["answer"])
        await page.click("#loginBtn")
        await page.wait_for_selector("#userCode")
        await page.wait_for_load_state("networkidle")
        await self.keep_page("home", page)
        await page.close()

    async def entry(self, query: str = "") -> Page:
        """The quotation form in a new tab, once it is ready."""
        page = await self.open(ENTRY + query)
        await page.wait_for_selector("#coverages tr")
        return page

    async def save(self, page: Page, name: str, path: str, button: str, then: str) -> str:
        """Press a button that saves; record the answer on the wire. Returns the number, if any."""
        async with page.expect_response(f"**/ecar/{path}") as answer:
            await page.click(button)
        text = await (await answer.value).text()
        note = {"method": "POST", "url": f"/ecar/{path}", "status": 200}
        self.recorder.keep(f"{name}.json", text, {"as": "note", "note": note})
        await page.wait_for_selector(then)
        return str((json.loads(text)["result"] or {}).get("quotationNo", ""))


async def fill(page: Page) -> None:
    """Fill the quotation form."""
    for name, value in FORM.items():
        await page.fill(f"#{name}", value)


async def record_pages(clerk: Session) -> str:
    """The clerk's own way: log in, enter, save, look at it. Returns the number saved."""
    await clerk.log_in()
    entry = await clerk.entry()
    await clerk.keep_page("entry-blank", entry)
    await fill(entry)
    clerk.portal.change(["save_refused"])
    await clerk.save(entry, "save-refused", "ecar/quickSave", "#quickSaveBtn", ".layer-shade")
    await clerk.keep_page("entry-refused", entry)
    await entry.click(".layer-ok")
    clerk.portal.change([])
    number = await clerk.save(entry, "save-quick", "ecar/quickSave", "#quickSaveBtn", ".layer-msg")
    await clerk.keep_page("entry-quick-saved", entry)
    await entry.wait_for_selector(".layer-msg", state="detached")
    await entry.check("#nonMotor")
    await clerk.save(entry, "save-full", "insure/saveInsureInfo", "#saveBtn", ".layer-msg")
    await clerk.keep_page("entry-saved", entry)
    again = await clerk.entry(f"?quotationNo={number}")
    await again.wait_for_function("document.getElementById('quotationNo').value !== ''")
    await clerk.keep_page("entry-opened-again", again)
    for name, path in (
        ("query", "quotation_search/quotation_search.html"),
        ("detail", "quotation_detail/quotation_detail.html"),
    ):
        page = await clerk.open(f"{PAGES}/{path}?quotationNo={number}")
        await page.wait_for_load_state("networkidle")
        await clerk.keep_page(name, page)
    return number


async def record_answers(clerk: Session, number: str) -> None:
    """What the profile's queries are answered, in every state a portal gets into."""
    unknown = number[:-4] + "9999"
    await clerk.keep_answer("whoami", "whoami", "auth/getUserInfo")
    await clerk.keep_answer("confirm-both-lines", "confirm", LIST, quotationNo=number)
    await clerk.keep_answer("confirm-unknown", "confirm", LIST, quotationNo=unknown)
    found = await clerk.keep_answer("detail-both-lines", "detail", DETAIL, quotationNo=number)
    await clerk.keep_answer("detail-unknown", "detail", DETAIL, quotationNo=unknown)
    beside = found["nonMotorQuotationNo"]
    await clerk.keep_answer("confirm-non-motor", "confirm", LIST, quotationNo=beside)
    await clerk.keep_answer("detail-non-motor", "detail", DETAIL, quotationNo=beside)
    single = await clerk.entry()
    await fill(single)
    await single.uncheck("#commercial")
    alone = await clerk.save(single, "save-one-line", "ecar/quickSave", "#quickSaveBtn", ".layer-msg")
    await clerk.keep_answer("confirm-compulsory", "confirm", LIST, quotationNo=alone)
    await clerk.keep_answer("detail-compulsory", "detail", DETAIL, quotationNo=alone)
    await record_later_states(clerk, number, alone)
    await record_troubles(clerk, number)


async def record_later_states(clerk: Session, number: str, alone: str) -> None:
    """What becomes of quotations: underwriting, deletion of a line and of everything."""
    somebody = cpic.CLERKS["clerk01"]
    clerk.portal.change(["one_line_refused"])
    clerk.portal.submit(number, somebody)
    clerk.portal.change([])
    await clerk.keep_answer("confirm-one-line-refused", "confirm", LIST, quotationNo=number)
    clerk.portal.delete(number, ["commercial"], somebody)
    await clerk.keep_answer("confirm-one-line-deleted", "confirm", LIST, quotationNo=number)
    clerk.portal.delete(alone, [], somebody)
    await clerk.keep_answer("confirm-deleted", "confirm", LIST, quotationNo=alone)


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
        portal = cpic.Portal(kept, clock, {})
        async with serving(cpic.make_app(portal), cpic.HOST) as origin, clerks_browser() as context:
            clerk = Session(recorder, context, origin, portal, ledger)
            await record_answers(clerk, await record_pages(clerk))
        kept.close()
