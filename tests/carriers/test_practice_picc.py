"""The practice portal behaves as README.md promises, and its ledger tells the truth."""

import json
import signal
import time

import pytest

from tests.carriers.clerk import CAR, Clerk
from tests.carriers.conftest import Practice, Start

CARRIER = "picc"
NUMBERS = r"^TDAA\d{18},TDZA\d{18}$"
BUSINESS = "/prpall/business"


async def test_a_save_gives_two_numbers_that_can_be_queried_and_opened(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        numbers = (await clerk.save()).split(",")
        rows = json.loads(await clerk.query(*numbers))["data"]
        detail = await clerk.get(f"{BUSINESS}/showProposal.do?bizNo={numbers[1]}")
    assert [row["proposalNo"] for row in rows] == numbers
    assert rows[0]["policyNo"] == " " * 22
    assert rows[0]["startDate"] == {"time": 1_772_467_200_000}
    assert all(number in detail for number in numbers)
    assert "林晓峰" in detail
    assert portal.whats() == ["captcha", "login", "save", "query", "detail"]
    assert [entry["seq"] for entry in portal.entries()] == [1, 2, 3, 4, 5]


async def test_the_ledger_holds_what_was_saved(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        numbers = (await clerk.save()).split(",")
    (saved,) = portal.entries("save")
    assert (saved["user"], saved["numbers"], saved["revision"]) == ("clerk01", numbers, 1)
    assert (saved["plate"], saved["insured"]) == ("浙B8K3L6", "林晓峰")
    assert saved["lines"] == [
        {"number": numbers[0], "kind": "commercial", "premium": 164_680},
        {"number": numbers[1], "kind": "compulsory", "premium": 95_000},
    ]


async def test_saving_again_keeps_the_numbers_and_counts_revisions(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        first = await clerk.save()
        again = await clerk.post(
            f"{BUSINESS}/insert.do",
            {**CAR, "prpCmain.proposalNo": first.split(",")[0], "prpCitemCar.purchasePrice": "99000"},
        )
    assert again == first
    assert [entry["revision"] for entry in portal.entries("save")] == [1, 2]


async def test_a_double_click_is_one_proposal(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        answers = {
            await clerk.save(token="abc"),
            await clerk.save(token="abc"),
            await clerk.save(token="abd"),
        }
    assert len(answers) == 2


async def test_one_line_can_be_saved_alone(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        assert (await clerk.save(BIFlag="")).startswith("TDZA")
        assert (await clerk.save(CIFlag="")).startswith("TDAA")
        assert await clerk.save(BIFlag="", CIFlag="") == "errorMessage=请至少选择一个险种"


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("vinNo", "LSVNB2A41N206351", "车架号格式不正确"),
        ("vinNo", "LSVNB2A41O2063518", "车架号格式不正确"),
        ("insuredName", "", "被保险人名称不能为空"),
        ("mobile", "1390000000", "移动电话格式不正确"),
        ("licenseNo", "B8K3L6", "车牌号码格式不正确"),
    ],
)
async def test_a_bad_form_is_refused_in_the_portals_words(
    portal: Practice, field: str, value: str, complaint: str
) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        assert await clerk.save(**{field: value}) == f"errorMessage={complaint}"
    assert portal.entries("save_refused")[0]["reason"] == complaint


async def test_a_wrong_password_opens_nothing(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        assert "用户代码或密码错误" in await clerk.login(password="practice-02")
        assert "loginForm" in await clerk.query()
    assert portal.whats("captcha") == ["login_refused", "stranger"]


async def test_a_deleted_line_says_so_and_cannot_be_saved_over(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        numbers = (await clerk.save()).split(",")
        await clerk.post(f"{BUSINESS}/deleteProposal.do?bizNo={numbers[0]}", {})
        rows = json.loads(await clerk.query(*numbers))["data"]
        again = await clerk.post(f"{BUSINESS}/insert.do", {**CAR, "prpCmain.proposalNo": numbers[0]})
    assert [row["delFlag"] for row in rows] == ["1", "0"]
    assert again.startswith("errorMessage=")


async def test_both_clerks_see_the_same_list(portal: Practice) -> None:
    async with Clerk(portal) as first, Clerk(portal) as second:
        await first.login()
        await second.login("clerk02", "practice-02")
        numbers = (await first.save()).split(",")
        rows = json.loads(await second.query(*numbers))["data"]
        assert '"userCode" value="clerk02"' in await second.get("/prpall/top.do")
    assert [row["operatorCode"] for row in rows] == ["clerk01", "clerk01"]


async def test_the_list_is_paged(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        for _ in range(6):
            await clerk.save()
        answer = json.loads(await clerk.query())
    assert (answer["totalRecords"], len(answer["data"])) == (12, 10)


async def test_logged_out_ends_the_session_with_the_save(start: Start) -> None:
    portal = start("--mood", "logged_out")
    async with Clerk(portal) as clerk:
        await clerk.login()
        numbers = (await clerk.save()).split(",")
        assert "loginForm" in await clerk.query(*numbers)
        await clerk.login()
        assert json.loads(await clerk.query(*numbers))["totalRecords"] == 2
    assert portal.whats("captcha") == ["login", "save", "session_ended", "stranger", "login", "query"]


async def test_a_late_query_finds_nothing_at_first(start: Start) -> None:
    portal = start("--mood", "late_query=60")
    async with Clerk(portal) as clerk:
        await clerk.login()
        numbers = (await clerk.save()).split(",")
        found = [json.loads(await clerk.query(*numbers))["totalRecords"]]
        portal.mood("forward=61")
        found.append(json.loads(await clerk.query(*numbers))["totalRecords"])
    assert found == [0, 2]


async def test_a_slow_query_answers_late(start: Start) -> None:
    portal = start("--mood", "slow_query=0.3")
    async with Clerk(portal) as clerk:
        await clerk.login()
        begun = time.monotonic()
        await clerk.query()
    assert time.monotonic() - begun >= 0.3


async def test_moods_change_while_it_runs(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        assert portal.mood("save_refused maintenance") == {"moods": {"save_refused": 0, "maintenance": 0}}
        assert (await clerk.save()).startswith("errorMessage=")
        assert "系统维护" in await clerk.query()
        assert portal.mood("late_query=2") == {"moods": {"late_query": 2}}
        assert "no such mood: wild" in portal.mood("wild")["error"]
        assert portal.mood("") == {"moods": {}}
        assert (await clerk.save()).startswith("TDAA")


async def test_a_strict_policy_is_on_every_answer(start: Start) -> None:
    portal = start("--mood", "strict_csp")
    async with Clerk(portal) as clerk:
        page = await clerk.get("/prpall/login.do")
    assert "<script>" not in page
    assert " onclick=" not in page


def test_it_ends_with_its_input(portal: Practice) -> None:
    assert portal.end() == 0


def test_it_ends_when_told(portal: Practice) -> None:
    portal.process.send_signal(signal.SIGTERM)
    assert portal.process.wait(10) == 0
