"""The console's ways into a portal: buttons by state, the dialogs, the form of a new proposal, progress."""

import re

import pytest
from sqlmodel import Session, col, select
from structlog.testing import capture_logs

from companion.clock import to_ms
from companion.management import people, queries
from companion.management.issuing import hints, proposals
from companion.management.store.tables import LineAccount, Proposal, Timeline
from companion.management.store.visit_tables import Visit
from companion.management.wire import AccountIn, SessionOnDevice
from tests.console.conftest import Console
from tests.console.data import CARRIER, ORIGIN

CAR = {
    "carrier": CARRIER,
    "plate": "粤B12345",
    "vin": "LSVAA4182E2123456",
    "engine_number": "E123456",
    "brand_model": "测试牌A1",
    "registered_on": "2020-01-02",
    "insured": "测试甲",
    "insured_id_number": "110101199003070011",
    "insured_phone": "13800001402",
}


async def prepare(console: Console, *logins: str) -> dict[str, str]:
    """The desk beside it and these accounts; login -> id."""
    now = console.clock.now()

    def work(session: Session) -> dict[str, str]:
        console.office.local_device = people.local_device(session, now)
        made = {}
        for login in logins:
            given = AccountIn(carrier=CARRIER, origin=ORIGIN, login=login, institution="一部")
            made[login] = people.put_account(session, given, now).id
        return made

    return await console.office.write(work)


async def proposal(console: Console, state: str, *seen_by: str) -> str:
    """A proposal of the agency in this state, its lines seen through these accounts."""

    def work(session: Session) -> str:
        row = session.exec(select(Proposal)).first()
        assert row is not None
        row.state, row.login = state, seen_by[0] if seen_by else None
        for line, login in zip(proposals.lines_of(session, row.id), seen_by, strict=False):
            line.voided = False
            session.add(LineAccount(line_id=line.id, origin=ORIGIN, login=login))
        return row.id

    await console.agency(lambda agency: agency.proposal(console.clock.now()))
    return await console.office.write(work)


async def rows(console: Console) -> list[Visit]:
    return await console.office.database.read(lambda session: list(session.exec(select(Visit))))


async def log_in(console: Console, login: str) -> None:
    """A session of this account lives at the desk beside the console."""
    now = console.clock.now()
    live = SessionOnDevice(
        instance="11111111-1111-4111-8111-111111111111",
        carrier=CARRIER,
        origin=ORIGIN,
        login=login,
        tab=7,
        seen_at=to_ms(now),
    )
    device = console.office.local_device
    await console.office.write(lambda session: hints.replace_sessions(session, device, [live], now))


async def test_one_account_is_used_at_once(console: Console) -> None:
    await prepare(console, "clerk01")
    wanted = await proposal(console, "TO_QUOTE")
    page = (await console.reader.enter(f"/proposals/{wanted}")).plain
    assert "去报价" in page
    assert "去核保" not in page
    assert "打开保险公司系统" in page
    answer = await console.reader.post(f"/proposals/{wanted}/visits", purpose="quote")
    assert (answer.status, answer.path) == (200, f"/console/proposals/{wanted}")
    (row,) = await rows(console)
    assert (row.purpose, row.state, row.device_id) == ("quote", "waiting", console.office.local_device)
    assert "正在打开" in answer.plain


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        ("NEW", {"去报价", "修改投保单"}),
        ("QUOTED", {"去报价", "去核保"}),
        ("CONFIRMED_TO_SUBMIT", {"去核保"}),
        ("AWAIT_PAY", set()),
        ("ISSUED", set()),
    ],
)
async def test_buttons_follow_the_state(console: Console, state: str, buttons: set[str]) -> None:
    await prepare(console, "clerk01")
    wanted = await proposal(console, state, "clerk01", "clerk01")
    page = (await console.reader.enter(f"/proposals/{wanted}")).text
    deeds = page.split('id="deeds"')[1].split('class="split"')[0]
    assert {word for word in ("去报价", "去核保", "修改投保单") if f">{word}<" in deeds} == buttons
    assert ">打开保险公司系统<" in deeds


async def test_several_accounts_are_chosen_from(console: Console) -> None:
    ids = await prepare(console, "clerk01", "clerk02")
    await log_in(console, "clerk01")
    wanted = await proposal(console, "TO_QUOTE")
    page = (await console.reader.enter(f"/proposals/{wanted}")).plain
    assert "选择出单账号" in page
    assert "会先退出 clerk01" in page
    refused = await console.reader.post(f"/proposals/{wanted}/visits", purpose="quote")
    assert "请选择一个出单账号" in refused.plain
    await console.reader.post(f"/proposals/{wanted}/visits", purpose="quote", account=ids["clerk02"])
    assert [row.login for row in await rows(console)] == ["clerk02"]


async def test_a_quoted_proposal_asks_new_or_existing(console: Console) -> None:
    await prepare(console, "clerk01")
    wanted = await proposal(console, "QUOTED", "clerk01", "clerk01")
    page = (await console.reader.enter(f"/proposals/{wanted}")).plain
    assert "新建保险公司投保单" in page
    assert "打开原有投保单" in page
    await console.reader.post(f"/proposals/{wanted}/visits", purpose="reopen")
    answer = await console.reader.post(f"/proposals/{wanted}/visits", purpose="copy")
    assert answer.path != f"/console/proposals/{wanted}"
    assert {(row.purpose, row.proposal_id == wanted) for row in await rows(console)} == {
        ("reopen", True),
        ("quote", False),
    }


async def test_lines_in_two_accounts_are_chosen_from(console: Console) -> None:
    await prepare(console, "clerk01", "clerk02")
    wanted = await proposal(console, "QUOTED", "clerk01", "clerk02")
    assert "交强险和商业险在不同的账号" in (await console.reader.enter(f"/proposals/{wanted}")).plain


async def test_what_could_not_be_filled_in_is_listed(console: Console) -> None:
    await prepare(console, "clerk01")
    wanted = await proposal(console, "TO_QUOTE")
    await console.reader.enter(f"/proposals/{wanted}")
    await console.reader.post(f"/proposals/{wanted}/visits", purpose="quote")

    def fill(session: Session) -> None:
        row = session.exec(select(Visit)).one()
        row.state, row.step, row.missing = "going", "filled", ["insured_phone", "registered_on"]

    await console.office.write(fill)
    page = (await console.reader.get(f"/proposals/{wanted}")).plain
    assert "没有填上，请手动填写: 手机号码、初次登记日期" in page


async def test_a_new_proposal_is_typed_completed_and_handed_in(console: Console) -> None:
    await prepare(console, "clerk01")
    form = await console.reader.enter("/proposals/new")
    assert "提交报价" in form.plain
    half = CAR | {"engine_number": "", "vin": "SHORT"}
    refused = await console.reader.post("/proposals/new", do="submit", **half)
    assert (refused.plain.count("格式不对"), refused.plain.count("请填写")) == (1, 1)
    assert 'value="粤B12345"' in refused.text
    kept = await console.reader.post("/proposals/new", do="save", **(CAR | {"engine_number": ""}))
    assert "新建" in kept.plain
    made = kept.path.rsplit("/", 1)[1]
    edit = await console.reader.get(f"/proposals/{made}/edit")
    assert 'value="LSVAA4182E2123456"' in edit.text
    done = await console.reader.post(f"/proposals/{made}/edit", do="submit", **CAR)
    assert (done.path, "待报价" in done.plain) == (f"/console/proposals/{made}", True)


async def test_that_the_form_showed_a_person_in_full_is_noted(console: Console) -> None:
    await prepare(console, "clerk01")
    await console.desk()
    made = (await console.reader.post("/proposals/new", do="save", **CAR)).path.rsplit("/", 1)[1]
    with capture_logs() as logged:
        assert CAR["insured_id_number"] in (await console.reader.get(f"/proposals/{made}/edit")).text
    assert [(entry["what"], entry["subject"]) for entry in logged if entry["event"] == "person_shown"] == [
        ("proposal", made)
    ]

    def told(session: Session) -> list[Timeline]:
        return list(session.exec(select(Timeline).where(col(Timeline.kind) == "names_shown")))

    (step,) = await console.office.database.read(told)
    assert (step.proposal_id, step.params["by"]) == (made, "前台二号机")
    assert "查看了完整姓名（前台二号机）" in (await console.reader.get(f"/proposals/{made}")).plain


async def test_an_edit_that_comes_too_late_keeps_what_was_typed(console: Console) -> None:
    await prepare(console, "clerk01")
    await console.reader.enter("/proposals/new")
    made = (await console.reader.post("/proposals/new", do="save", **CAR)).path.rsplit("/", 1)[1]
    live = await console.office.database.read(queries.fingerprint)
    edited = CAR | {"engine_number": "E777777"}
    assert "修改了投保单的资料" in (await console.reader.post(f"/proposals/{made}/edit", **edited)).plain
    assert await console.office.database.read(queries.fingerprint) != live

    def quote(session: Session) -> None:
        session.get_one(Proposal, made).state = "QUOTED"

    await console.office.write(quote)
    late = await console.reader.post(f"/proposals/{made}/edit", **(CAR | {"engine_number": "E888888"}))
    assert late.status == 409
    assert "投保单的状态已变" in late.plain
    assert 'value="E888888"' in late.text


async def test_a_portal_is_opened_without_a_proposal(console: Console) -> None:
    await prepare(console, "clerk01")
    await console.reader.enter("/proposals")
    assert (await console.reader.post("/visits", purpose="open")).path == "/console/proposals"
    (row,) = await rows(console)
    assert (row.purpose, row.proposal_id) == ("open", None)


async def test_of_several_carriers_one_is_chosen_and_no_account(console: Console) -> None:
    ids = await prepare(console, "clerk01", "clerk02")
    given = AccountIn(carrier="cpic", origin="http://cpic.example", login="z", institution="")
    now = console.clock.now()
    other = await console.office.write(lambda session: people.put_account(session, given, now).id)
    page = (await console.reader.enter("/proposals")).text
    dialog = page.split('id="d-open"')[1].split("</dialog>")[0]
    assert "选择保险公司" in dialog
    assert re.findall(r'name="account" value="([^"]+)"', dialog) == [other, ids["clerk01"]]
    assert dialog.count(" checked") == 1
    await console.reader.post("/visits", purpose="open", account=other)
    assert [row.account_id for row in await rows(console)] == [other]


async def test_two_accounts_of_the_one_carrier_open_unasked(console: Console) -> None:
    await prepare(console, "clerk01", "clerk02")
    page = (await console.reader.enter("/proposals")).text
    assert 'data-open="d-open"' not in page
    await console.reader.post("/visits", purpose="open")
    assert [row.login for row in await rows(console)] == ["clerk01"]


async def test_the_console_of_a_desk_opens_there(console: Console) -> None:
    await prepare(console, "clerk01")
    desk = await console.desk()
    await console.reader.post("/visits", purpose="open")
    assert [row.device_id for row in await rows(console)] == [desk]


async def test_what_makes_no_sense_is_refused(console: Console) -> None:
    await prepare(console, "clerk01")
    wanted = await proposal(console, "ISSUED", "clerk01")
    await console.reader.enter(f"/proposals/{wanted}")
    assert (
        "投保单的状态已变"
        in (await console.reader.post(f"/proposals/{wanted}/visits", purpose="quote")).plain
    )
    assert (await console.reader.post(f"/proposals/{wanted}/visits", purpose="steal")).status == 400
    assert (await console.reader.post("/proposals/none/visits", purpose="quote")).status == 404
    assert (await console.reader.get(f"/proposals/{wanted}/edit")).status == 404
    assert await rows(console) == []
