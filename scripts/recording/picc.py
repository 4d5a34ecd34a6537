"""Records the practice portal in the style of PICC."""

from dataclasses import dataclass
from urllib.parse import quote_plus

from playwright.async_api import Page

from companion.practice import picc
from companion.practice.ledger import Ledger
from scripts.recording.recorder import Recorder, StoppedClock, Visit, clerks_browser, serving

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
FETCH = """async ([path, body]) => {
  const headers = body === null ? {} : { "Content-Type": "application/x-www-form-urlencoded" };
  const answer = await fetch(path, { method: body === null ? "GET" : "POST", headers, body });
  const text = new TextDecoder("gbk").decode(await answer.arrayBuffer());
  return { status: answer.status, url: new URL(answer.url).pathname, text };
}"""


@dataclass
class Session(Visit):
    """A clerk's browser at the practice portal."""

    portal: picc.Portal

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
    async with serving(picc.make_app(portal), picc.HOST) as origin, clerks_browser() as context:
        clerk = Session(recorder, context, origin, portal)
        await record_answers(clerk, await record_pages(clerk))
