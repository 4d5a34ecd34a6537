"""The signals of CPIC in a real browser: on the network, and in ciphertext in the page alone."""

import base64
import io
import time
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import BrowserContext, Page, expect

from tests.carriers.conftest import Practice, Start
from tests.carriers.cpic_browser import (
    DETAIL,
    ENTRY,
    LIST,
    PAGES,
    PAYMENT,
    RECORDS,
    fill,
    log_in,
)
from tests.carriers.cpic_clerk import Clerk
from tests.carriers.in_page import Watched

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CARRIER = "cpic"
SEALED = ["encrypted", "encrypted strict_csp"]
Hint = dict[str, Any]


def moods(words: str) -> list[str]:
    """Moods as words of a command line."""
    return [word for mood in words.split() for word in ("--mood", mood)]


async def watched(context: BrowserContext) -> Watched:
    """The clerk's browser, with the profile in its pages."""
    eyes = Watched(CARRIER, context)
    await eyes.begin()
    return eyes


def code_in(picture: str) -> str:
    """What a QR code in base64 says."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(picture))).convert("L"))
    return str(code.text)


def told(hints: list[Hint]) -> list[tuple[str, tuple[str, ...]]]:
    """Kinds and numbers, each once."""
    return list(dict.fromkeys((str(hint["kind"]), tuple(hint["numbers"])) for hint in hints))


async def quote(page: Page) -> str:
    """Fill the form that stands there, and save it; the number shown."""
    await fill(page)
    await page.click("#saveBtn")
    await page.wait_for_selector(".layer-msg")
    return await page.input_value("#quotationNo")


async def fetch_code(page: Page, portal: Practice, number: str, how: str) -> None:
    """Fetch a code to pay with, as a clerk does."""
    await page.goto(f"{portal.origin}{PAYMENT}?quotationNo={number}")
    await page.check(".searchCheckbox")
    await page.select_option("#payType", how)
    await page.click("#payBtn")
    await page.wait_for_selector("#payNo")


async def found(page: Page, portal: Practice, path: str, field: str, number: str) -> None:
    """Search one of the lists for a number."""
    await page.goto(portal.origin + path)
    await page.wait_for_selector("#userCode")
    await page.fill(field, number)
    await page.click("#queryBtn")
    await expect(page.locator("#pageInfo")).to_contain_text("共 1 条")


async def test_every_signal_is_heard_on_the_network(context: BrowserContext, portal: Practice) -> None:
    eyes = await watched(context)
    page = await log_in(context, portal, ENTRY)
    number = await quote(page)
    await page.click("#submitBtn")
    await page.wait_for_selector("#underwriteResult")
    hints, unread = await eyes.heard(page)
    assert told(hints) == [("quote_saved", (number,)), ("underwriting", (number,))]
    for how in ("qr", "card"):
        await fetch_code(page, portal, number, how)
    hints, more = await eyes.heard(page)
    assert told(hints) == [("qr_fetched", (number,)), ("card_number", (number,))]
    qr, card = portal.entries("pay_code")
    assert (code_in(hints[0]["picture"]), hints[1]["card"]) == (qr["code"], card["code"])
    await page.goto(f"{portal.origin}/pay/terminal?payNo={card['payNo']}")
    await page.click("#confirmPay")
    await found(page, portal, RECORDS, "#payNo", card["payNo"])
    await found(page, portal, LIST, "#quotationNo", number)
    hints, most = await eyes.heard(page)
    assert told(hints) == [("issued", (number,))]
    assert unread + more + most == []


async def test_withdrawals_and_deletions_are_heard(context: BrowserContext, portal: Practice) -> None:
    eyes = await watched(context)
    async with Clerk(portal) as clerk:
        await clerk.login()
        number, other = await clerk.passed(nonMotor=True), await clerk.save()
    page = await log_in(context, portal, f"{LIST}?quotationState=5&productType=1")
    await page.check(".searchCheckbox")
    await eyes.heard(page)
    await page.click("#withdrawBtn")
    await page.click(".layer-ok")
    await expect(page.locator(".layer-content")).to_contain_text("已撤回")
    hints, _ = await eyes.heard(page)
    assert told(hints) == [("underwriting", (number,))]
    await page.goto(f"{portal.origin}{LIST}?productType=1&plateNo=")
    for box in await page.locator(".searchCheckbox").all():
        await box.check()
    await page.click("#deleteBtn")
    await page.click(".layer-ok")
    await expect(page.locator(".layer-msg")).to_contain_text("删除成功")
    (seen,) = [hint for hint in await eyes.seen(page) if hint["kind"] == "deleted"]
    hints, unread = await eyes.heard(page)
    assert (sorted(seen["numbers"]), unread) == (sorted([number, other]), [])
    assert told(hints) == [("deleted", tuple(seen["numbers"]))]


async def test_deleting_a_line_is_heard_although_the_page_loads_anew(
    context: BrowserContext, portal: Practice
) -> None:
    eyes = await watched(context)
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.save()
    page = await log_in(context, portal, f"{DETAIL}?quotationNo={number}")
    assert await eyes.seen(page) == []
    await page.click("#commercialDelete")
    await page.click(".layer-ok")
    await expect(page.locator("#commercial_stateName")).to_have_text("删除")
    assert told(await eyes.seen(page)) == [("deleted", (number,))]
    assert [entry["numbers"] for entry in portal.entries("delete")] == [[number]]


@pytest.mark.parametrize("mood", SEALED)
async def test_in_ciphertext_every_signal_is_seen_in_the_page(
    context: BrowserContext, start: Start, mood: str
) -> None:
    portal = start(*moods(mood))
    eyes = await watched(context)
    page = await log_in(context, portal, ENTRY)
    number = await quote(page)
    assert told(await eyes.seen(page)) == [("quote_saved", (number,))]
    await page.wait_for_selector(".layer-msg", state="detached")
    await page.click("#submitBtn")
    await page.wait_for_selector("#underwriteResult")
    assert told(await eyes.seen(page)) == [("underwriting", (number,))]
    for how, kind in (("qr", "qr_fetched"), ("card", "card_number")):
        await fetch_code(page, portal, number, how)
        (hint,) = await eyes.seen(page)
        assert (hint["kind"], hint["numbers"]) == (kind, [number])
        code = portal.entries("pay_code")[-1]
        shown = hint.get("card") or code_in(await eyes.picture(page, hint["shown"]))
        assert shown == code["code"]
    await page.goto(f"{portal.origin}/pay/terminal?payNo={code['payNo']}")
    await page.click("#confirmPay")
    await found(page, portal, RECORDS, "#payNo", code["payNo"])
    assert told(await eyes.seen(page)) == [("issued", (number,))]
    assert await eyes.heard(page) == ([], [])


async def test_in_ciphertext_deletions_and_withdrawals_are_seen(
    context: BrowserContext, start: Start
) -> None:
    portal = start()
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed()
    portal.mood("encrypted")
    eyes = await watched(context)
    page = await log_in(context, portal, f"{LIST}?quotationNo={number}")
    await page.check(".searchCheckbox")
    assert told(await eyes.seen(page)) == [("underwriting", (number,))]
    await page.click("#withdrawBtn")
    await page.click(".layer-ok")
    await expect(page.locator(".layer-content")).to_contain_text("已撤回")
    assert told(await eyes.seen(page)) == [("underwriting", (number,))]
    await page.click(".layer-ok")
    await expect(page.locator("#list td.col-quotationStateName")).to_contain_text("暂存")
    assert await eyes.seen(page) == []
    await page.check(".searchCheckbox")
    await page.click("#deleteBtn")
    assert await eyes.seen(page) == []
    await page.click(".layer-ok")
    await expect(page.locator(".layer-msg")).to_contain_text("删除成功")
    assert told(await eyes.seen(page)) == [("deleted", (number,))]


async def test_a_refused_save_tells_nothing_and_is_no_alarm(context: BrowserContext, start: Start) -> None:
    portal = start("--mood", "save_refused")
    eyes = await watched(context)
    page = await log_in(context, portal, ENTRY)
    await fill(page)
    await page.click("#saveBtn")
    await page.wait_for_selector(".layer-content")
    assert (await eyes.seen(page), await eyes.heard(page)) == ([], ([], []))


async def test_underwriters_who_take_their_time_are_seen_when_the_clerk_looks(
    context: BrowserContext, start: Start
) -> None:
    portal = start("--mood", "manual_underwriting=0.5")
    eyes = await watched(context)
    page = await log_in(context, portal, ENTRY)
    number = await quote(page)
    await page.click("#submitBtn")
    await page.wait_for_selector("#underwriteResult")
    await page.goto(f"{portal.origin}{LIST}?quotationNo={number}")
    deadline = time.monotonic() + 20
    while "核保通过" not in await page.inner_text("#list"):
        assert time.monotonic() < deadline
        await page.click("#queryBtn")
        await page.wait_for_selector("#list tbody td")
    hints, _ = await eyes.heard(page)
    assert told(hints)[1:] == [("underwriting", (number,))]
    assert told(await eyes.seen(page)) == [("underwriting", (number,))]
    await page.goto(f"{portal.origin}{PAGES}/common/index.html", wait_until="networkidle")
    assert await eyes.heard(page) == ([], [])
