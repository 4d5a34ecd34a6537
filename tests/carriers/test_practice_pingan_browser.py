"""The three-host portal in a real browser: by hand it works in every mood, and the ledger agrees."""

import asyncio
import hashlib

import pytest
import segno
from playwright.async_api import BrowserContext, FrameLocator, Page, Request, Route

from companion.practice import qr
from tests.carriers.conftest import Practice, Start
from tests.carriers.pingan_clerk import VOUCHER

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CARRIER = "pingan"
TYPED = {**VOUCHER["vehicleTarget"], **VOUCHER["insurantInfo"]}
TYPED.pop("vehicleSeats")
DARK_DOTS = """canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const rows = [];
  for (let y = 22; y < canvas.height - 20; y += 5) {
    let row = '';
    for (let x = 22; x < canvas.width - 20; x += 5) row += data[4 * (y * canvas.width + x)] ? '0' : '1';
    rows.push(row);
  }
  return rows;
}"""


async def log_in(context: BrowserContext, portal: Practice) -> Page:
    """The shell, logged in with the captcha typed."""
    page = await context.new_page()
    await page.goto(portal.origin)
    await page.wait_for_function("document.getElementById('randCodeImg').naturalWidth > 0")
    await page.fill("#username", "WANGLI001")
    await page.fill("#password", "practice-01")
    await page.fill("#randCode", portal.captcha())
    await page.click("#loginBtn")
    await page.wait_for_url(f"{portal.origin}/*/index.html")
    return page


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("#main")


async def go(page: Page, menu: str, element: str) -> FrameLocator:
    """The page behind a menu entry."""
    await page.click(f"nav >> text={menu}")
    await inside(page).locator(element).first.wait_for()
    return inside(page)


async def entry(page: Page) -> FrameLocator:
    """The quotation form, filled."""
    form = await go(page, "报价录入", "[name=price]")
    for name, value in TYPED.items():
        await form.locator(f"[name={name}]").fill(value)
    return form


async def quote(form: FrameLocator) -> None:
    await form.locator("text=报价并保存").click()
    await form.locator(".ui-message").wait_for()


async def apply(form: FrameLocator) -> None:
    await form.locator("button >> text=提交核保").click()
    await form.locator(".ui-confirm >> text=确定").click()


@pytest.mark.parametrize("moods", ["", "strict_csp canvas_qr", "page_only"])
async def test_the_whole_way_by_hand(context: BrowserContext, portal: Practice, moods: str) -> None:
    portal.mood(moods)
    page = await log_in(context, portal)
    errors: list[str] = []
    page.on("console", lambda message: errors.extend([message.text] if message.type == "error" else []))
    form = await entry(page)
    await quote(form)
    number = portal.entries("save")[0]["numbers"][0]
    assert await form.locator(".ui-message").inner_text() == f"报价成功，报价单号：{number}"
    assert f"报价单号：{number}" in await form.locator(".result-panel").inner_text()
    await apply(form)
    await form.locator(".result-panel .passed").nth(1).wait_for()
    for applied in portal.entries("apply")[0]["numbers"]:
        assert f"投保单号：{applied}" in await form.locator(".result-panel").inner_text()
    await form.locator(".actions >> text=缴费").click()
    layer = page.frame_locator(".ui-layer iframe")
    await layer.locator("text=扫码支付").first.click()
    till = layer.frame_locator("#payFrame")
    await _check_code(till, portal)
    customer = await context.new_page()
    await customer.goto(portal.entries("pay_code")[0]["url"])
    await customer.click("#confirmPay")
    await layer.locator("text=支付结果查询").click()
    said = await layer.locator(".ui-message").inner_text()
    assert said == "支付成功，保单号：" + "，".join(portal.entries("issued")[0]["numbers"])
    assert errors == []


async def _check_code(till: FrameLocator, portal: Practice) -> None:
    code = till.locator("canvas, img.qrcode")
    await code.wait_for()
    (made,) = portal.entries("pay_code")
    if made["form"] == "canvas":
        wanted = ["".join(map(str, row)) for row in segno.make_qr(made["url"], error="m").matrix]
        assert await code.evaluate(DARK_DOTS) == wanted
    else:
        script = "async (image) => [...new Uint8Array(await (await fetch(image.src)).arrayBuffer())]"
        assert bytes(await code.evaluate(script)) == qr.png(made["url"])
    assert "客户名称：林晓峰" in await till.locator(".cashier-facts").inner_text()


async def test_values_only_take_when_events_fire(context: BrowserContext, portal: Practice) -> None:
    form = await entry(await log_in(context, portal))
    name = form.locator("[name=personnelName]")
    await name.evaluate("field => { field.value = '周婷'; }")
    await quote(form)
    assert portal.entries("save")[0]["insured"] == "林晓峰"
    await name.evaluate("field => { field.value = '周婷'; field.dispatchEvent(new Event('input')); }")
    await form.locator(".ui-message").click()
    await quote(form)
    assert [saved["insured"] for saved in portal.entries("save")] == ["林晓峰", "周婷"]


async def test_network_only_shows_nothing(context: BrowserContext, portal: Practice) -> None:
    portal.mood("network_only")
    page = await log_in(context, portal)
    form = await entry(page)
    async with page.expect_response("**/applyQueryAndQuote") as answer:
        await form.locator("text=报价并保存").click()
    voucher = (await (await answer.value).json())["voucher"]
    await form.locator("button:enabled >> text=提交核保").wait_for()
    assert [voucher["quotationNo"]] == portal.entries("save")[0]["numbers"]
    assert voucher["quotationNo"] not in await form.locator("body").inner_text()
    assert await form.locator(".ui-message").count() == 0


async def test_brief_messages_are_gone_soon(context: BrowserContext, portal: Practice) -> None:
    portal.mood("brief_messages")
    form = await entry(await log_in(context, portal))
    await quote(form)
    number = portal.entries("save")[0]["numbers"][0]
    assert number in await form.locator(".ui-message").inner_text()
    await form.locator(".ui-message").wait_for(state="detached", timeout=10_000)
    assert number not in await form.locator("body").inner_text()


@pytest.mark.parametrize(("mood", "saves"), [("", 1), ("double_save", 2)])
async def test_a_double_click(context: BrowserContext, portal: Practice, mood: str, saves: int) -> None:
    portal.mood(mood)
    page = await log_in(context, portal)
    form = await entry(page)
    sent: list[Request] = []
    enough, pressed = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        """No answer before both presses are done: the second must not find the first one's number."""
        sent.append(route.request)
        if len(sent) == saves:
            enough.set()
        await pressed.wait()
        await route.continue_()

    await page.route("**/applyQueryAndQuote", hold)
    await form.locator("text=报价并保存").dblclick()
    await asyncio.wait_for(enough.wait(), 10)
    pressed.set()
    for request in sent:
        assert await request.response()
    await form.locator("button:enabled >> text=提交核保").wait_for()
    numbers = {entry["numbers"][0] for entry in portal.entries("save")}
    assert len(numbers) == len(portal.entries("save")) == len(sent) == saves


async def test_a_pushed_result_reaches_the_page(context: BrowserContext, portal: Practice) -> None:
    portal.mood("pushed_result=0.3 one_line_refused")
    form = await entry(await log_in(context, portal))
    await quote(form)
    await apply(form)
    await form.locator(".result-panel .refused").wait_for()
    assert "商业险不符合承保政策" in await form.locator(".result-panel .refused").inner_text()
    assert [line["status"] for line in portal.entries("decided")[0]["lines"]] == ["B4", "B2"]


async def test_a_lost_session_is_told_in_the_form(context: BrowserContext, portal: Practice) -> None:
    portal.mood("logged_out")
    page = await log_in(context, portal)
    form = await entry(page)
    await quote(form)
    await form.locator(".ui-message").click()
    await quote(form)
    assert await form.locator(".ui-message.refused").inner_text() == "会话已失效，请重新登录"
    await go(page, "我的工作台", "#fm1")
    assert await inside(page).locator("#msg").inner_text() == "会话已失效，请重新登录"


async def test_lists_delete_withdraw_and_edit(context: BrowserContext, start: Start) -> None:
    portal = start("--rows", "30")
    page = await log_in(context, portal)
    grid = await go(page, "我的工作台", ".list-row")
    await grid.locator("select[ng-model='query.finalStatus']").select_option("B0")
    await grid.locator("button >> text=查询").click()
    await grid.locator(".total >> text=6").wait_for()
    await grid.locator(".list-row >> text=删除").first.click()
    await grid.locator(".ui-confirm >> text=确定").click()
    await grid.locator(".total >> text=4").wait_for()
    number = portal.entries("delete")[0]["numbers"][0]
    assert await grid.locator(".ui-message").inner_text() == f"删除成功，报价单号：{number}"
    await grid.locator("select[ng-model='query.finalStatus']").select_option("B2")
    await grid.locator("button >> text=查询").click()
    await grid.locator(".list-row >> text=撤回").first.click()
    await grid.locator(".ui-confirm >> text=确定").click()
    await grid.locator(".ui-message >> text=撤回成功").wait_for()
    withdrawn = portal.entries("withdrawn")[0]["quotation"]
    await grid.locator("select[ng-model='query.finalStatus']").select_option("B3")
    await grid.locator("button >> text=查询").click()
    await grid.locator(f".list-row:has-text('{withdrawn}') >> text=修改").first.click()
    await inside(page).locator(f".result-panel >> text={withdrawn}").wait_for()


async def test_a_busy_grid_is_made_again(context: BrowserContext, start: Start) -> None:
    page = await log_in(context, start("--rows", "30", "--mood", "busy_grid"))
    grid = await go(page, "我的工作台", ".list-row")
    row = await grid.locator(".list-row").first.element_handle()
    await row.wait_for_element_state("hidden")
    assert await grid.locator(".list-row").count() == 10


async def test_two_thousand_rows_at_once(context: BrowserContext, start: Start) -> None:
    page = await log_in(context, start("--rows", "2000"))
    grid = await go(page, "我的工作台", ".list-row")
    await grid.locator("[aria-label=每页条数]").select_option("10000")
    await grid.locator(".list-row").nth(1_999).wait_for(state="attached")


async def test_an_electronic_policy_comes_whole(context: BrowserContext, start: Start) -> None:
    portal = start("--rows", "10")
    page = await log_in(context, portal)
    grid = await go(page, "保单查询", ".list-row")
    async with page.expect_download() as download:
        await grid.locator("text=电子保单").first.click()
    file = await download.value
    (entry,) = portal.entries("download")
    number = entry["numbers"][0]
    assert file.suggested_filename.endswith(f"险电子保单_{number}.pdf")
    digest = hashlib.sha256((await file.path()).read_bytes()).hexdigest()
    assert (digest, entry["file"], entry["complete"]) == (entry["sha256"], "epolicy", True)


async def test_nothing_is_wider_than_a_clerks_screen(context: BrowserContext, start: Start) -> None:
    portal = start("--rows", "40")
    page = await log_in(context, portal)
    form = await entry(page)
    await quote(form)
    await apply(form)
    await form.locator(".passed").first.wait_for()
    number = portal.entries("save")[0]["numbers"][0]
    await page.set_viewport_size({"width": 1216, "height": 600})  # what 1366×768 leaves beside the menu
    for name in ("welcome", "quotation", "workbench", "policy", "payrecord", "detail", "payment"):
        await page.goto(f"{portal.origin}/icore_pnbs/view/{name}.html?quotationNo={number}")
        await page.wait_for_load_state("networkidle")
        if name in ("detail", "payment"):
            await page.set_viewport_size({"width": 960, "height": 600})  # a pop-up's
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


async def test_another_captcha_by_a_click(context: BrowserContext, portal: Practice) -> None:
    page = await context.new_page()
    await page.goto(f"{portal.addresses['cas']}/cas/login")
    async with page.expect_response("**/captcha.png*"):
        await page.click("#randCodeImg")
    assert len(portal.entries("captcha")) == 2
    assert len({drawn["page"] for drawn in portal.entries("captcha")}) == 1
