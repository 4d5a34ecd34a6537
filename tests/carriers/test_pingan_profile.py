"""The profile of the three-host portal in a real browser: every place it names is there, on live pages."""

import hashlib
import json
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Frame, Page

from companion import carriers
from tests.carriers.conftest import Practice, Start
from tests.carriers.test_engine_live import engine_files
from tests.carriers.test_practice_pingan_browser import apply, entry, go, inside, log_in, quote

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CARRIER = "pingan"
PROFILE: dict[str, Any] = json.loads((carriers.FOLDER / CARRIER / "profile.json").read_bytes())
COUNT = "(at) => document.querySelectorAll(at).length"
SEES = """(profile) => ({
  page: Chudan.engine.pageOf(profile, document, location.href),
  hints: Chudan.engine.hintsFromPage(profile, document, location.href),
})"""
ROWS = """(profile) => Chudan.engine.rowsOf(profile, document, location.href)
  .flatMap(({ rows, read }) => Array.from(document.querySelectorAll(rows), read))"""
PATH_TO = "([profile, path]) => Chudan.engine.pathTo(profile, path, location.href)"
FETCH = """async ([profile, kind, number]) => {
  const { url, ...asked } = Chudan.engine.fileRequest(profile, kind, [], number, location.href);
  return [...new Uint8Array(await (await fetch(url, asked)).arrayBuffer())];
}"""


async def equip(frame: Frame | Page) -> None:
    """Put the engine into a document, as the extension does into each."""
    for file in engine_files():
        await frame.add_script_tag(content=file.read_text(encoding="utf-8"))


async def sees(frame: Frame | Page) -> dict[str, Any]:
    """Which page the engine takes a document for, and what it sees there."""
    await equip(frame)
    found: dict[str, Any] = await frame.evaluate(SEES, PROFILE)
    return found


def named(page: Page, name: str) -> Frame:
    return next(frame for frame in page.frames if frame.name == name)


async def count(frame: Frame | Page, places: list[str]) -> dict[str, int]:
    """How often each place is there."""
    return {at: await frame.evaluate(COUNT, at) for at in places}


@pytest.mark.parametrize("mood", ["", "changed_prefix"])
async def test_the_forms_stand_where_the_profile_goes(
    context: BrowserContext, portal: Practice, mood: str
) -> None:
    portal.mood(mood)
    page = await context.new_page()
    await page.goto(portal.origin + PROFILE["home"])
    assert page.url == f"{portal.addresses['cas']}/cas/login"
    form = PROFILE["login"]
    login = [form["username"], form["password"], form["captcha"], form["submit"]]
    assert set((await count(page, login)).values()) == {1}
    await page.close()
    page = await log_in(context, portal)
    for goal, place in (("entry", "[name=price]"), ("finder", "tbody")):
        await page.goto(portal.origin + PROFILE[goal]["start"])
        await inside(page).locator(place).first.wait_for(state="attached")
        frame = named(page, "main")
        known = PROFILE[goal]
        fields = [one["at"] for one in known["fields"].values()] if goal == "entry" else [known["number"]]
        assert set((await count(frame, fields)).values()) == {1}
        always = PROFILE["pages"][(await sees(frame))["page"]]["always"]
        assert set((await count(frame, always)).values()) == {1}
    await equip(page)
    await page.goto(portal.origin + await page.evaluate(PATH_TO, [PROFILE, PROFILE["logout"]]))
    assert page.url == f"{portal.addresses['cas']}/cas/login"
    assert portal.entries("logout")


@pytest.mark.parametrize("mood", ["pushed_result=600", "pushed_result=600 brief_messages one_line_refused"])
async def test_a_pushed_decision_is_seen_in_the_page_alone(
    context: BrowserContext, portal: Practice, mood: str
) -> None:
    portal.mood(mood)
    page = await log_in(context, portal)
    form = await entry(page)
    await quote(form)
    await equip(named(page, "main"))
    await form.locator(".ui-message").click()
    await apply(form)
    await form.locator(".ui-message >> text=核保中").wait_for()
    assert (await sees(named(page, "main")))["hints"] == []
    portal.mood("forward=601")
    await form.locator(".ui-message >> text=待缴费").wait_for()
    (hint,) = (await sees(named(page, "main")))["hints"]
    assert hint == {"kind": "underwriting", "numbers": portal.entries("decided")[0]["numbers"]}


@pytest.mark.parametrize("mood", ["", "canvas_qr"])
async def test_the_code_stands_on_the_payment_hosts_page(
    context: BrowserContext, portal: Practice, mood: str
) -> None:
    portal.mood(mood)
    page = await log_in(context, portal)
    form = await entry(page)
    await quote(form)
    await apply(form)
    await form.locator(".result-panel .passed").nth(1).wait_for()
    await form.locator(".actions >> text=缴费").click()
    layer = page.frame_locator(".ui-layer iframe")
    await layer.locator("text=扫码支付").first.click()
    await layer.frame_locator("#payFrame").locator("canvas, img.qrcode").wait_for()
    till = named(page, "payFrame")
    assert till.url == f"{portal.addresses['pay']}/paygateway/scanPay.do"
    seen = await sees(till)
    (hint,) = seen["hints"]
    (made,) = portal.entries("pay_code")
    assert (seen["page"], hint["kind"], hint["numbers"]) == ("cashier", "qr_fetched", made["numbers"])
    shows = "(at) => (document.querySelector(at).src ?? 'canvas').split('/').pop().split('?')[0]"
    assert await till.evaluate(shows, hint["shown"]) == ("canvas" if mood else "qrcode.do")


@pytest.mark.parametrize("mood", ["", "busy_grid"])
async def test_every_row_of_both_lists_is_read_as_the_portal_knows_it(
    context: BrowserContext, start: Start, mood: str
) -> None:
    portal = start("--rows", "40", *(["--mood", mood] if mood else []))
    page = await log_in(context, portal)
    for menu, call in (("我的工作台", "queryQuoteList"), ("保单查询", "queryPolicyList")):
        async with page.expect_response(f"**/{call}") as awaited:
            grid = await go(page, menu, ".list-row")
        told = (await (await awaited.value).json())["datalist"]
        await grid.locator(".list-row").nth(len(told) - 1).wait_for()
        frame = named(page, "main")
        await equip(frame)
        read = await frame.evaluate(ROWS, PROFILE)
        assert read == [
            {
                "numbers": [row["applyPolicyNo"].strip() or row["quotationNo"]],
                "policy_number": row["policyNo"].strip() or None,
            }
            for row in told
        ]
        assert await grid.locator(f"{PROFILE['lists'][0]['button']}").count() == len(told)


async def test_both_files_of_a_policy_come_with_the_clerks_session(
    context: BrowserContext, start: Start
) -> None:
    portal = start("--rows", "10")
    page = await log_in(context, portal)
    await go(page, "保单查询", ".list-row")
    await equip(page)
    frame = named(page, "main")
    await equip(frame)
    number = (await frame.evaluate(ROWS, PROFILE))[0]["policy_number"]
    for kind, paper in (("policy", "policy"), ("e_policy", "epolicy")):
        body = bytes(await page.evaluate(FETCH, [PROFILE, kind, number]))
        entry = portal.entries("download")[-1]
        assert (entry["numbers"], entry["file"]) == ([number], paper)
        assert entry["sha256"] == hashlib.sha256(body).hexdigest()
        assert body.startswith(b"%PDF-")


async def test_what_is_taken_back_or_deleted_is_seen(context: BrowserContext, start: Start) -> None:
    portal = start("--rows", "20")
    page = await log_in(context, portal)
    grid = await go(page, "我的工作台", ".list-row")
    for word, what, kind in (("撤回", "withdrawn", "underwriting"), ("删除", "delete", "deleted")):
        await grid.locator(f".list-row >> text={word}").locator("visible=true").first.click()
        await grid.locator(".ui-confirm >> text=确定").click()
        await grid.locator(f".ui-message >> text={word}成功").wait_for()
        (hint,) = (await sees(named(page, "main")))["hints"]
        event = portal.entries(what)[-1]
        assert hint == {"kind": kind, "numbers": [event.get("quotation") or event["numbers"][0]]}
