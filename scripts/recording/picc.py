"""Records the practice portal in the style of PICC."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote_plus

from playwright.async_api import Dialog, Frame, Page, Response

from companion.practice import picc
from companion.practice.ledger import Ledger
from scripts.recording.recorder import SERIALISE, Recorder, StoppedClock, Visit, clerks_browser, serving

BUSINESS = "/prpall/business"
GBK_HTML = "text/html; charset=GBK"
ROWS = 24
"""Lines that the lists begin with."""
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
FETCH = """async ([path, body]) => {
  const headers = body === null ? {} : { "Content-Type": "application/x-www-form-urlencoded" };
  const answer = await fetch(path, { method: body === null ? "GET" : "POST", headers, body });
  const text = new TextDecoder("gbk").decode(await answer.arrayBuffer());
  return { status: answer.status, url: new URL(answer.url).pathname, text };
}"""


@dataclass
class Session(Visit):
    """A clerk's browser at the practice portal, whose `ledger` tells what captchas say."""

    portal: picc.Portal
    ledger: Path
    said: list[str] = field(default_factory=list)
    """The words of the dialogs so far."""

    async def keep_answer(self, name: str, query: str, path: str, body: str | None = None) -> None:
        """Record what the portal answers to one of the profile's queries."""
        page = await self.open("/prpall/welcome.do")
        answer = await page.evaluate(FETCH, [path, body])
        given = {"as": "answer", "query": query, "status": answer["status"], "url": answer["url"]}
        given |= {"numbers": re.findall(r"TD[A-Z]{2}\d{18}", f"{path} {body}")}
        kind = "json" if answer["text"].startswith("{") else "html"
        self.recorder.keep(
            f"{name}.{kind}", answer["text"], {**given, "content_type": GBK_HTML, "encoding": "gbk"}
        )
        await page.close()

    async def keep_frame(self, name: str, frame: Page | Frame, url: str | None = None) -> None:
        """Record what stands in a frame, or in a window that another page has written."""
        where = url if url is not None else frame.url.removeprefix(self.origin)
        text = (await frame.evaluate(SERIALISE)).replace(self.origin, "")
        self.recorder.keep(f"{name}.html", text, {"as": "page", "url": where})

    async def keep_note(
        self, name: str, page: Page, path: str, button: str, within: Frame | None = None, body: bool = True
    ) -> str:
        """Press a button; record the answer from this path, and what it was asked with."""
        async with page.expect_response(lambda answer: path in answer.url) as heard:
            await (within or page).click(button)
        return await self.keep_answered(name, await heard.value, body)

    async def keep_answered(self, name: str, answer: Response, body: bool = False) -> str:
        """Record an answer that a page received. `body`: what was sent belongs to it."""
        text = await answer.text()
        asked = answer.request
        note = {"method": asked.method, "url": asked.url.removeprefix(self.origin), "status": answer.status}
        sent = {"requestBody": asked.post_data} if body and asked.post_data else {}
        self.recorder.keep(f"{name}.{_kind(text)}", text, {"as": "note", "note": {**note, **sent}})
        return text

    def keep_dialog(self, name: str, said: str) -> None:
        """Record the words of a dialog."""
        self.recorder.keep(f"{name}.txt", said, {"as": "dialog"})

    async def hear(self, dialog: Dialog) -> None:
        """Remember what a dialog says, and press its first button."""
        self.said.append(dialog.message)
        await dialog.accept()

    async def captcha(self, page: Page) -> None:
        """Fill in the log-in form, with the captcha drawn last."""
        drawn = [json.loads(line) for line in self.ledger.read_text(encoding="utf-8").splitlines()]
        await page.fill("#loginCode", "clerk01")
        await page.fill("#captchaCode", [entry["answer"] for entry in drawn if "answer" in entry][-1])

    async def login(self) -> None:
        """Log in as the first clerk, with a wrong password first."""
        page = await self.context.new_page()
        async with page.expect_response("**/captcha.do"):
            await page.goto(f"{self.origin}/prpall/login.do")
        await self.keep_page("login", page)
        await self.captcha(page)
        await page.fill("#loginPassword", "practice-02")
        async with page.expect_response("**/captcha.do"):
            await page.click("#loginButton")
        await self.keep_page("login-refused", page)
        await self.captcha(page)
        await page.fill("#loginPassword", "practice-01")
        await page.click("#loginButton")
        await page.wait_for_url("**/index.do")
        await page.close()

    async def save(self, page: Page, name: str) -> list[str]:
        """Press calculate and save; record the answer on the wire. Returns the numbers."""
        await page.click("#buttonPremium_1")
        await page.wait_for_function("document.getElementById('prpCitemKindCI.premium').value !== ''")
        text = await self.keep_note(name, page, "insert.do", "#buttonSave", body=False)
        await page.wait_for_selector("#messageBox.said")
        return text.split(",")

    async def submit(self, page: Page, name: str, *, opinion: bool = False) -> None:
        """Hand in for underwriting through the opinion window; record the answer and the window."""
        async with page.expect_popup() as opened:
            await page.click("#buttonSubmitUnw")
        window = await opened.value
        if opinion:
            await self.keep_frame(f"{name}-opinion", window, "about:blank")
        async with page.expect_response(lambda answer: "editSubmitUndwrt" in answer.url) as heard:
            await window.click("#undwrtSubmit")
        await self.keep_answered(name, await heard.value)
        await window.wait_for_selector("#undwrtResult")
        await self.keep_frame(f"{name}-window", window, "about:blank")
        await window.close()

    async def fresh(self, kept: str, **ticks: bool) -> tuple[Page, list[str]]:
        """A new proposal: its entry page and its numbers."""
        page = await self.open(f"{BUSINESS}/quickProposal.do")
        for name, value in CAR.items():
            await page.fill(f'[id="{name}"]', value)
        for tick, wanted in ticks.items():
            await page.set_checked(f"#{tick}", wanted)
        return page, await self.save(page, kept)


def _kind(text: str) -> str:
    return "json" if text.startswith("{") else "html" if text.lstrip().startswith("<") else "txt"


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
    for name, value in CAR.items():
        await entry.fill(f'[id="{name}"]', value)
    clerk.portal.change(["save_refused"])
    await clerk.save(entry, "save-refused")
    await clerk.keep_page("entry-refused", entry)
    clerk.portal.change([])
    numbers = await clerk.save(entry, "save-two-lines")
    await clerk.keep_page("entry-saved", entry)
    old = f"{BUSINESS}/editProposal.do?bizNo={numbers[0]}"
    await clerk.keep_page("entry-opened-again", await clerk.open(old))
    await clerk.submit(entry, "underwritten", opinion=True)
    await clerk.submit(entry, "underwritten-twice")
    return numbers


async def record_lists(clerk: Session, numbers: list[str]) -> None:
    """The lists of both front ends, and what their answers tell."""
    query = await clerk.open(f"{BUSINESS}/queryProposal.do")
    await clerk.keep_note("query-all", query, "selectProposal", "#buttonQuery")
    await query.wait_for_selector("tr.datagrid-row")
    await clerk.keep_page("query", query)
    await query.fill('[id="prpCproposalVo.proposalNo"]', ",".join(numbers))
    await clerk.keep_note("query-by-number", query, "selectProposal", "#buttonQuery")
    policies = await clerk.open(f"{BUSINESS}/queryPolicy.do")
    await policies.click("#buttonQuery")
    await policies.wait_for_selector("tr.datagrid-row")
    await clerk.keep_page("policies", policies)
    khyx = await clerk.open("/khyx/quotation/quotationList.do")
    await khyx.wait_for_selector("tr.datagrid-row")
    await clerk.keep_page("quotations", khyx)
    await khyx.click("td[field=sumPremium] .datagrid-cell >> nth=0")
    await khyx.wait_for_selector(".datagrid-sort-asc")
    await clerk.keep_page("quotations-sorted", khyx)


async def record_payment(clerk: Session, numbers: list[str]) -> None:
    """The pay window: both kinds of code, and the policy."""
    window = await clerk.open(f"/cbc/jf/jfMain.do?bizNo={','.join(numbers)}")
    await clerk.keep_page("payment-window", window)
    page = window.frame(name="page")
    assert page
    await page.wait_for_selector("#buttonCreate")
    await clerk.keep_frame("payment", page)
    await clerk.keep_note("payment-qr", window, "saveByJF", "#buttonCreate", page)
    await page.wait_for_selector("#qrImage")
    await clerk.keep_frame("payment-qr-page", page)
    await page.select_option("#payType", "2")
    await clerk.keep_note("payment-card", window, "saveByJF", "#buttonCreate", page)
    await page.wait_for_selector("#cardNo")
    await clerk.keep_frame("payment-card-page", page)
    notice = clerk.portal.notices.of(numbers)
    assert notice
    clerk.portal.settle(notice)
    await clerk.keep_note("issued", window, "proposalToPolicy", "#buttonResult", page)
    await page.wait_for_selector("#policyArea:not(:empty)")
    await clerk.keep_frame("issued-page", page)


async def record_dialogs(clerk: Session) -> None:
    """What is said in dialogs alone, and a proposal's deletion and return from underwriting."""
    page, numbers = await clerk.fresh("save-for-dialogs")
    clerk.said.clear()
    clerk.portal.change(["alerts"])
    again = await clerk.open(f"{BUSINESS}/editProposal.do?bizNo={numbers[0]}")
    await again.click("#buttonPremium_1")
    await again.wait_for_selector("#buttonSave:not([disabled])")
    async with again.expect_event("dialog"):
        await again.click("#buttonSave")
    await again.wait_for_selector("#buttonSubmitUnw:not([disabled])")
    async with again.expect_popup() as opened:
        await again.click("#buttonSubmitUnw")
    async with again.expect_event("dialog"):
        await (await opened.value).click("#undwrtSubmit")
    query = await clerk.open(f"{BUSINESS}/queryProposal.do")
    await query.fill('[id="prpCproposalVo.proposalNo"]', numbers[1])
    await query.click("#buttonQuery")
    await query.check("input[name=bizNo]")
    await clerk.keep_note("withdrawn", query, "withdrawUndwrt", "#buttonWithdraw")
    await query.wait_for_selector("tr.datagrid-row >> text=初始")
    await clerk.keep_note("deleted", query, "deleteProposal", "tr.datagrid-row >> text=删除")
    await query.wait_for_selector("tr.row-deleted")
    clerk.portal.change([])
    names = ("saved", "submit-asked", "submitted", "withdraw-asked", "withdrawn", "delete-asked", "deleted")
    for name, words in zip(names, clerk.said, strict=True):
        clerk.keep_dialog(f"dialog-{name}", words)
    await page.close()


async def record_answers(clerk: Session, numbers: list[str]) -> None:
    """What the profile's queries are answered, in every state a portal gets into."""
    select, show = f"{BUSINESS}/selectProposal.do", f"{BUSINESS}/showProposal.do?bizNo="
    unknown = [numbers[0][:-4] + "9999"]
    await clerk.keep_answer("whoami", "whoami", "/prpall/top.do")
    await clerk.keep_answer("confirm-issued", "confirm", select, confirm_body(numbers))
    await clerk.keep_answer("detail-issued", "detail", show + ",".join(numbers))
    await clerk.keep_answer("confirm-unknown", "confirm", select, confirm_body(unknown))
    await clerk.keep_answer("detail-unknown", "detail", show + unknown[0])
    page, fresh = await clerk.fresh("save-again")
    await clerk.keep_answer("confirm-two-lines", "confirm", select, confirm_body(fresh))
    await clerk.keep_answer("detail-two-lines", "detail", show + ",".join(fresh))
    clerk.portal.change(["one_line_refused"])
    await clerk.submit(page, "underwritten-one-refused")
    await clerk.keep_answer("confirm-one-refused", "confirm", select, confirm_body(fresh))
    await clerk.keep_answer("detail-one-refused", "detail", show + ",".join(fresh))
    clerk.portal.change(["manual_underwriting=3600"])
    page, waiting = await clerk.fresh("save-for-manual")
    await clerk.submit(page, "underwritten-pending")
    await clerk.keep_answer("confirm-pending", "confirm", select, confirm_body(waiting))
    clerk.portal.change([])
    _, alone = await clerk.fresh("save-one-line", BIFlag=False)
    await clerk.keep_answer("detail-one-line", "detail", show + alone[0])
    clerk.portal.delete(fresh[:1], picc.CLERKS["clerk01"])
    await clerk.keep_answer("confirm-one-deleted", "confirm", select, confirm_body(fresh))
    clerk.portal.change(["maintenance"])
    await clerk.keep_answer("confirm-maintenance", "confirm", select, confirm_body(fresh))
    await clerk.context.clear_cookies()
    await clerk.keep_answer("confirm-logged-out", "confirm", select, confirm_body(fresh))
    await clerk.keep_answer("whoami-logged-out", "whoami", "/prpall/top.do")


async def record(recorder: Recorder) -> None:
    """Serve a portal, play the clerk, keep what is seen."""
    clock = StoppedClock()
    with TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.jsonl"
        portal = picc.Portal(Ledger(ledger, clock), clock, {}, ROWS)
        async with serving(picc.make_app(portal), picc.HOST) as origin, clerks_browser() as context:
            clerk = Session(recorder, context, origin, portal, ledger)
            context.on("dialog", clerk.hear)
            numbers = await record_pages(clerk)
            await record_lists(clerk, numbers)
            await record_payment(clerk, numbers)
            await record_dialogs(clerk)
            await record_answers(clerk, numbers)
