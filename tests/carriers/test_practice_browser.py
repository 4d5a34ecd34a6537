"""The practice portal in a real browser: by hand it works in every mood."""

import json

import pytest
from playwright.async_api import BrowserContext, Frame, Page

from tests.carriers.clerk import CAR
from tests.carriers.conftest import Practice

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CARRIER = "picc"
TYPED = [name for name in CAR if name.startswith(("prpCitemCar.", "prpCinsureds["))]


async def log_in(context: BrowserContext, portal: Practice) -> Page:
    """The frameset, logged in."""
    page = await context.new_page()
    async with page.expect_response("**/captcha.do"):
        await page.goto(f"{portal.origin}/prpall/login.do")
    await page.fill("#loginCode", "clerk01")
    await page.fill("#loginPassword", "practice-01")
    await page.fill("#captchaCode", portal.captcha())
    await page.click("#loginButton")
    await page.wait_for_url("**/index.do")
    return page


async def frame(page: Page, name: str, element: str) -> Frame:
    """A frame of the frameset, once an element is in it."""
    outer = page.frame_locator("frame[name=main]").frame_locator(f"frame[name={name}]")
    await outer.locator(element).wait_for()
    found = page.frame(name=name)
    assert found
    return found


async def enter(page: Page) -> Page:
    """The entry window, filled and calculated."""
    menu = await frame(page, "menu", "#menuEntry")
    async with page.expect_popup() as opened:
        await menu.click("#menuEntry")
    entry = await opened.value
    for name in TYPED:
        await entry.fill(f'[id="{name}"]', CAR[name])
    await entry.click("#buttonPremium_1")
    await entry.wait_for_selector("#buttonSave:not([disabled])")
    assert await entry.input_value('[id="prpCmain.sumPremium1"]') == "2831.60"
    return entry


async def numbers_on(entry: Page) -> list[str]:
    """What the number fields hold."""
    ids = ("prpCmain.proposalNo", "prpCmainCI.proposalNo")
    return [value for name in ids if (value := await entry.input_value(f'[id="{name}"]'))]


@pytest.mark.parametrize("mood", ["", "strict_csp", "page_only"])
async def test_a_save_shows_its_numbers(context: BrowserContext, portal: Practice, mood: str) -> None:
    portal.mood(mood)
    entry = await enter(await log_in(context, portal))
    answers: list[str] = []
    entry.on("response", lambda answer: answers.append(answer.request.resource_type))
    await entry.click("#buttonSave")
    await entry.wait_for_selector("#messageBox.said")
    assert await entry.inner_text("#messageBox") == "投保单保存成功"
    assert await numbers_on(entry) == portal.entries("save")[0]["numbers"]
    assert answers == ["document" if mood == "page_only" else "xhr"]


async def test_network_only_shows_nothing(context: BrowserContext, portal: Practice) -> None:
    portal.mood("network_only")
    entry = await enter(await log_in(context, portal))
    async with entry.expect_response("**/insert.do") as answer:
        await entry.click("#buttonSave")
    text = await (await answer.value).text()
    await entry.wait_for_selector("#buttonSave:not([disabled])")
    assert text.split(",") == portal.entries("save")[0]["numbers"]
    assert await numbers_on(entry) == []
    assert await entry.inner_text("#messageBox") == ""


async def test_a_refused_save_says_why(context: BrowserContext, portal: Practice) -> None:
    portal.mood("save_refused")
    entry = await enter(await log_in(context, portal))
    await entry.click("#buttonSave")
    assert "系统繁忙" in await entry.inner_text("#messageBox.refused")


async def test_the_list_finds_what_was_saved_and_is_made_again(
    context: BrowserContext, portal: Practice
) -> None:
    portal.mood("busy_grid")
    page = await log_in(context, portal)
    entry = await enter(page)
    await entry.click("#buttonTemp")
    await entry.wait_for_selector("#messageBox.said")
    await (await frame(page, "menu", "#menuQuery")).click("#menuQuery")
    query = await frame(page, "page", "#buttonQuery")
    await query.fill('[id="prpCproposalVo.licenseNo"]', "浙B8K3")
    await query.click("#buttonQuery")
    row = await query.wait_for_selector("tr.datagrid-row")
    assert row
    assert "林晓峰" in await row.inner_text()
    await row.wait_for_element_state("hidden")
    assert await query.locator("tr.datagrid-row").count() == 2


async def test_nothing_is_wider_than_a_clerks_screen(context: BrowserContext, portal: Practice) -> None:
    page = await log_in(context, portal)
    entry = await enter(page)
    await entry.click("#buttonSave")
    await entry.wait_for_selector("#messageBox.said")
    number = (await numbers_on(entry))[0]
    for path in ("quickProposal.do", "queryProposal.do", f"showProposal.do?bizNo={number}"):
        await entry.goto(f"{portal.origin}/prpall/business/{path}")
        await entry.set_viewport_size({"width": 1188, "height": 710})  # what 1366×768 leaves beside the menu
        assert await entry.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


async def test_a_lost_session_is_told_in_the_form(context: BrowserContext, portal: Practice) -> None:
    portal.mood("logged_out")
    entry = await enter(await log_in(context, portal))
    await entry.click("#buttonSave")
    await entry.wait_for_selector("#messageBox.said")
    await entry.click("#buttonPremium_1")
    assert await entry.inner_text("#messageBox.refused") == "会话已超时，请重新登录"
    assert json.dumps(portal.entries("session_ended")) != "[]"
