"""What comes after a save in the PICC-style portal: underwriting, payment, policies, deletion, sessions."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from companion.practice.picc.book import NO_POLICY
from tests.carriers.clerk import CAR, Clerk
from tests.carriers.conftest import Practice, Start
from tests.carriers.pdf_text import texts

CARRIER = "picc"
BUSINESS = "/prpall/business"


async def saved(clerk: Clerk, **changes: str) -> list[str]:
    """A logged-in clerk's fresh proposal."""
    await clerk.login()
    return (await clerk.save(**changes)).split(",")


async def submit(clerk: Clerk, numbers: list[str]) -> str:
    """What comes of handing lines in."""
    return await clerk.get(f"{BUSINESS}/editSubmitUndwrt.do?bizNo={','.join(numbers)}")


async def rows(clerk: Clerk, numbers: list[str]) -> list[dict[str, Any]]:
    """The list's rows of these numbers."""
    return list(json.loads(await clerk.query(*numbers))["data"])


async def flags(clerk: Clerk, numbers: list[str]) -> str:
    """The underwriting flags of these numbers."""
    return "".join(row["underWriteFlag"] for row in await rows(clerk, numbers))


async def notice(clerk: Clerk, numbers: list[str], pay_type: str = "1") -> dict[str, Any]:
    """A payment notice as the pay window gets it."""
    fields = {"bizNo": ",".join(numbers), "payType": pay_type}
    return dict(json.loads(await clerk.post("/cbc/jf/saveByJF.do", fields)))


async def issued(clerk: Clerk, portal: Practice) -> tuple[list[str], list[str]]:
    """Proposal and policy numbers of a car that was paid for."""
    numbers = await saved(clerk)
    await submit(clerk, numbers)
    await notice(clerk, numbers)
    await clerk.post("/pay/" + portal.entries("pay_code")[-1]["code"].rpartition("/")[2], {})
    return numbers, portal.entries("issued")[-1]["policies"]


async def test_a_captcha_read_wrong_or_used_opens_nothing(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        assert "验证码错误" in await clerk.login(captcha="0000")
        used = await clerk.look()
        fields = {"loginCode": "clerk01", "loginPassword": "wrong", "captchaCode": used}
        assert "用户代码或密码错误" in await clerk.post("/prpall/login.do", fields)
        fields["loginPassword"] = "practice-01"
        assert "验证码错误" in await clerk.post("/prpall/login.do", fields)
        fields["captchaCode"] = (await clerk.look()).lower()
        assert "frameset" in await clerk.post("/prpall/login.do", fields)
    assert [entry["reason"] for entry in portal.entries("login_refused")] == [
        "验证码错误",
        "用户代码或密码错误",
        "验证码错误",
    ]


async def test_one_browsers_captcha_is_not_anothers(portal: Practice) -> None:
    async with Clerk(portal) as one, Clerk(portal) as other:
        await other.look()
        assert "验证码错误" in await other.login(captcha=await one.look())


async def test_what_a_captcha_says_stands_on_no_page(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        answer = await clerk.look()
        assert answer not in await clerk.get("/prpall/login.do")
        assert [cookie.value for cookie in clerk.http.cookie_jar if answer in cookie.value] == []


async def test_underwriting_passes_a_car_by_itself(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        assert (await submit(clerk, numbers)).count("提交核保成功，自动核保通过") == 2
        assert await flags(clerk, numbers) == "33"
        assert (await submit(clerk, numbers)).count("重复提交核保") == 2
    (decided,) = portal.entries("underwritten")
    assert [(line["number"], line["kind"], line["flag"]) for line in decided["lines"]] == [
        (numbers[0], "commercial", "3"),
        (numbers[1], "compulsory", "3"),
    ]
    assert portal.entries("submit_refused")[0]["reason"] == "重复提交核保"


@pytest.mark.parametrize(
    ("changes", "wanted", "words"),
    [
        ({"enrollDate": "2009-05-18"}, "23", "车龄超过15年"),
        ({"seatCount": "12"}, "22", "核定载客与使用性质不符"),
    ],
)
async def test_underwriters_refuse_lines_with_a_reason(
    portal: Practice, changes: dict[str, str], wanted: str, words: str
) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        form = {**CAR, "prpCitemCar.seatCount": "5", **{f"prpCitemCar.{k}": v for k, v in changes.items()}}
        numbers = (await clerk.post(f"{BUSINESS}/insert.do", form)).split(",")
        assert f"承保处理失败：{words}" in await submit(clerk, numbers)
        assert await flags(clerk, numbers) == wanted
        assert words in await clerk.get(f"{BUSINESS}/showProposal.do?bizNo={numbers[0]}")
        assert (await notice(clerk, numbers))["errorMessage"] == "只有核保通过的投保单可以缴费"


async def test_one_line_may_be_refused_and_handed_in_again(start: Start) -> None:
    portal = start("--mood", "one_line_refused")
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        await submit(clerk, numbers)
        assert await flags(clerk, numbers) == "23"
        portal.mood("")
        await submit(clerk, numbers[:1])
        assert await flags(clerk, numbers) == "33"


async def test_underwriters_may_take_their_time(start: Start) -> None:
    portal = start("--mood", "manual_underwriting=60")
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        assert (await submit(clerk, numbers)).count("待核保") == 2
        assert await flags(clerk, numbers) == "99"
        given = {**CAR, "prpCmain.proposalNo": numbers[0]}
        assert "请先撤回" in await clerk.post(f"{BUSINESS}/insert.do", given)
        portal.mood("forward=61")
        assert await flags(clerk, numbers) == "11"


async def test_a_proposal_taken_back_is_decided_by_nobody(start: Start) -> None:
    portal = start("--mood", "manual_underwriting=60")
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        await submit(clerk, numbers)
        assert await clerk.post(f"{BUSINESS}/withdrawUndwrt.do?bizNo={','.join(numbers)}", {}) == ",".join(
            numbers
        )
        portal.mood("forward=61")
        assert await flags(clerk, numbers) == "00"
    assert portal.entries("underwritten")[0]["lines"] == []


async def test_a_change_after_underwriting_begins_anew_and_voids_the_code(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        await submit(clerk, numbers)
        code = (await notice(clerk, numbers))["data"][0]["SCol1"]
        await clerk.post(f"{BUSINESS}/insert.do", {**CAR, "prpCmain.proposalNo": numbers[0]})
        assert await flags(clerk, numbers) == "00"
        (row,) = json.loads(await clerk.post("/cbc/jf/queryWeChat.do", {"SCol1": code}))["data"]
        page = await clerk.post("/pay/" + portal.entries("pay_code")[0]["code"].rpartition("/")[2], {})
    assert row["SCol2"] == "已作废"
    assert "无法支付" in page
    assert portal.entries("paid") == []


async def test_a_paid_code_becomes_policies(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        await submit(clerk, numbers)
        (columns,) = (await notice(clerk, numbers))["data"]
        assert columns == {
            "SCol1": columns["SCol1"],
            "SCol2": "未支付",
            "SCol3": "2956.80",
            "SCol4": "微信支付",
        }
        assert await flags(clerk, numbers) == "44"
        asked = {"bizNo": ",".join(numbers)}
        none = json.loads(await clerk.post("/cbc/jf/proposalToPolicy.do", asked))["data"]
        (code,) = portal.entries("pay_code")
        assert "支付" in await clerk.post("/pay/" + code["code"].rpartition("/")[2], {})
        (paid,) = json.loads(await clerk.post("/cbc/jf/queryWeChat.do", {"SCol1": columns["SCol1"]}))["data"]
        made = json.loads(await clerk.post("/cbc/jf/proposalToPolicy.do", asked))["data"]
        listed = await rows(clerk, numbers)
    assert none == {"policyNo": "", "message": "保单生成中，请稍后查询"}
    assert paid["SCol2"] == "付款成功"
    policies = [f"P{number[1:]}" for number in numbers]
    assert made["policyNo"] == ",".join(policies)
    assert [(row["policyNo"], row["underWriteFlag"]) for row in listed] == [(each, "D") for each in policies]
    assert (code["amount"], code["how"], code["numbers"]) == (295_680, "qr", numbers)
    assert portal.entries("issued")[0]["policies"] == policies


async def test_a_card_payment_number_is_for_the_terminal(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        await submit(clerk, numbers)
        (columns,) = (await notice(clerk, numbers, "2"))["data"]
        assert columns["SCol4"] == "POS刷卡"
        assert "2956.80" in await clerk.get(f"/pay/terminal?payNo={columns['SCol1']}")
        assert "缴费号不存在" in await clerk.get("/pay/terminal?payNo=1")
        assert "notFound" in await clerk.get(f"/cbc/PrintTwoBarCodeServlet?code={columns['SCol1']}")
    assert portal.entries("pay_code")[0]["code"] == columns["SCol1"]


async def test_the_same_notice_is_always_the_same_picture(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        await submit(clerk, numbers)
        (columns,) = (await notice(clerk, numbers))["data"]
        pictures = [
            await clerk.file(f"/cbc/PrintTwoBarCodeServlet?code={columns['SCol1']}&seed={n}") for n in (1, 2)
        ]
        (again,) = (await notice(clerk, numbers))["data"]
        other = await clerk.file(f"/cbc/PrintTwoBarCodeServlet?code={again['SCol1']}&seed=1")
    assert pictures[0] == pictures[1] != other
    assert pictures[0].startswith(b"\x89PNG")
    assert len({entry["code"] for entry in portal.entries("pay_code")}) == 2


async def test_a_customer_may_pay_unasked_and_the_policy_come_late(start: Start) -> None:
    portal = start("--mood", "auto_paid=60", "--mood", "late_policy=60")
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        await submit(clerk, numbers)
        await notice(clerk, numbers)
        portal.mood("forward=61")
        paid = portal.whats()[-1]
        portal.mood("forward=61")
        assert await flags(clerk, numbers) == "DD"
    assert (paid, len(portal.entries("issued"))) == ("paid", 1)


FILES: list[tuple[str, Callable[[Clerk, str], Any]]] = [
    ("policy", lambda clerk, number: clerk.file(f"/prpall/print/policyPdf.do?policyNo={number}")),
    ("e_policy", lambda clerk, number: clerk.file("/prpall/epolicy/download.do", {"policyNo": number})),
]


@pytest.mark.parametrize(("kind", "fetch"), FILES)
async def test_policies_are_files(portal: Practice, kind: str, fetch: Callable[[Clerk, str], Any]) -> None:
    async with Clerk(portal) as clerk:
        _, policies = await issued(clerk, portal)
        data = await fetch(clerk, policies[0])
        assert await fetch(clerk, policies[0]) == data
        assert "未查询到投保单".encode("gbk") in await fetch(clerk, "PDAA202633020000000001")
    assert data.startswith(b"%PDF")
    words = "\n".join(texts(data))
    assert policies[0] in words
    assert "林晓峰" in words
    told = portal.entries("download")
    assert [(entry["numbers"], entry["file"], entry["complete"]) for entry in told] == [
        ([policies[0]], kind, True)
    ] * 2


async def test_a_file_breaks_off_with_the_session_and_goes_on(start: Start) -> None:
    portal = start("--mood", "large_file=1")
    async with Clerk(portal) as clerk:
        _, policies = await issued(clerk, portal)
        path = f"/prpall/print/policyPdf.do?policyNo={policies[1]}"
        whole = await clerk.file(path)
        portal.mood("large_file=1 session_expiry_mid_download")
        half = await clerk.file(path)
        assert "loginForm" in await clerk.get(path)
        portal.mood("large_file=1")
        await clerk.login()
        rest = await clerk.file(path, start=len(half))
    assert len(whole) > 1_000_000
    assert 0 < len(half) < len(whole)
    assert half + rest == whole
    assert [entry["complete"] for entry in portal.entries("download")] == [True, False, True]


async def test_policies_have_a_list_of_their_own(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        numbers, policies = await issued(clerk, portal)
        answers = [
            json.loads(await clerk.post(f"{BUSINESS}/selectPolicy.do", {"prpCpolicyVo.policyNo": number}))
            for number in (policies[1], numbers[0], "PDAA202633020000000001")
        ]
    assert [[row["policyNo"] for row in answer["data"]] for answer in answers] == [
        [policies[1]],
        [policies[0]],
        [],
    ]


async def test_a_policy_is_neither_deleted_nor_changed(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        numbers, _ = await issued(clerk, portal)
        assert "已生成保单" in await clerk.post(f"{BUSINESS}/deleteProposal.do?bizNo={numbers[0]}", {})
        again = await clerk.post(f"{BUSINESS}/insert.do", {**CAR, "prpCmain.proposalNo": numbers[0]})
        assert "已生成保单" in again
        assert "当前状态不能撤回" in await clerk.post(f"{BUSINESS}/withdrawUndwrt.do?bizNo={numbers[0]}", {})


async def test_lists_are_sorted_and_paged_as_asked(start: Start) -> None:
    portal = start("--rows", "300")
    async with Clerk(portal) as clerk:
        await clerk.login()
        form = {
            "prpCproposalVo.bizType": "投保单",
            "rowsPerPage": "100",
            "sortName": "sumPremium",
            "sortOrder": "desc",
        }
        pages = [
            json.loads(await clerk.post(f"{BUSINESS}/selectProposal.do", {**form, "pageNo": str(page)}))
            for page in (1, 2, 3, 4)
        ]
    prices = [row["sumPremium"] for page in pages for row in page["data"]]
    assert [len(page["data"]) for page in pages] == [100, 100, 100, 0]
    assert prices == sorted(prices, reverse=True)
    assert len({row["proposalNo"] for page in pages for row in page["data"]}) == 300
    assert {page["totalRecords"] for page in pages} == {300}
    assert portal.entries("portfolio")[0]["rows"] == 300


async def test_khyx_has_a_row_for_each_car(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        (alone,) = (await clerk.save(CIFlag="")).split(",")
        answer = json.loads(
            await clerk.post(
                "/khyx/quotation/selectQuotation.do", {"page": "1", "rows": "10", "bizNo": numbers[1]}
            )
        )
        every = json.loads(await clerk.post("/khyx/quotation/selectQuotation.do", {"page": "1", "rows": "1"}))
    (row,) = answer["rows"]
    assert (row["quotationNoBI"], row["quotationNoCI"], row["policyNoBI"]) == (*numbers, NO_POLICY)
    assert (every["total"], every["rows"][0]["quotationNoBI"], every["rows"][0]["quotationNoCI"]) == (
        2,
        alone,
        NO_POLICY,
    )


async def test_a_session_that_does_nothing_ends(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        assert "userCode" in await clerk.get("/prpall/top.do")
        portal.mood("short_session=0")
        assert "会话已超时" in await clerk.get("/prpall/top.do")
        portal.mood("")
        assert "loginForm" in await clerk.get("/prpall/top.do")


@pytest.mark.parametrize(
    "path", ["/khyx/index.do", "/cbc/jf/jfMain.do?bizNo=A", "/prpall/print/policyPdf.do?policyNo=A"]
)
async def test_strangers_get_the_log_in_page_everywhere(portal: Practice, path: str) -> None:
    async with Clerk(portal) as clerk:
        assert "loginForm" in await clerk.get(path)
    assert portal.entries("stranger")[0]["path"] == path.partition("?")[0]


async def test_log_out_ends_the_session_of_both_front_ends(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        assert "quotationGrid" in await clerk.get("/khyx/quotation/quotationList.do")
        await clerk.get("/prpall/logout.do")
        assert "loginForm" in await clerk.get("/khyx/quotation/quotationList.do")


async def test_a_log_in_page_may_come_where_a_list_was_expected(start: Start) -> None:
    portal = start("--mood", "html_instead_of_json")
    async with Clerk(portal) as clerk:
        numbers = await saved(clerk)
        assert "loginForm" in await clerk.query(*numbers)
        assert "userCode" in await clerk.get("/prpall/top.do")


async def test_the_portal_begins_with_the_same_rows(start: Start) -> None:
    lists = []
    for portal in (start("--rows", "40"), start("--rows", "40")):
        async with Clerk(portal) as clerk:
            await clerk.login()
            lists.append(await clerk.query())
    assert lists[0] == lists[1]
    assert json.loads(lists[0])["totalRecords"] == 40
