"""The CPIC-style practice portal in a real browser: by hand it works in every mood."""

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.carriers.conftest import Start
from tests.carriers.cpic_browser import ENTRY, LIST, PAGES, fill, log_in, noted, pay, saved, type_login

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CARRIER = "cpic"
WIDE = [
    *("common/login.html", "common/index.html", "quick_quotation/quick_quotation.html"),
    *("quotation_search/quotation_search.html?plateNo=", "payment/payment.html"),
    *("payment_record/payment_record.html", "policy_search/policy_search.html"),
]


async def test_a_captcha_read_wrong_is_drawn_anew(context: BrowserContext, start: Start) -> None:
    portal, page = start(), await context.new_page()
    await page.goto(portal.origin)
    await type_login(page, portal, captcha="0000")
    await expect(page.locator("#errorMsg")).to_have_text("验证码错误")
    await page.wait_for_function("document.getElementById('capImg').complete")
    await expect(page.locator("#verifyCode")).to_have_value("")
    assert len(portal.entries("captcha")) == 2
    await type_login(page, portal)
    await expect(page.locator("#userCode")).to_have_text("clerk01")


@pytest.mark.parametrize("mood", ["", "encrypted strict_csp", "duplicate_answer"])
async def test_from_quotation_to_policy(context: BrowserContext, start: Start, mood: str) -> None:
    portal = start(*(word for each in mood.split() for word in ("--mood", each)))
    page = await log_in(context, portal, ENTRY)
    await fill(page)
    await page.click("#saveBtn")
    await expect(page.locator("#quotationNo")).to_have_value(portal_number := await saved(page, portal))
    await page.click("#submitBtn")
    results = page.locator("#underwriteResult li.passed")
    await expect(results).to_have_count(2)
    (decided,) = portal.entries("underwritten")
    said = await results.all_inner_texts()
    assert all(line["number"] in text for line, text in zip(decided["lines"], said, strict=True))

    await page.goto(f"{portal.origin}{PAGES}/payment/payment.html?quotationNo={portal_number}")
    await page.check(".searchCheckbox")
    await page.click("#payBtn")
    await expect(page.locator("#payNo")).to_have_text((await noted(page, portal, "pay_code"))["payNo"])
    picture = "#qrCanvas" if "encrypted" in mood else "#qrCode"
    assert await page.locator(picture).evaluate("element => element.naturalWidth ?? element.width") > 100
    await pay(context, portal)

    await page.goto(f"{portal.origin}{PAGES}/policy_search/policy_search.html")
    async with page.expect_download() as download:
        await page.click(".downloadBlob >> nth=0")
        if "encrypted" in mood:
            await page.click(".fileLink")
    file = await download.value
    data = Path(await file.path()).read_bytes()
    assert file.url.startswith("blob:")
    (noted_file,) = portal.entries("download")
    assert noted_file["numbers"][0] in file.suggested_filename
    assert (data[:5], len(data)) == (b"%PDF-", noted_file["bytes"])
    repeats = 3 if mood == "duplicate_answer" else 0
    assert [len(portal.entries(what)) for what in ("save", "submit", "repeat")] == [1, 1, repeats]


async def test_the_plain_file_has_a_chinese_name(context: BrowserContext, start: Start) -> None:
    page = await log_in(context, start("--rows", "40"), f"{PAGES}/policy_search/policy_search.html")
    async with page.expect_download() as download:
        await page.click(".downloadEpolicy >> nth=0")
    row = await page.locator("#searchTable tbody tr").first.get_attribute("data")
    name = (await download.value).suggested_filename
    assert row
    assert f'"fileName":"{name}"' in row
    assert name.startswith("电子保单_浙B")


async def test_page_only_saves_without_a_request_of_the_script(context: BrowserContext, start: Start) -> None:
    portal = start("--mood", "page_only")
    page = await log_in(context, portal, ENTRY)
    await fill(page)
    kinds: list[str] = []
    page.on("request", lambda request: kinds.append(request.resource_type))
    await page.click("#quickSaveBtn")
    number = await saved(page, portal)
    await expect(page.locator("#quotationNo")).to_have_value(number)
    assert kinds == ["document"]


async def test_network_only_shows_nothing(context: BrowserContext, start: Start) -> None:
    portal = start("--mood", "network_only")
    page = await log_in(context, portal, ENTRY)
    await fill(page)
    async with page.expect_response("**/quickSave") as answer:
        await page.click("#quickSaveBtn")
    told = (await (await answer.value).json())["result"]["quotationNo"]
    await expect(page.locator("#quickSaveBtn")).to_be_enabled()
    assert portal.entries("save")[0]["numbers"] == [told]
    assert await page.input_value("#quotationNo") == ""
    assert await page.locator(".layer-msg").count() == 0


async def test_rows_are_sorted_paged_and_deleted(context: BrowserContext, start: Start) -> None:
    portal = start("--rows", "60", "--mood", "busy_grid")
    page = await log_in(context, portal, f"{LIST}?quotationState=1")
    await page.wait_for_selector("tr[data]")
    await page.click("th.col-totalPremium")
    await expect(page.locator("#pageInfo")).to_contain_text("第 1 /")
    await page.click("#nextPage")
    await expect(page.locator("#pageInfo")).to_contain_text("第 2 /")
    first = page.locator("#searchTable tbody tr").first
    number = await first.locator(".searchCheckbox").get_attribute("value")
    row = await first.element_handle()
    assert row
    await page.check(f".searchCheckbox[value='{number}']")
    await row.wait_for_element_state("hidden")
    assert await page.is_checked(f".searchCheckbox[value='{number}']")
    await page.click("#deleteBtn")
    await page.click(".layer-ok")
    await expect(page.locator(".layer-msg")).to_have_text(f"{number} 删除成功")
    assert [entry["numbers"] for entry in portal.entries("delete")] == [[number]]


async def test_a_long_encrypted_list_is_a_window_of_twenty_rows(
    context: BrowserContext, start: Start
) -> None:
    portal = start("--rows", "2000", "--mood", "encrypted")
    page = await log_in(context, portal, LIST)
    async with page.expect_response("**/queryQuotationPolicy") as answer:
        await page.click("#queryBtn")
    sealed = await (await answer.value).json()
    assert set(sealed) == {"iv", "data"}
    await expect(page.locator("#pageInfo")).to_contain_text("共 2000 条")
    found = portal.entries("query")[-1]["found"]
    link = page.locator(".vgrid-fixed tbody a")
    await expect(link.first).to_have_text(found[0])
    same = await page.locator(".vgrid-fixed tbody tr").first.element_handle()
    await page.evaluate("document.getElementById('searchGrid').scrollTop = 1e9")
    await expect(link.last).to_have_text(found[-1])
    assert await page.locator(".vgrid-free tbody tr").count() == 20
    assert same
    assert found[-20] in await same.inner_text()


async def test_a_lost_session_leads_to_the_log_in_page(context: BrowserContext, start: Start) -> None:
    portal = start()
    page = await log_in(context, portal, LIST)
    await context.clear_cookies()
    await page.click("#queryBtn")
    await expect(page.locator(".layer-content")).to_have_text("会话已失效，请重新登录")
    await page.click(".layer-ok")
    await page.wait_for_url("**/login.html")


async def test_a_page_where_data_was_expected_is_told(context: BrowserContext, start: Start) -> None:
    portal = start("--mood", "html_instead_of_json")
    page = await log_in(context, portal, LIST)
    await page.click("#queryBtn")
    await expect(page.locator(".layer-content")).to_contain_text("系统返回异常")


async def test_nothing_is_wider_than_a_clerks_screen(context: BrowserContext, start: Start) -> None:
    portal = start("--rows", "30")
    page = await log_in(context, portal, ENTRY)
    number = "QNIB0012500001000000"
    for path in [*WIDE, f"quotation_detail/quotation_detail.html?quotationNo={number}"]:
        await page.goto(f"{portal.origin}{PAGES}/{path}", wait_until="networkidle")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        clipped = await page.evaluate(
            "[...document.querySelectorAll('.table-box')].some((box) => box.scrollWidth > box.clientWidth)"
        )
        assert not clipped, path
