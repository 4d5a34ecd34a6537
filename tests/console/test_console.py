"""The console's rooms over real HTTP and a real database."""

import asyncio
import re
from datetime import timedelta

from sqlmodel import Session, col, select

from companion.clock import from_ms
from companion.db.engine import Database
from companion.management import queries
from companion.management.console import make_console
from companion.management.server import Office
from companion.management.store.tables import (
    ConsoleLink,
    ConsoleSession,
    Customer,
    Device,
    Proposal,
    Timeline,
)
from companion.management.store.work_tables import Download, Question
from companion.management.views import DownloadQuery, ProposalQuery
from companion.management.wire import DownloadOut, ProposalOut
from companion.settings import Settings
from companion.web.links import LINK_LIFE, digest, entry_path
from companion.web.show import mask_name
from tests.console.conftest import Console
from tests.console.data import Agency
from tests.unit.web.served import HandClock, served

EMPTY = {
    "/proposals": "在保险公司系统里保存一份报价",
    "/downloads": "报价保存并回答“是”或“仅下载”后",
    "/questions": "提问会同时出现在页面和这里",
    "/notifications": "下载完成或失败时会在屏幕上提醒",
}


ODD = (
    "page=0", "page=x", "page=99999999999", "page=4", "state=NONE", "sort=insured_id", "order=up",
    "since=2026-02-30", "text=%25", "text=%27%3B--", "limit=100000", "offset=-1", "x=y", "carrier=%00",
    "text=%00", "source=%00", "login=%00", "since=0001-01-01", "until=9999-12-31",
)  # fmt: skip


async def proposals(console: Console) -> list[ProposalOut]:
    query = ProposalQuery(limit=200)
    page = await console.office.database.read(lambda session: queries.proposals(session, query))
    return list(page.rows)


async def downloads(console: Console) -> list[DownloadOut]:
    query = DownloadQuery(limit=200)
    page = await console.office.database.read(lambda session: queries.downloads(session, query))
    return list(page.rows)


async def test_a_link_works_once_for_a_minute_and_only_digests_are_kept(console: Console) -> None:
    links = console.office.links
    assert links is not None
    key, late = await links.create("/console/downloads"), await links.create("/console/")
    assert (await console.reader.get(entry_path("", key))).status == 200
    assert (await console.reader.get("/downloads")).status == 200
    assert (await console.reader.get(entry_path("", key))).status == 410
    console.clock.pass_(LINK_LIFE)
    assert (await console.reader.get(entry_path("", late))).status == 410

    def kept(session: Session) -> list[str]:
        return [*session.exec(select(ConsoleLink.digest)), *session.exec(select(ConsoleSession.digest))]

    digests = await console.office.database.read(kept)
    cookies = [cookie.value for cookie in console.site.client.cookie_jar]
    assert len(cookies) == 1
    assert digest(cookies[0]) in digests
    assert cookies[0] not in digests
    assert key not in digests


async def test_of_two_at_once_one_enters(console: Console) -> None:
    links = console.office.links
    assert links is not None
    for _ in range(5):
        key = await links.create("/console/")
        entries = await asyncio.gather(*(links.redeem(key) for _ in range(8)))
        assert sum(entry is not None for entry in entries) == 1


async def test_a_session_ends_after_a_working_day(console: Console) -> None:
    await console.reader.enter("/proposals")
    console.clock.pass_(timedelta(hours=12))
    page = await console.reader.get("/proposals")
    assert page.status == 401
    assert "chudan console" in page.plain


async def test_an_empty_room_says_what_to_do(console: Console) -> None:
    await console.reader.enter("/proposals")
    for room, said in EMPTY.items():
        page = await console.reader.get(room)
        assert page.status == 200
        assert said in page.plain
    assert (await console.reader.get("/")).path == "/console/proposals"


async def test_the_list_filters_sorts_and_pages_by_its_address(console: Console) -> None:
    await console.fill(45)
    await console.reader.enter("/proposals")
    everything = await proposals(console)
    first = await console.reader.get("/proposals")
    assert first.text.count("<tr id=") == 20
    assert "共 45 条" in first.plain
    last = await console.reader.get("/proposals?page=3")
    assert last.text.count("<tr id=") == 5
    one = everything[7]
    found = await console.reader.get(f"/proposals?text={one.numbers[0][-6:]}")
    assert found.text.count("<tr id=") == 1
    assert f'id="p-{one.id}"' in found.text
    void = await console.reader.get("/proposals?state=VOID")
    assert void.text.count("<tr id=") == sum(row.state == "VOID" for row in everything)
    by_plate = await console.reader.get("/proposals?sort=plate&order=asc")
    plates = re.findall(r"<b>(粤\w+)</b>", by_plate.text)
    assert plates == sorted(plates)
    assert len(plates) == 20


async def test_days_are_those_of_the_desk(console: Console) -> None:
    await console.fill(45)
    await console.reader.enter("/proposals")
    day = from_ms((await proposals(console))[-1].created_at) + timedelta(hours=8)
    page = await console.reader.get(f"/proposals?since={day:%Y-%m-%d}&until={day:%Y-%m-%d}")
    midnight = from_ms(round(day.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000))
    start = midnight - timedelta(hours=8)
    expected = sum(
        start <= from_ms(row.created_at) < start + timedelta(days=1) for row in await proposals(console)
    )
    assert 0 < expected < 45
    assert f"共 {expected} 条" in page.plain


async def test_an_odd_address_still_opens(console: Console) -> None:
    await console.fill(3)
    await console.reader.enter("/proposals")
    opened = {
        f"{room}?{query}": (await console.reader.get(f"{room}?{query}")).status
        for room in ("/proposals", "/downloads", "/notifications")
        for query in ODD
    }
    assert {address: status for address, status in opened.items() if status != 200} == {}


async def test_nothing_found_offers_a_way_back(console: Console) -> None:
    await console.fill(3)
    page = await console.reader.enter("/proposals?text=nowhere")
    assert "没有符合条件的记录" in page.plain
    assert 'href="/console/proposals">重置' in page.text


async def test_names_are_hidden_until_asked_for_and_that_is_on_the_timeline(console: Console) -> None:
    await console.fill(20)
    rows = [row for row in await proposals(console) if row.insured and mask_name(row.insured) != row.insured]
    await console.reader.enter("/proposals")
    pages = ["/proposals", "/downloads", f"/proposals/{rows[0].id}", "/notifications"]
    for path in pages:
        text = (await console.reader.get(path)).text
        assert [row.insured for row in rows if str(row.insured) in text] == []
    shown = await console.reader.post(f"/proposals/{rows[0].id}/reveal")
    assert shown.status == 200
    assert str(rows[0].insured) in shown.text.encode().decode("unicode_escape")

    def told(session: Session) -> list[str]:
        own = col(Timeline.proposal_id) == rows[0].id
        return list(session.exec(select(Timeline.kind).where(own)))

    assert "names_shown" in await console.office.database.read(told)


async def test_one_proposal_shows_lines_downloads_and_timeline(console: Console) -> None:
    await console.fill(5)
    row = (await proposals(console))[0]
    page = await console.reader.enter(f"/proposals/{row.id}")
    assert page.status == 200
    for number in row.numbers:
        assert number in page.plain
    assert "报价下载" in page.plain
    steps = re.findall(r"<time>(\d\d:\d\d:\d\d)</time>", page.text)
    assert steps == sorted(steps)
    assert len(steps) >= 9
    assert (await console.reader.get("/proposals/00000000-0000-4000-8000-000000000000")).status == 404
    assert "没有这一页" in (await console.reader.get("/proposals/x")).plain


async def test_a_failed_download_is_tried_again(console: Console) -> None:
    await console.fill(45)
    failed = next(row for row in await downloads(console) if row.state == "failed")
    page = await console.reader.enter("/downloads?state=failed")
    assert f"/console/downloads/{failed.id}/retry" in page.text
    back = await console.reader.post(f"/downloads/{failed.id}/retry", back="/console/downloads?state=failed")
    assert back.path == "/console/downloads?state=failed"
    assert f"/console/downloads/{failed.id}/retry" not in back.text

    def again(session: Session) -> str:
        return session.get_one(Download, failed.id).state

    assert await console.office.database.read(again) == "waiting"
    assert (await console.reader.post("/downloads/nothing/retry")).status == 404


async def question(console: Console) -> str:
    return await console.agency(lambda agency: agency.question("D1b", "张三丰", timedelta(minutes=1)))


async def test_a_question_is_answered_once(console: Console) -> None:
    asked = await question(console)
    page = await console.reader.enter("/questions")
    assert "报价已保存，是否归入管理系统？" in page.plain
    assert "张三丰" not in page.text
    assert "张**" in page.text
    shown = await console.reader.post(f"/questions/{asked}/reveal")
    assert "张三丰" in shown.text.encode().decode("unicode_escape")
    done = await console.reader.post(f"/questions/{asked}/answer", choice="cancel")
    assert "没有等待回答的提问" in done.plain
    late = await console.reader.post(f"/questions/{asked}/answer", choice="download_only")
    assert "以先前的为准" in late.plain

    def kept(session: Session) -> tuple[str | None, str | None]:
        row = session.get_one(Question, asked)
        return row.choice, row.answered_by

    assert await console.office.database.read(kept) == ("cancel", "console")


async def test_who_answered_is_the_desk_that_the_console_belongs_to(console: Console) -> None:
    asked = await question(console)
    await console.desk("/questions")
    await console.reader.post(f"/questions/{asked}/answer", choice="cancel")
    by = await console.office.database.read(lambda session: session.get_one(Question, asked).answered_by)
    assert by == "前台二号机"


async def test_the_console_of_a_revoked_desk_is_closed(console: Console) -> None:
    desk = await console.desk()
    assert console.office.links is not None
    unused = await console.office.links.create("/console/proposals", desk)
    assert (await console.reader.get("/proposals")).status == 200

    def revoke(session: Session) -> None:
        session.get_one(Device, desk).revoked_at = console.clock.now()

    await console.office.write(revoke)
    assert (await console.reader.get("/proposals")).status == 401
    assert (await console.reader.get(entry_path("", unused))).status == 410


async def test_yes_needs_a_customer_and_files_the_new_one(console: Console) -> None:
    asked = await question(console)
    await console.reader.enter("/questions")
    refused = await console.reader.post(f"/questions/{asked}/answer", choice="yes")
    assert "选择“是”需要先选客户" in refused.plain
    assert "报价已保存" in refused.plain
    form = {"choice": "yes", "customer_name": " 王\0小美 ", "customer_phone": "13912345678"}
    done = await console.reader.post(f"/questions/{asked}/answer", **form)
    assert "没有等待回答的提问" in done.plain

    def filed(session: Session) -> tuple[str, str | None]:
        row = session.exec(select(Proposal)).one()
        customer = session.get_one(Customer, row.customer_id)
        return customer.name, customer.phone

    assert await console.office.database.read(filed) == ("王小美", "13912345678")


async def test_a_bad_answer_changes_nothing(console: Console) -> None:
    asked = await question(console)
    await console.reader.enter("/questions")
    bad: list[dict[str, str]] = [
        {},
        {"choice": "maybe"},
        {"choice": "yes", "customer": "x"},
        {"choice": "yes", "customer": "00000000-0000-4000-8000-000000000000"},
        {"choice": "yes", "customer_name": "\0 \u200b"},
        {"choice": "no"},
    ]
    for form in bad:
        page = await console.reader.post(f"/questions/{asked}/answer", **form)
        assert "没有提交" in page.plain, form
        assert "报价已保存" in page.plain
    assert (await console.reader.post("/questions/nothing/answer", choice="cancel")).status == 404


async def test_the_customer_picker_finds_by_part_and_shows_the_tail_only(console: Console) -> None:
    await console.fill(1)
    await console.reader.enter("/questions")
    found = await console.reader.get("/customers?text=王")
    assert found.text.count('"tail"') == 2
    assert not re.search(r"139\d{8}", found.text)


async def test_an_unconfirmed_hint_is_seen_and_asked_about_again(console: Console) -> None:
    await console.fill(0)
    hint = await console.agency(lambda agency: agency_hint(agency))
    page = await console.reader.enter("/questions")
    assert "30 秒内在保险公司查不到这个单号" in page.plain
    assert "请在浏览器中登录这个账号" in page.plain
    assert "查询时登录的是另一个账号" in page.plain
    steps = await console.reader.get(f"/hints/{hint}")
    assert steps.status == 200
    assert steps.text.count("<time>") == 2
    again = await console.reader.post(f"/hints/{hint}/retry")
    assert f"/console/hints/{hint}/retry" not in again.text
    assert (await console.reader.get("/hints/nothing")).status == 404
    assert (await console.reader.post("/hints/nothing/retry")).status == 404


def agency_hint(agency: Agency) -> str:
    return agency.hint("unconfirmed", reason="not_found")


async def test_the_badge_counts_what_wants_a_clerk(console: Console) -> None:
    await console.fill(2)
    page = await console.reader.enter("/proposals")
    assert re.search(r'待处理<span class="badge">5</span>', page.text)


async def test_every_room_speaks_english(console: Console) -> None:
    await console.fill(3)
    row = (await proposals(console))[0]
    hint = await console.agency(agency_hint)
    await console.reader.enter("/proposals")
    await console.reader.post("/preferences", language="en", back="/console/proposals")
    for path in (*EMPTY, f"/proposals/{row.id}", f"/hints/{hint}"):
        page = await console.reader.get(path)
        assert page.status == 200
        assert '<html lang="en"' in page.text
        assert re.search(r"\b(timeline|console|web|toast)\.[a-z_]", page.plain) is None, "a key without words"


async def test_a_database_that_is_away_is_said_in_words() -> None:
    database = Database.postgresql("postgresql://postgres@127.0.0.1:1/nothing?connect_timeout=1")
    office = Office(database, HandClock(), Settings())
    async with served({"/console": make_console(office)}) as site:
        cookie = {f"chudan_console_{site.port}": "x"}
        headers = {"Accept": "text/html"}
        url = site.url("/console/proposals")
        async with site.client.get(url, headers=headers, cookies=cookie) as answer:
            assert answer.status == 503
            assert "数据暂时无法读取" in await answer.text()
    await database.close()
