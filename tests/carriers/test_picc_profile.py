"""The profile of PICC on live pages of both front ends: signals, lists, files, forms, against the ledger."""

import base64
import hashlib
import io
import time
from typing import Any

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image
from playwright.async_api import BrowserContext, Frame, Page, Response, expect

from tests.carriers import live
from tests.carriers.clerk import Clerk
from tests.carriers.conftest import Practice, Start
from tests.carriers.in_page import Watched
from tests.carriers.test_practice_browser import enter, frame, log_in
from tests.carriers.test_practice_picc_browser import listed, quote, said, underwrite

__all__ = ["said"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CARRIER = "picc"
UNDERWRITING = {"0": "none", "9": "pending", "2": "refused", "1": "passed", "3": "passed", "4": "passed"}
COUNT = "(places) => places.map((at) => document.querySelectorAll(at).length)"
PAGE_OF = "() => Chudan.engine.pageOf(window.profile, document, location.href)"
DIALOG = "(text) => Chudan.engine.hintFromDialog(window.profile, text)"
FILE = "([kind, number]) => Chudan.engine.fileRequest(window.profile, kind, [], number, location.href)"


class Eyes(Watched):
    """Hears the network from outside: in a window that a page opened, the scripts know its first document."""

    async def begin(self) -> None:
        """See Watched."""
        await super().begin()
        self._answers: list[Response] = []
        self.context.on("response", lambda answer: self._answers.append(answer))

    async def heard(self, page: Page) -> tuple[list[dict[str, Any]], list[str]]:
        """See Watched."""
        answers = [answer for answer in self._answers if answer.request.resource_type == "xhr"]
        self._answers.clear()
        self._notes = [
            {
                "method": answer.request.method,
                "url": answer.url,
                "status": answer.status,
                "requestBody": answer.request.post_data,
                "text": await answer.text(),
            }
            for answer in answers
        ]
        return await super().heard(page)


@pytest_asyncio.fixture(loop_scope="module")
async def eyes(context: BrowserContext) -> Watched:
    """The clerk's browser, with the profile in its pages."""
    watched = Eyes(CARRIER, context)
    await watched.begin()
    return watched


def hint(kind: str, numbers: list[str], **more: str) -> dict[str, Any]:
    """A hint as the engine gives it."""
    return {"kind": kind, "numbers": numbers, **more}


async def hears(eyes: Watched, page: Page, count: int) -> list[dict[str, Any]]:
    """The next hints of the network, so many; there was nothing among them that could not be read."""
    told: list[dict[str, Any]] = []
    deadline = time.monotonic() + 10
    while len(told) < count:
        assert time.monotonic() < deadline, told
        told += await hears_now(eyes, page)
    return told


async def hears_now(eyes: Watched, page: Page) -> list[dict[str, Any]]:
    """What the network has told by now."""
    hints, unread = await eyes.heard(page)
    assert unread == []
    return hints


async def whole(eyes: Watched, page: Page | Frame, name: str) -> None:
    """A page is known by its name, and nothing of it is missing that is always there."""
    assert await page.evaluate(PAGE_OF) == name
    always = eyes.profile["pages"][name]["always"]
    assert 0 not in await page.evaluate(COUNT, always)


async def pay_window(context: BrowserContext, portal: Practice, numbers: list[str]) -> tuple[Page, Frame]:
    """The pay window and the frame in it."""
    window = await context.new_page()
    await window.goto(f"{portal.origin}/cbc/jf/jfMain.do?bizNo={','.join(numbers)}")
    await window.frame_locator("#page").locator("#buttonCreate").wait_for()
    inner = window.frame(name="page")
    assert inner
    return window, inner


async def test_the_log_in_form_is_where_the_profile_says(
    context: BrowserContext, eyes: Watched, portal: Practice
) -> None:
    page = await context.new_page()
    form = eyes.profile["login"]
    for path in (eyes.profile["home"], eyes.profile["entry"]["start"], "/khyx/index.do", "/cbc/jf/jfPage.do"):
        await page.goto(portal.origin + path)
        await whole(eyes, page, form["page"])
        places = [form[name] for name in ("username", "password", "captcha", "submit")]
        assert await page.evaluate(COUNT, places) == [1, 1, 1, 1]
    for password, captcha, wrong in (("practice-02", "", True), ("practice-01", "0", False)):
        async with page.expect_response("**/captcha.do"):
            await page.reload()
        await page.fill(form["username"], "clerk01")
        await page.fill(form["password"], password)
        await page.fill(form["captcha"], captcha or portal.captcha())
        await page.click(form["submit"])
        message = eyes.profile["login"]["wrong"][0]
        await expect(page.locator(message["at"])).not_to_have_text("")
        assert (message["matches"] in await page.inner_text(message["at"])) is wrong


async def test_forms_are_where_the_profile_says(
    context: BrowserContext, eyes: Watched, portal: Practice
) -> None:
    page = await log_in(context, portal)
    entry, finder = eyes.profile["entry"], eyes.profile["finder"]
    await page.goto(portal.origin + entry["start"])
    await whole(eyes, page, "entry")
    places = [field["at"] for field in entry["fields"].values()]
    assert await page.evaluate(COUNT, places) == [1] * 8
    await page.goto(portal.origin + finder["start"])
    await whole(eyes, page, "query")
    assert await page.evaluate(COUNT, [finder["number"]]) == [1]
    for path, name in (
        ("prpall/business/queryPolicy.do", "policies"),
        ("khyx/quotation/quotationList.do", "quotations"),
    ):
        await page.goto(f"{portal.origin}/{path}")
        await whole(eyes, page, name)
    await page.goto(portal.origin + eyes.profile["logout"])
    assert portal.entries("logout")[0]["user"] == "clerk01"


@pytest.mark.parametrize("mood", ["", "network_only", "strict_csp", "written_windows", "duplicate_answer"])
async def test_the_network_tells_every_step(
    context: BrowserContext, said: list[str], eyes: Watched, portal: Practice, mood: str
) -> None:
    portal.mood(mood)
    page, entry, numbers = await quote(context, portal)
    saves = 2 if mood == "duplicate_answer" else 1
    assert await hears(eyes, entry, saves) == [hint("quote_saved", numbers)] * saves
    window = await underwrite(entry, entry)
    await window.wait_for_selector("#undwrtResult")
    assert await hears(eyes, entry, 1) == [hint("underwriting", numbers)]
    query = await listed(page)
    await query.fill('[id="prpCproposalVo.proposalNo"]', numbers[0])
    await query.click("#buttonQuery")
    await expect(query.locator("#pageMessage")).to_contain_text("共1条")
    assert await hears(eyes, page, 1) == [hint("underwriting", numbers[:1])]
    await query.check("input[name=bizNo]")
    await query.click("#buttonWithdraw")
    await expect(query.locator("[class$=-underWriteFlag]").last).to_have_text("初始")
    assert await hears(eyes, page, 1) == [hint("underwriting", numbers[:1])]
    await query.get_by_text("删除", exact=True).click()
    await query.wait_for_selector("tr.row-deleted")
    assert await hears(eyes, page, 2) == [hint("deleted", numbers[:1])] * 2
    assert [entry["numbers"] for entry in portal.entries("withdraw") + portal.entries("delete")] == [
        numbers[:1]
    ] * 2


async def test_pages_alone_tell_a_save_and_underwriting(
    context: BrowserContext, said: list[str], eyes: Watched, portal: Practice
) -> None:
    portal.mood("page_only")
    _, entry, numbers = await quote(context, portal)
    assert await eyes.seen(entry) == [hint("quote_saved", numbers)]
    assert await hears_now(eyes, entry) == []
    portal.mood("one_line_refused")
    window = await underwrite(entry, entry)
    await window.wait_for_selector("#undwrtResult")
    assert await eyes.seen(window) == [hint("underwriting", numbers)]
    assert await window.evaluate(PAGE_OF) == "underwritten"


async def test_a_form_in_a_written_window_is_known(
    context: BrowserContext, eyes: Watched, portal: Practice
) -> None:
    portal.mood("written_windows")
    _, entry, numbers = await quote(context, portal)
    await whole(eyes, entry, "entry")
    assert await eyes.seen(entry) == [hint("quote_saved", numbers)]


async def test_dialogs_alone_tell(
    context: BrowserContext, said: list[str], eyes: Watched, portal: Practice
) -> None:
    portal.mood("alerts")
    page, entry, numbers = await quote(context, portal)
    assert (await eyes.seen(entry), await hears_now(eyes, entry)) == ([], [])
    async with entry.expect_popup() as opened:
        await entry.click("#buttonSubmitUnw")
    async with entry.expect_event("dialog"):
        await (await opened.value).click("#undwrtSubmit")
    query = await listed(page)
    await query.locator("tr.datagrid-row").nth(1).get_by_text("删除").click()
    await query.wait_for_selector("tr.row-deleted")
    told = [await page.evaluate(DIALOG, words) for words in said]
    assert told == [
        hint("quote_saved", numbers),
        None,
        hint("underwriting", numbers),
        None,
        hint("deleted", portal.entries("delete")[0]["numbers"]),
    ]


@pytest.mark.parametrize("mood", ["", "save_refused"])
async def test_what_says_nothing_is_no_alarm(
    context: BrowserContext, eyes: Watched, portal: Practice, mood: str
) -> None:
    portal.mood(mood)
    page = await log_in(context, portal)
    entry = await enter(page)
    if mood:
        await entry.click("#buttonSave")
        await entry.wait_for_selector("#messageBox.refused")
    assert await hears_now(eyes, entry) == []
    await entry.goto(f"{portal.origin}/prpall/business/queryProposal.do")
    await entry.click("#buttonQuery")
    await expect(entry.locator("#pageMessage")).to_contain_text("共0条")
    _, pay = await pay_window(context, portal, ["TDAA202633020000000001"])
    await pay.click("#buttonCreate")
    await expect(pay.locator("#jfMessage")).to_have_text("未查询到投保单")
    await context.clear_cookies()
    await entry.click("#buttonQuery")
    await expect(entry.locator("#pageMessage")).to_contain_text("请重新登录")
    assert await hears_now(eyes, entry) == []


async def test_payment_is_told_by_its_window(
    context: BrowserContext, said: list[str], eyes: Watched, portal: Practice
) -> None:
    _, entry, numbers = await quote(context, portal)
    await (await underwrite(entry, entry)).wait_for_selector("#undwrtResult")
    window, pay = await pay_window(context, portal, numbers)
    await whole(eyes, pay, "payment")
    await hears(eyes, window, 2)
    await pay.click("#buttonCreate")
    await expect(pay.locator("#qrImage")).to_have_js_property("complete", True)
    (seen,) = await eyes.seen(pay)
    assert seen == hint("qr_fetched", numbers, shown="img#qrImage")
    picture = Image.open(io.BytesIO(base64.b64decode(await eyes.picture(pay, seen["shown"]))))
    (code,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert code.text == portal.entries("pay_code")[0]["code"]
    assert await hears_now(eyes, window) == []
    await pay.select_option("#payType", "2")
    await pay.click("#buttonCreate")
    await pay.wait_for_selector("#cardNo")
    card = hint("card_number", numbers, card=portal.entries("pay_code")[1]["code"])
    assert await eyes.seen(pay) == [card]
    assert await hears(eyes, window, 1) == [card]
    customer = await context.new_page()
    await customer.goto(f"{portal.origin}/pay/terminal?payNo={card['card']}")
    await customer.click("#confirmPay")
    await pay.click("#buttonResult")
    await expect(pay.locator("#policyArea")).to_contain_text(portal.entries("issued")[0]["policies"][1])
    assert await hears(eyes, window, 1) == [hint("issued", numbers)]
    assert await eyes.seen(pay) == [card, hint("issued", numbers)]


async def test_a_search_by_number_tells_that_it_was_issued(
    context: BrowserContext, eyes: Watched, start: Start
) -> None:
    portal = start("--rows", "40")
    query = await listed(await log_in(context, portal))
    page = query.page
    assert await hears_now(eyes, page) == []
    wanted = next(row for row in await eyes.rows(query) if row["policy_number"])
    await query.fill('[id="prpCproposalVo.proposalNo"]', wanted["numbers"][0])
    await query.click("#buttonQuery")
    await expect(query.locator("#pageMessage")).to_contain_text("共1条")
    assert await hears(eyes, page, 1) == [hint("issued", wanted["numbers"])]


@pytest.mark.parametrize("mood", ["", "busy_grid"])
async def test_every_row_of_prpalls_lists_is_read(
    context: BrowserContext, eyes: Watched, start: Start, mood: str
) -> None:
    portal = start("--rows", "240", *(["--mood", mood] if mood else []))
    page = await log_in(context, portal)
    for menu, what, field in (
        ("#menuQuery", "query", "[id='prpCproposalVo.proposalNo']"),
        ("#menuPolicy", "policy_query", "[id='prpCpolicyVo.policyNo']"),
    ):
        await (await frame(page, "menu", menu)).click(menu)
        grid = await frame(page, "page", field)
        await grid.select_option("#pageSize", "1000")
        await expect(grid.locator("#pageMessage")).to_contain_text("第1/1页")
        rows = await eyes.rows(grid)
        read = [row["numbers"][0] if what == "query" else row["policy_number"] for row in rows]
        assert read == portal.entries(what)[-1]["found"]
        assert all(len(row["numbers"]) == 1 for row in rows)
        issued = [row for row in rows if row["policy_number"]]
        assert all(row["policy_number"] == f"P{row['numbers'][0][1:]}" for row in issued)
        assert (len(issued) == len(rows)) is (what == "policy_query")


async def test_a_row_of_khyx_is_a_car(context: BrowserContext, eyes: Watched, start: Start) -> None:
    portal = start("--rows", "60")
    page = await log_in(context, portal)
    await page.goto(f"{portal.origin}/khyx/quotation/quotationList.do")
    for number in (1, 2):
        await expect(page.locator(".pagination-info")).to_contain_text(f"第{number}/")
        rows = await eyes.rows(page)
        assert [number for row in rows for number in row["numbers"]] == portal.entries("query")[-1]["found"]
        assert {len(row["numbers"]) for row in rows} == {1, 2}
        for row in rows:
            assert row["policy_number"] in (None, f"P{row['numbers'][0][1:]}")
        await page.click(".pagination-next")


async def test_files_come_as_the_profile_asks_for_them(
    context: BrowserContext, eyes: Watched, start: Start
) -> None:
    portal = start("--rows", "40")
    page = await log_in(context, portal)
    await page.goto(f"{portal.origin}/khyx/quotation/quotationList.do")
    await page.wait_for_selector("tr.datagrid-row")
    number = next(row["policy_number"] for row in await eyes.rows(page) if row["policy_number"])
    for kind in ("policy", "e_policy"):
        request = await page.evaluate(FILE, [kind, number])
        data = base64.b64decode(await eyes.fetch(page, request))
        told = portal.entries("download")[-1]
        assert data.startswith(b"%PDF")
        assert (told["file"], told["numbers"], told["complete"]) == (kind, [number], True)
        assert told["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("mood", ["", "one_line_refused", "manual_underwriting=3600"])
async def test_a_confirmation_reads_what_the_ledger_says(start: Start, mood: str) -> None:
    portal = start(*(["--mood", mood] if mood else []))
    async with Clerk(portal) as clerk:
        await clerk.login()
        numbers = (await clerk.save()).split(",")
        await clerk.get(f"/prpall/business/editSubmitUndwrt.do?bizNo={','.join(numbers)}")
        origin = portal.origin.replace("picc.localhost", "127.0.0.1")
        told = live.ask(CARRIER, origin, clerk.cookie, *numbers)
    last = (portal.entries("underwritten") or portal.entries("submit"))[-1]
    wanted = [(line["number"], UNDERWRITING[line["flag"]]) for line in last["lines"]]
    assert [(line.number, line.underwriting) for line in live.facts(told)] == wanted
    assert [(line.facts.number, line.facts.underwriting) for line in live.data(told)] == wanted
