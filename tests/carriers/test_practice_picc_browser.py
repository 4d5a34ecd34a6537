"""The PICC-style portal after a save, by hand: written windows, both front ends, payment, policies."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Dialog, Frame, Page, expect

from tests.carriers.conftest import Practice, Start
from tests.carriers.test_practice_browser import enter, frame, log_in, numbers_on

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CARRIER = "picc"
LIST, POLICIES, KHYX = (
    "business/queryProposal.do",
    "business/queryPolicy.do",
    "khyx/quotation/quotationList.do",
)

CLIPPED = "[...document.querySelectorAll('.datagrid-view2')].some((box) => box.scrollWidth > box.clientWidth)"


@pytest_asyncio.fixture(loop_scope="module")
async def said(context: BrowserContext) -> AsyncIterator[list[str]]:
    """What dialogs say, each of which is accepted."""
    words: list[str] = []

    async def hear(dialog: Dialog) -> None:
        words.append(dialog.message)
        await dialog.accept()

    context.on("dialog", hear)
    yield words


async def quote(context: BrowserContext, portal: Practice) -> tuple[Page, Page, list[str]]:
    """The frameset, the entry window with a saved proposal, and its numbers."""
    page = await log_in(context, portal)
    entry = await enter(page)
    await entry.click("#buttonSave")
    await expect(entry.locator("#buttonSubmitUnw")).to_be_enabled()
    return page, entry, portal.entries("save")[-1]["numbers"]


async def underwrite(where: Page | Frame, opener: Page, button: str = "#buttonSubmitUnw") -> Page:
    """Hand in by the opinion window; the window."""
    async with opener.expect_popup() as opened:
        await where.click(button)
    window = await opened.value
    await window.fill("#undwrtOpinion", "老客户，请予核保")
    await window.click("#undwrtSubmit")
    return window


async def inside(page: Page, menu: str, element: str) -> Frame:
    """A page of the core system in its frame."""
    await (await frame(page, "menu", menu)).click(menu)
    return await frame(page, "page", element)


async def listed(page: Page) -> Frame:
    """The list, asked for everything."""
    query = await inside(page, "#menuQuery", "#buttonQuery")
    await query.click("#buttonQuery")
    await query.wait_for_selector("tr.datagrid-row")
    return query


@pytest.mark.parametrize("mood", ["", "strict_csp", "written_windows"])
async def test_underwriting_is_told_in_a_written_window(
    context: BrowserContext, said: list[str], portal: Practice, mood: str
) -> None:
    portal.mood(mood)
    _, entry, numbers = await quote(context, portal)
    window = await underwrite(entry, entry)
    cells = window.locator("#undwrtResult td")
    await expect(cells).to_have_text(
        [numbers[0], "提交核保成功，自动核保通过", numbers[1], "提交核保成功，自动核保通过"]
    )
    assert said == [f"确认要提交核保吗？\n{numbers[0]}\n{numbers[1]}"]
    assert portal.entries("submit")[0]["opinion"] == len("老客户，请予核保")
    async with window.expect_event("close"):
        await window.click("#undwrtClose")


async def test_in_written_windows_the_form_has_no_address_of_its_own(
    context: BrowserContext, portal: Practice
) -> None:
    portal.mood("written_windows")
    _, entry, numbers = await quote(context, portal)
    assert "quickProposal" not in await entry.evaluate("location.href")
    assert await numbers_on(entry) == numbers


async def test_only_dialogs_tell(context: BrowserContext, said: list[str], portal: Practice) -> None:
    portal.mood("alerts")
    page, entry, numbers = await quote(context, portal)
    assert said == [f"投保单保存成功！\n投保单号：{'，'.join(numbers)}"]
    assert await numbers_on(entry) == []
    assert await entry.inner_text("#messageBox") == ""
    async with entry.expect_popup() as opened:
        await entry.click("#buttonSubmitUnw")
    async with entry.expect_event("dialog"):
        await (await opened.value).click("#undwrtSubmit")
    assert said[2] == "\n".join(f"{number}：提交核保成功，自动核保通过" for number in numbers)
    query = await listed(page)
    await query.locator("tr.datagrid-row").nth(1).get_by_text("删除").click()
    await query.wait_for_selector("tr.row-deleted")
    assert said[-1] == f"投保单删除成功：{portal.entries('delete')[0]['numbers'][0]}"


async def test_a_message_may_be_brief(context: BrowserContext, portal: Practice) -> None:
    portal.mood("brief_messages")
    _, entry, numbers = await quote(context, portal)
    await expect(entry.locator("#messageBox")).to_have_text("投保单保存成功")
    await expect(entry.locator("#messageBox")).to_have_text("")
    assert await numbers_on(entry) == numbers


async def test_a_save_sent_twice_is_one_proposal(context: BrowserContext, portal: Practice) -> None:
    portal.mood("duplicate_answer")
    page = await log_in(context, portal)
    entry = await enter(page)
    answers: list[str] = []
    entry.on("response", lambda answer: answers.append(answer.url))
    await entry.click("#buttonSave")
    await expect(entry.locator("#messageBox")).to_have_text("投保单保存成功")
    while len(answers) < 2:
        await entry.wait_for_event("response")
    first, second = portal.entries("save")
    assert (first["numbers"], first["revision"]) == (second["numbers"], 1)
    assert second["revision"] == 2


@pytest.mark.parametrize("mood", ["", "strict_csp"])
async def test_the_pay_window_shows_a_code_and_then_policies(
    context: BrowserContext, said: list[str], portal: Practice, mood: str
) -> None:
    portal.mood(mood)
    page, entry, numbers = await quote(context, portal)
    await (await underwrite(entry, entry)).wait_for_selector("#undwrtResult")
    query = await listed(page)
    for place in (0, 1):
        await query.locator("input[name=bizNo]").nth(place).check()
    async with page.expect_popup() as opened:
        await query.click("#buttonPay")
    window = await opened.value
    pay = window.frame_locator("#page")
    await expect(pay.locator("#jfTable .bizNo")).to_have_text(numbers)
    await pay.locator("#buttonCreate").click()
    image = pay.locator("#qrImage")
    await expect(image).to_have_js_property("complete", True)
    assert await image.evaluate("(image) => image.naturalWidth") > 100
    customer = await context.new_page()
    await customer.goto(portal.entries("pay_code")[0]["code"])
    await customer.click("#confirmPay")
    await expect(customer.locator("#said")).to_have_text("付款成功")
    await pay.locator("#buttonResult").click()
    policies = portal.entries("issued")[0]["policies"]
    await expect(pay.locator("#policyArea")).to_have_text(f"保单号：{','.join(policies)}")
    assert len(said) == 1


async def test_the_pay_window_gives_a_number_for_cards(
    context: BrowserContext, said: list[str], portal: Practice
) -> None:
    _, entry, numbers = await quote(context, portal)
    await (await underwrite(entry, entry)).wait_for_selector("#undwrtResult")
    window = await context.new_page()
    await window.goto(f"{portal.origin}/cbc/jf/jfMain.do?bizNo={','.join(numbers)}")
    pay = window.frame_locator("#page")
    await pay.locator("#payType").select_option("2")
    await pay.locator("#buttonCreate").click()
    await expect(pay.locator("#cardNo")).to_have_text(re.compile(r"^\d{16}$"))
    assert await pay.locator("#cardNo").inner_text() == portal.entries("pay_code")[0]["code"]
    assert await pay.locator("#qrImage").count() == 0
    assert len(said) == 1


async def test_what_has_not_passed_cannot_be_paid(context: BrowserContext, portal: Practice) -> None:
    _, entry, numbers = await quote(context, portal)
    await entry.goto(f"{portal.origin}/cbc/jf/jfMain.do?bizNo={numbers[0]}")
    pay = entry.frame_locator("#page")
    await pay.locator("#buttonCreate").click()
    await expect(pay.locator("#jfMessage")).to_have_text("只有核保通过的投保单可以缴费")


async def test_policies_are_downloaded_from_their_list(
    context: BrowserContext, start: Start, tmp_path: Path
) -> None:
    portal = start("--rows", "30")
    page = await log_in(context, portal)
    policies = await inside(page, "#menuPolicy", "#buttonQuery")
    await policies.click("#buttonQuery")
    row = policies.locator("tr.datagrid-row").first
    number = await row.locator("[class$='-policyNo']").inner_text()
    async with page.expect_download() as started:
        await row.locator("a.epolicy").click()
    download = await started.value
    assert re.fullmatch(rf"电子保单_浙B\w{{5}}_{number}\.pdf", download.suggested_filename)
    await download.save_as(tmp_path / "e.pdf")
    assert (tmp_path / "e.pdf").read_bytes().startswith(b"%PDF")
    assert portal.entries("download")[0]["numbers"] == [number]


async def test_rows_stay_in_order_through_pages_and_sorting(context: BrowserContext, start: Start) -> None:
    portal = start("--rows", "45")
    page = await log_in(context, portal)
    query = await listed(page)
    message = query.locator("#pageMessage")
    await expect(message).to_have_text("共45条 第1/5页")
    await query.click("#pageNext")
    await expect(message).to_have_text("共45条 第2/5页")
    await query.select_option("#pageSize", "100")
    await expect(message).to_have_text("共45条 第1/1页")
    assert await query.locator("tr.datagrid-row").count() == 45
    await query.click(".datagrid-header [data-name=proposalNo]")
    first = query.locator("tr.datagrid-row").first.locator("[class$='-proposalNo']")
    await expect(first).to_have_text(re.compile("^TDAA"))
    await query.click(".datagrid-header [data-name=proposalNo]")
    await expect(first).to_have_text(re.compile("^TDZA"))


async def test_khyx_makes_its_grid_again_with_other_names(context: BrowserContext, start: Start) -> None:
    portal = start("--rows", "45")
    page = await log_in(context, portal)
    menu = await frame(page, "menu", "#menuKhyx")
    await menu.click("#menuKhyx")
    grid = await frame(page, "mainwindow", ".datagrid-pager")
    await grid.wait_for_selector("tr.datagrid-row")
    cell = grid.locator("td[field=quotationNoCI] .datagrid-cell")
    before = await cell.nth(1).get_attribute("class")
    row = await grid.query_selector(".datagrid-view2 tr.datagrid-row")
    assert row
    await grid.click(".pagination-next")
    await expect(grid.locator(".pagination-info")).to_contain_text("第2/")
    assert not await row.evaluate("(row) => row.isConnected")
    assert await cell.nth(1).get_attribute("class") != before
    await grid.click("td[field=sumPremium] .datagrid-cell >> nth=0")
    await expect(grid.locator(".datagrid-sort-asc")).to_have_count(1)
    prices = await grid.locator(".datagrid-view2 td[field=sumPremium] .datagrid-cell").all_inner_texts()
    values = [float(price) for price in prices[1:]]
    assert values == sorted(values)


async def test_khyx_hands_in_and_deletes_whole_cars(
    context: BrowserContext, said: list[str], portal: Practice
) -> None:
    page, _, numbers = await quote(context, portal)
    menu = await frame(page, "menu", "#menuKhyx")
    await menu.click("#menuKhyx")
    grid = await frame(page, "mainwindow", ".datagrid-pager")
    await grid.wait_for_selector("tr.datagrid-row")
    await grid.click("#toolUnw")
    await expect(grid.locator("#khyxMessage")).to_have_text("请先选择一条记录")
    await grid.check(".datagrid-cell-check input")
    window = await underwrite(grid, page, "#toolUnw")
    await expect(window.locator("#undwrtResult .bizNo")).to_have_text(numbers)
    state = grid.locator(".datagrid-view2 td[field=stateBI] .datagrid-cell").last
    await expect(state).to_have_text("自动核保通过")
    await grid.check(".datagrid-cell-check input")
    await grid.click("#toolDelete")
    await expect(state).to_have_text("已删除")
    assert portal.entries("delete")[0]["numbers"] == numbers
    assert len(said) == 2


async def test_a_captcha_is_drawn_again_when_pressed(context: BrowserContext, portal: Practice) -> None:
    page = await context.new_page()
    async with page.expect_response("**/captcha.do"):
        await page.goto(f"{portal.origin}/prpall/login.do")
    first = portal.captcha()
    async with page.expect_response("**/captcha.do?*"):
        await page.click("#captchaImage")
    assert len(portal.entries("captcha")) == 2
    await page.fill("#loginCode", "clerk01")
    await page.fill("#loginPassword", "practice-01")
    await page.fill("#captchaCode", f"{first[:3]}0")
    await page.click("#loginButton")
    await expect(page.locator("#loginMessage")).to_have_text("验证码错误")


async def test_both_front_ends_fit_a_clerks_screen(context: BrowserContext, start: Start) -> None:
    portal = start("--rows", "45")
    page = await log_in(context, portal)
    await page.set_viewport_size({"width": 1188, "height": 710})  # what 1366×768 leaves beside the menu
    for path in (f"prpall/{LIST}", f"prpall/{POLICIES}", KHYX, "prpall/login.do", "moods"):
        await page.goto(f"{portal.origin}/{path}")
        if await page.locator("#buttonQuery").count():
            await page.click("#buttonQuery")
        if path.endswith(("Proposal.do", "Policy.do", "List.do")):
            await page.wait_for_selector("tr.datagrid-row")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert not await page.evaluate(CLIPPED), path
