"""The CPIC-style practice portal behaves as its README.md promises, and its ledger tells the truth."""

import asyncio
import base64
import hashlib
import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image

from tests.carriers.conftest import Practice, Start, running
from tests.carriers.cpic_clerk import (
    PAY,
    QUERY,
    RECORD,
    SUBMIT,
    Clerk,
    application,
    visit,
    whats,
)

CARRIER = "cpic"
BLANKS = " " * 20


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """One portal for the tests that only look at the last things that happened."""
    with running(CARRIER, tmp_path_factory.mktemp("shared") / "ledger.jsonl") as portal:
        yield portal


async def test_a_captcha_is_a_picture_and_good_for_one_try(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        async with clerk.http.get("/ecar/auth/captchaImage", headers=clerk.headers) as answer:
            picture, sent = await answer.read(), str(answer.headers)
        told = portal.entries("captcha")[-1]
        assert Image.open(io.BytesIO(picture)).format == "PNG"
        assert told["image"] == hashlib.sha256(picture).hexdigest()
        assert told["answer"].encode() not in picture
        assert told["answer"] not in sent
        assert await clerk.login(captcha="0000") == {"authentication": "false", "errCode": "3"}
        fields = {"j_username": "clerk01", "j_password": "wrong", "verifyCode": await clerk.look()}
        check = "/ecar/j_spring_security_check"
        answers = []
        for _ in range(2):
            async with clerk.http.post(check, data=fields, headers=clerk.headers) as answer:
                answers.append((await answer.json())["errCode"])
    assert answers == ["1", "3"]


@pytest.mark.parametrize(
    ("user", "password", "code"),
    [
        ("clerk01", "practice-02", "1"),
        ("nobody", "x", "1"),
        ("locked01", "practice-01", "2"),
        ("expired01", "practice-01", "4"),
        ("device01", "practice-01", "5"),
        ("night01", "practice-01", "6"),
        ("weak01", "123456", "8"),
    ],
)
async def test_log_in_says_why_not(shared: Practice, user: str, password: str, code: str) -> None:
    async with Clerk(shared) as clerk:
        assert (await clerk.login(user, password))["errCode"] == code
        assert (await clerk.raw(QUERY, {}))[0] == 401
    refused, stranger = shared.entries()[-2:]
    assert (refused["what"], refused["user"], refused["errCode"]) == ("login_refused", user, code)
    assert (stranger["what"], stranger["path"]) == ("stranger", f"/ecar/{QUERY}")


async def test_five_wrong_passwords_lock_a_user(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        codes = [(await clerk.login(password="wrong"))["errCode"] for _ in range(5)]
        codes.append((await clerk.login())["errCode"])
    assert codes == ["1"] * 5 + ["2"]


async def test_a_captcha_can_be_typed_small(shared: Practice) -> None:
    async with Clerk(shared) as clerk:
        read = (await clerk.look()).lower()
        fields = {"j_username": "clerk02", "j_password": "practice-02", "verifyCode": read}
        path = "/ecar/j_spring_security_check"
        async with clerk.http.post(path, data=fields, headers=clerk.headers) as answer:
            assert (await answer.json())["authentication"] == "true"
        assert (await clerk.result("auth/getUserInfo"))["userCode"] == "clerk02"


async def test_a_draft_becomes_two_policies(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.save("ecar/quickSave")
        assert "未保存" in await clerk.complaint(SUBMIT, {"quotationNo": number})
        assert await clerk.save(quotationNo=number) == number
        submitted = await clerk.result(SUBMIT, {"quotationNo": number})
        order = await clerk.result(PAY, {"quotationNos": [number], "payType": "qr"})
        code = portal.entries("pay_code")[0]["code"]
        assert "支付成功" in await visit(clerk, code, pay=True)
        row = await clerk.row(number)
        (record,) = await clerk.result(RECORD, {"payNo": order["payNo"]})
    assert re.fullmatch(r"QNIB001\d{13}", number)
    proposals = [submitted[f"{kind}InsuransVo"]["insuredNo"] for kind in ("commercial", "compulsory")]
    assert [len(each) for each in proposals] == [20, 20]
    assert [each[7:10] + each[12] for each in proposals] == ["Y14F", "CTPF"]
    assert (submitted["commercialResult"], submitted["compulsoryResult"]) == (True, True)
    policies = [each[:12] + "B" + each[13:] for each in proposals]
    assert [row["commercialPolicyNo"], row["compulsoryPolicyNo"]] == policies
    assert (row["quotationState"], record["payStatus"]) == ("7", "3")
    assert record["policyNos"].split(",") == policies
    assert whats(portal) == [
        *("save", "submit_refused", "save", "submit", "underwritten", "pay_code", "paid", "issued"),
        *("query", "record_query"),
    ]
    assert portal.entries("issued")[0]["policies"] == policies


async def test_the_ledger_holds_what_was_saved(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.save()
        row = await clerk.row(number)
    (saved,) = portal.entries("save")
    assert (saved["user"], saved["numbers"], saved["how"]) == ("clerk01", [number], "saveInsureInfo")
    assert (saved["plate"], saved["insured"], saved["revision"]) == ("浙B8K3L6", "林晓峰", 1)
    premiums = {line["kind"]: line["premium"] for line in saved["lines"]}
    assert premiums == {"commercial": 257_905, "compulsory": 95_000}
    assert (row["totalPremium"], saved["total"]) == ("3889.05", 388_905)
    assert (row["commercialPolicyNo"], row["commercialInsuredNo"]) == (BLANKS, "")


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("carVIN", "LSVNB2A41N206351", "车架号格式不正确"),
        ("insuredName", "", "被保险人姓名不能为空"),
        ("telephone", "1390000000", "手机号码格式不正确"),
        ("plateNo", "浙B-8K3L6", "车牌号格式不正确"),
        ("stRegisterDate", "2022-13-01", "初次登记日期不正确"),
        ("quotationNo", "QNIB0010000000000000", "报价单不存在"),
    ],
)
async def test_a_bad_form_is_refused(shared: Practice, field: str, value: str, complaint: str) -> None:
    async with Clerk(shared) as clerk:
        await clerk.login()
        said = await clerk.complaint("insure/saveInsureInfo", application(**{field: value}))
    assert said == complaint
    assert shared.entries("save_refused")[-1]["reason"] == complaint


@pytest.mark.parametrize(
    ("field", "value", "states"),
    [
        ("stRegisterDate", "2001-05-18", ["3", "5", "3"]),
        ("seatCount", "12", ["4", "4", "4"]),
    ],
)
async def test_a_refused_line_has_a_number_too(
    shared: Practice, field: str, value: str, states: list[str]
) -> None:
    async with Clerk(shared) as clerk:
        await clerk.login()
        number = await clerk.passed(**{field: value})
        row = await clerk.row(number)
        assert await clerk.complaint(PAY, {"quotationNos": [number]}) == "只有核保通过的报价单可以支付"
    decided = shared.entries("underwritten")[-1]
    assert [line["state"] for line in decided["lines"]] == states[:2]
    assert all(len(line["number"]) == 20 for line in decided["lines"])
    assert [row["commercialState"], row["compulsoryState"], row["quotationState"]] == states


async def test_withdrawn_and_saved_again_keeps_its_numbers_and_voids_its_code(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed()
        before = await clerk.row(number)
        await clerk.result(PAY, {"quotationNos": [number]})
        assert "不能修改" in await clerk.complaint("insure/saveInsureInfo", application(quotationNo=number))
        await clerk.result("insure/withdrawInsureInfo", {"quotationNo": number})
        assert (await clerk.row(number))["quotationState"] == "1"
        assert "无法支付" in await visit(clerk, portal.entries("pay_code")[0]["code"], pay=True)
        await clerk.save(quotationNo=number, purchasePrice="99000")
        await clerk.result(SUBMIT, {"quotationNo": number})
        after = await clerk.row(number)
    assert after["commercialInsuredNo"] == before["commercialInsuredNo"]
    assert after["totalPremium"] != before["totalPremium"]
    assert [entry["revision"] for entry in portal.entries("save")] == [1, 2]
    assert [entry["state"] for entry in portal.entries("pay_declined")] == ["4"]


async def test_lines_are_deleted_one_by_one(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number, path = await clerk.passed(), "quotationPolicy/deleteQuotation"
        for lines in (["commercial"], ["compulsory"]):
            await clerk.result(path, {"quotationNos": [number], "lines": lines})
        assert (await clerk.row(number))["quotationState"] == "8"
        assert "不能删除" in await clerk.complaint(path, {"quotationNos": [number]})
    deleted = portal.entries("delete")
    assert [entry["left"] for entry in deleted] == [1, 0]
    assert [list(entry["lines"]) for entry in deleted] == [["commercial"], ["compulsory"]]


async def test_non_motor_is_a_row_of_its_own(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed(nonMotor=True)
        rows = await clerk.result(QUERY, {})
        await clerk.result(PAY, {"quotationNos": [number]})
    assert sorted(row["productType"] for row in rows) == ["1", "2"]
    (beside,) = [row for row in rows if row["productType"] == "2"]
    assert beside["quotationNo"] != number
    assert beside["insuredNo"][7:10] == "QAA"
    assert portal.entries("pay_code")[0]["amount"] == 388_905 + 19_800


async def test_lists_are_paged_sorted_and_filtered(start: Start) -> None:
    portal = start("--rows", "120")
    async with Clerk(portal) as clerk:
        await clerk.login()
        meta = {"pageNo": 2, "pageSize": 50, "sortName": "totalPremium", "sortOrder": "desc"}
        answer = await clerk.ask(QUERY, {}, **meta)
        assert answer["meta"] == {"pageNo": 2, "pageSize": 50, "totalSize": 120}
        prices = [float(row["totalPremium"]) for row in answer["result"]]
        everything = await clerk.ask(QUERY, {}, pageSize=10_000)
        beside = await clerk.ask(QUERY, {"productType": "2"}, pageSize=10_000)
        issued = await clerk.result(QUERY, {"quotationState": "7"})
    assert len(prices) == 50
    assert prices == sorted(prices, reverse=True)
    kinds = [row["productType"] for row in everything["result"]]
    assert (len(kinds), kinds.count("2")) == (120, beside["meta"]["totalSize"])
    assert kinds.count("2") > 0
    assert {row["quotationState"] for row in issued} == {"7"}


async def test_old_rows_are_the_same_at_every_start(start: Start) -> None:
    answers = []
    for portal in (start("--rows", "60"), start("--rows", "60")):
        async with Clerk(portal) as clerk:
            await clerk.login()
            answers.append((await clerk.raw(QUERY, {}, pageSize=100))[1])
    assert answers[0] == answers[1]


async def test_ten_thousand_rows_come_in_one_answer(start: Start) -> None:
    async with Clerk(start("--rows", "10000")) as clerk:
        await clerk.login()
        rows = await clerk.result(QUERY, {}, pageSize=10_000)
    assert len({row["quotationNo"] for row in rows}) == 10_000


async def test_the_qr_is_base64_with_literal_line_ends(shared: Practice) -> None:
    async with Clerk(shared) as clerk:
        await clerk.login()
        order = await clerk.result(PAY, {"quotationNos": [await clerk.passed()], "payType": "qr"})
    link = order["twoDimensionCodeLink"]
    assert "\n" not in link
    assert link.count("\\n") > 3
    assert Image.open(io.BytesIO(base64.b64decode(link.replace("\\n", "")))).format == "PNG"
    assert shared.entries("pay_code")[-1]["code"].startswith(f"{shared.origin}/pay/")


async def test_a_card_number_is_paid_at_the_terminal(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed()
        first = await clerk.result(PAY, {"quotationNos": [number], "payType": "qr"})
        order = await clerk.result(PAY, {"quotationNos": [number], "payType": "card"})
        shown = await visit(clerk, f"/terminal?payNo={order['payNo']}", pay=False)
        await visit(clerk, order["payNo"], pay=True)
        records = await clerk.result(RECORD, {"quotationNo": number})
    assert order["twoDimensionCodeLink"] == ""
    assert order["payAmount"] in shown
    assert {each["payNo"]: each["payStatus"] for each in records} == {
        first["payNo"]: "4",
        order["payNo"]: "3",
    }


async def test_two_clerks_at_once(portal: Practice) -> None:
    async with Clerk(portal) as first, Clerk(portal) as second:
        await first.login()
        await second.login("clerk02", "practice-02")
        numbers = await asyncio.gather(first.save(), second.save())
        rows = await first.result(QUERY, {})
    assert {row["quotationNo"]: row["userCode"] for row in rows} == dict(
        zip(numbers, ["clerk01", "clerk02"], strict=True)
    )


def test_it_ends_with_its_input(portal: Practice) -> None:
    assert portal.end() == 0


async def test_any_number_finds_the_quotation_and_a_policy_only_itself(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed()
        policies = await clerk.settled(number)
        row = await clerk.row(number)
        every = [number, row["commercialInsuredNo"], row["compulsoryInsuredNo"], *policies]
        found = [await clerk.row(each) for each in every]
        shown = [await clerk.rows("policy/queryPolicy", policyNo=policy) for policy in policies]
    assert found == [row] * 5
    assert [[each["policyNo"] for each in rows] for rows in shown] == [[policy] for policy in policies]


async def test_a_line_left_out_of_a_later_save_is_a_deleted_one(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed()
        before = await clerk.row(number)
        await clerk.withdraw(number)
        await clerk.save(quotationNo=number, commercial=False)
        after = await clerk.row(number)
    assert (after["commercialState"], after["compulsoryState"], after["quotationState"]) == ("8", "1", "1")
    assert after["commercialInsuredNo"] == before["commercialInsuredNo"]
    assert after["totalPremium"] == "1310.00"


async def test_logging_out_is_a_link_as_well(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        path = "/ecar/j_spring_security_logout"
        async with clerk.http.get(path, headers=clerk.headers, allow_redirects=False) as answer:
            assert answer.headers["Location"].endswith("/common/login.html")
        assert (await clerk.raw(QUERY, {}))[0] == 401
    assert whats(portal) == ["logout", "stranger"]
