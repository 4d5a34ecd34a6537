"""Console and desk pages in a real browser: layout, keyboard, live updates, what only a browser enforces."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from companion.db.engine import Database
from companion.desk.pages import AccountView, make_pages
from companion.management import queries
from companion.management.views import ProposalQuery
from companion.settings import Settings
from companion.web.links import Links, MemoryLinks, entry_path
from scripts.stage import programs
from tests.console.conftest import Console, console_over
from tests.console.desk import ILL, MemoryDesk
from tests.postgres import KEY
from tests.too_wide import TOO_WIDE
from tests.unit.web.served import HandClock, Served, served

pytestmark = pytest.mark.browser

ROOMS = ("proposals", "questions", "downloads", "notifications")


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=programs.chromium(), args=["--no-sandbox", "--headless=new"]
        )
        yield browser
        await browser.close()


class Complaints(list[str]):
    """What the browser complains about: refused scripts and styles, errors, failed requests."""

    def listen(self, page: Page) -> None:
        page.on("console", self._message)
        page.on("pageerror", lambda error: self.append(str(error)))

    def _message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.append(message.text)


@asynccontextmanager
async def reader(chromium: Browser) -> AsyncIterator[Page]:
    """A page of a fresh profile on the clerk's screen; nothing may be complained about."""
    context = await chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(10_000)
    page = await context.new_page()
    complaints = Complaints()
    complaints.listen(page)
    yield page
    await context.close()
    assert complaints == []


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    """A console over SQLite: the browser does not see which database it is."""
    database = Database.sqlite(tmp_path / "test.db", KEY)
    async with console_over(database) as running:
        yield running
    await database.close()


async def enter(page: Page, site: Served, base: str, links: Links | None, path: str) -> None:
    assert links is not None
    await page.goto(site.url(entry_path(base, await links.create(base + path))))
    await page.wait_for_url(site.url(base + path))


async def speak(page: Page, language: str) -> None:
    await page.locator("details.menu summary").click()
    await page.get_by_role("button", name=language).click()
    await expect(page.locator("details.menu")).not_to_have_attribute("open", "")


async def too_wide(page: Page) -> list[str]:
    return list(await page.evaluate(TOO_WIDE))


@pytest.mark.parametrize("language", ["中文", "English"])
async def test_no_room_is_wider_than_the_screen(chromium: Browser, console: Console, language: str) -> None:
    async with reader(chromium) as page:
        await enter(page, console.site, "/console", console.office.links, "/proposals")
        await speak(page, language)
        for room in ROOMS:
            await page.goto(console.site.url(f"/console/{room}"))
            assert await too_wide(page) == [], f"{room}, empty"
        await console.fill(30)
        for room in ROOMS:
            await page.goto(console.site.url(f"/console/{room}"))
            assert await too_wide(page) == [], room
        row = page.locator("tr[data-href]").first
        await page.goto(console.site.url("/console/proposals"))
        await row.click()
        await page.wait_for_url("**/proposals/*")
        assert await too_wide(page) == [], "one proposal"


@pytest.mark.parametrize("language", ["中文", "English"])
async def test_no_desk_page_is_wider_than_the_screen(chromium: Browser, language: str) -> None:
    desk, links = MemoryDesk(found=ILL), MemoryLinks(HandClock())
    desk.kept = [AccountView("picc", "http://picc.localhost:8123", "clerk01", "missing")]
    async with served({"/desk": make_pages(desk, links, Settings())}) as site, reader(chromium) as page:
        await enter(page, site, "/desk", links, "/first_run")
        await speak(page, language)
        assert await too_wide(page) == [], "first run"
        await page.goto(site.url("/desk/diagnostics"))
        assert await too_wide(page) == [], "diagnostics"


async def test_a_link_followed_from_another_site_opens_the_console(
    chromium: Browser, console: Console
) -> None:
    links = console.office.links
    assert links is not None
    url = console.site.url(entry_path("/console", await links.create("/console/downloads")))
    async with reader(chromium) as page:
        await page.goto("data:text/html,<a id=go>go</a>")
        await page.evaluate("url => { document.getElementById('go').href = url }", url)
        await page.click("#go")
        await page.wait_for_url(console.site.url("/console/downloads"))
        await expect(page.locator("h1, .query").first).to_be_visible()
        cookies = await page.context.cookies()
        session = next(cookie for cookie in cookies if cookie["name"].startswith("chudan_console_"))
        assert (session["httpOnly"], session["sameSite"]) == (True, "Strict")
        assert await page.evaluate("document.cookie") == ""


async def test_new_rows_appear_by_themselves(chromium: Browser, console: Console) -> None:
    async with reader(chromium) as page:
        await enter(page, console.site, "/console", console.office.links, "/proposals")
        await expect(page.locator("#live.on")).to_be_visible()
        await expect(page.locator("#list")).to_contain_text("暂无投保单")
        await console.fill(3)
        await expect(page.locator("#list tbody tr")).to_have_count(3)
        await expect(page.locator("#room-questions .badge")).to_have_text("5")


async def test_a_page_that_was_hidden_is_up_to_date_when_it_is_seen_again(
    chromium: Browser, console: Console
) -> None:
    async with reader(chromium) as page:
        await enter(page, console.site, "/console", console.office.links, "/proposals")
        await expect(page.locator("#live.on")).to_be_visible()
        hide = """hidden => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
        await page.evaluate(hide, True)
        await console.fill(3)
        await page.evaluate(hide, False)
        await expect(page.locator("#list tbody tr")).to_have_count(3)


async def test_nothing_is_swapped_while_the_clerk_types(chromium: Browser, console: Console) -> None:
    await console.agency(lambda agency: agency.question("D1b", "张三丰", timedelta(minutes=1)))
    async with reader(chromium) as page:
        await enter(page, console.site, "/console", console.office.links, "/questions")
        await expect(page.locator("#live.on")).to_be_visible()
        field = page.locator("[name=customer_name]")
        await field.fill("王小")
        await console.agency(lambda agency: agency.question("D1b", "李四", timedelta(0)))
        await expect(page.locator("#room-questions .badge")).to_have_text("2")
        await expect(page.locator(".question")).to_have_count(1)
        await expect(field).to_have_value("王小")
        await field.fill("")
        await page.locator("h1").click()
        await expect(page.locator(".question")).to_have_count(2)


async def test_the_keyboard_does_it_all(chromium: Browser, console: Console) -> None:
    await console.fill(5)
    async with reader(chromium) as page:
        await enter(page, console.site, "/console", console.office.links, "/proposals")
        await expect(page.locator("#live.on")).to_be_visible()
        rows = page.locator("tbody tr")
        for key, place in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
            await page.keyboard.press(key)
            await expect(rows.nth(place)).to_have_class("here")
        await page.keyboard.press("/")
        await expect(page.locator("input[type=search]")).to_be_focused()
        await page.keyboard.type("j?1")
        await expect(page.locator("input[type=search]")).to_have_value("j?1")
        await page.keyboard.press("Escape")
        await expect(page.locator("input[type=search]")).not_to_be_focused()
        await page.keyboard.press("?")
        await expect(page.locator("#help")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#help")).not_to_be_visible()
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile("/console/proposals/.+"))
        await page.keyboard.press("3")
        await page.wait_for_url("**/console/downloads")


async def test_the_way_back_keeps_the_filter(chromium: Browser, console: Console) -> None:
    await console.fill(5)
    async with reader(chromium) as page:
        await enter(page, console.site, "/console", console.office.links, "/proposals")
        await page.fill("input[type=search]", "粤")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/proposals?text=*")
        filtered = page.url
        await page.locator("tr[data-href]").first.click()
        await page.wait_for_url(re.compile("/console/proposals/.+"))
        await page.locator("a[data-back]").click()
        await page.wait_for_url(filtered)


async def test_a_shown_name_stays_shown_when_the_page_changes(chromium: Browser, console: Console) -> None:
    await console.fill(10)
    page_of = await console.office.database.read(lambda session: queries.proposals(session, ProposalQuery()))
    one = next(row for row in page_of.rows if row.insured and len(row.insured) < 4)
    async with reader(chromium) as page:
        await enter(page, console.site, "/console", console.office.links, "/proposals")
        await expect(page.locator("#live.on")).to_be_visible()
        row = page.locator(f"#p-{one.id}")
        assert one.insured not in await page.content()
        await row.hover()
        await row.get_by_role("button", name="显示").click()
        await expect(row).to_contain_text(one.insured)
        await console.agency(lambda agency: agency.proposal(console.clock.now()))
        await expect(page.locator("tbody tr")).to_have_count(11)
        await expect(row).to_contain_text(one.insured)
        await expect(row.get_by_role("button", name="显示")).to_have_count(0)


async def test_a_question_is_answered_with_a_customer_from_the_picker(
    chromium: Browser, console: Console
) -> None:
    await console.fill(1)
    await console.agency(lambda agency: agency.question("D1b", "张三丰", timedelta(hours=1)))
    async with reader(chromium) as page:
        await enter(page, console.site, "/console", console.office.links, "/questions")
        card = page.locator(".question").first
        await card.locator("input[type=search]").fill("欧阳")
        await expect(card.locator(".pick li")).to_have_count(1)
        await page.keyboard.press("Enter")
        await expect(card.locator(".pick input")).to_be_checked()
        await card.get_by_role("button", name="是", exact=True).click()
        await expect(page.locator(".question")).to_have_count(2)
        await page.goto(console.site.url("/console/proposals"))
        await expect(page.locator("tbody tr")).to_have_count(2)


async def test_the_report_is_copied(chromium: Browser) -> None:
    desk, links = MemoryDesk(found=ILL), MemoryLinks(HandClock())
    async with served({"/desk": make_pages(desk, links, Settings())}) as site, reader(chromium) as page:
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.origin)
        await enter(page, site, "/desk", links, "/diagnostics")
        await page.get_by_role("button", name="复制诊断信息").click()
        await expect(page.locator("#notice")).to_have_text("已复制")
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("companion: 0.1.0\n")
        assert "clerk01" not in copied


async def test_the_lamps_change_by_themselves_and_the_form_keeps_what_was_typed(chromium: Browser) -> None:
    desk, links = MemoryDesk(), MemoryLinks(HandClock())
    async with served({"/desk": make_pages(desk, links, Settings())}) as site, reader(chromium) as page:
        await enter(page, site, "/desk", links, "/first_run")
        await expect(page.locator("#live.on")).to_be_visible()
        await page.fill("#login", "clerk07")
        desk.found = ILL
        await expect(page.locator("#lamps")).to_contain_text("无法连接到管理系统")
        await expect(page.locator("#login")).to_have_value("clerk07")
