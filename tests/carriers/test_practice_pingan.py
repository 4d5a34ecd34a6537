"""The portal behaves as its README.md promises, and its ledger tells the truth."""

import asyncio
import hashlib
import io
import json
import re
import time
from random import Random
from urllib.parse import unquote, urlsplit

import aiohttp
import pytest
from PIL import Image

from companion.practice import captcha
from tests.carriers.conftest import Practice, Start
from tests.carriers.pdf_text import texts
from tests.carriers.pingan_clerk import VOUCHER, Clerk

CARRIER = "pingan"
QUOTATION = r"Q\d{19}"
BLANKS = " " * 20


async def test_the_whole_way_from_quote_to_policy(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        assert "新一代车险承保平台" in await clerk.login()
        number = await clerk.quoted()
        before = await clerk.rows(number)
        results = await clerk.submit(number)
        page = await clerk.scan(number)
        assert "支付成功" in await clerk.pay()
        after = await clerk.rows(number)
        record = await clerk.result(number)
    assert re.fullmatch(QUOTATION, number)
    assert [(row["applyPolicyNo"], row["policyNo"]) for row in before] == [(BLANKS, BLANKS)] * 2
    assert [(one["planCode"], one["finalStatus"]) for one in results] == [("C01", "B2"), ("C51", "B2")]
    assert all(re.fullmatch(r"5\d{19}", one["applyPolicyNo"]) for one in results)
    assert "客户名称：林晓峰" in page
    assert all(re.fullmatch(r"1\d{19}", row["policyNo"]) and row["finalStatus"] == "B5" for row in after)
    assert [one["payStatus"] for one in record] == ["1"]
    wanted = "captcha login save query apply pay_notice pay_code paid issued query pay_query"
    assert portal.whats() == wanted.split()
    assert [entry["seq"] for entry in portal.entries()] == list(range(1, 12))


async def test_the_ledger_holds_what_happened(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number, results = await clerk.bought()
        rows = await clerk.rows(number)
    (saved,), (applied,), (paid,), (issued,) = map(portal.entries, ("save", "apply", "paid", "issued"))
    numbers = [one["applyPolicyNo"] for one in results]
    assert (saved["user"], saved["numbers"], saved["revision"]) == ("WANGLI001", [number], 1)
    assert (saved["plate"], saved["insured"]) == ("浙B-8K3L6", "林晓峰")
    assert saved["lines"] == [
        {"kind": "commercial", "premium": 156_790},
        {"kind": "compulsory", "premium": 85_500},
    ]
    assert (applied["numbers"], applied["quotation"]) == (numbers, number)
    assert [line["status"] for line in applied["lines"]] == ["B2", "B2"]
    assert (paid["numbers"], paid["amount"]) == (numbers, 242_290)
    assert issued["numbers"] == [row["policyNo"] for row in rows]


async def test_an_electronic_policy_is_a_pdf_with_a_chinese_name(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number, _ = await clerk.bought()
        policy = (await clerk.policies(number))[0]["policyNo"]
        answer, body = await clerk.epolicy(policy)
        _, none = await clerk.epolicy("1" * 20)
    name = unquote(answer.headers["Content-Disposition"].partition("UTF-8''")[2])
    assert name == f"浙B-8K3L6_商业险电子保单_{policy}.pdf"
    assert answer.content_type == "application/pdf"
    assert body.startswith(b"%PDF-")
    assert policy in texts(body)
    assert "林晓峰" in texts(body)
    assert "电子保单不存在" in none.decode()
    (entry,) = portal.entries("download")
    assert (entry["numbers"], entry["bytes"], entry["complete"]) == ([policy], len(body), True)
    assert (entry["file"], entry["sha256"]) == ("epolicy", hashlib.sha256(body).hexdigest())


async def test_a_policy_is_printed_too_and_can_be_heavy(start: Start) -> None:
    portal = start("--rows", "4", "--mood", "large_file=1")
    async with Clerk(portal) as clerk:
        await clerk.login()
        policy = (await clerk.policies())[0]["policyNo"]
        answer, body = await clerk.paper(policy, "printPolicy")
    assert unquote(answer.headers["Content-Disposition"]).endswith(f"保单正本_{policy}.pdf")
    assert body.startswith(b"%PDF-")
    assert len(body) > 1_000_000
    assert portal.entries("download")[0]["file"] == "policy"


async def test_a_session_may_end_in_the_middle_of_a_file(start: Start) -> None:
    portal = start("--rows", "4", "--mood", "session_expiry_mid_download")
    async with Clerk(portal) as clerk:
        await clerk.login()
        policy = (await clerk.policies())[0]["policyNo"]
        with pytest.raises(aiohttp.ClientPayloadError):
            await clerk.epolicy(policy)
        assert "fm1" in await clerk.raw("policy/queryPolicyList", {})
    assert portal.entries("download")[0]["complete"] is False
    assert portal.entries("session_ended")[0]["user"] == "WANGLI001"


async def test_every_host_answers_under_its_own_name_on_one_port(portal: Practice) -> None:
    hosts = {urlsplit(address).hostname for address in portal.addresses.values()}
    assert len({urlsplit(address).port for address in portal.addresses.values()}) == 1
    assert hosts == {"pingan.localhost", "cas.pingan.localhost", "pay.pingan.localhost"}
    async with Clerk(portal) as clerk:
        for name, wanted in (("origin", 404), ("pay", 404), ("cas", 200)):
            answer, _ = await clerk.ask("GET", f"{portal.addresses[name]}/cas/login")
            assert (name, answer.status) == (name, wanted)
        stranger = portal.origin.replace("pingan.localhost", "127.0.0.1")
        answer, _ = await clerk.ask("GET", f"{stranger}/icore_pnbs/index.html")
    assert answer.status == 200


async def test_everything_about_several_numbers_at_once(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number, other = await clerk.quoted(), await clerk.quoted()
        applied = [one["applyPolicyNo"] for one in await clerk.submit(number)]
        vouchers = await clerk.vouchers(*applied, other, "Q" + "9" * 19)
        assert await clerk.vouchers("Q" + "9" * 19) == []
    assert [voucher["quotationNo"] for voucher in vouchers] == [number, other]
    assert portal.entries("detail")[0]["found"] == [number, other]


async def test_a_short_session_is_over_soon(start: Start) -> None:
    portal = start("--mood", "short_session=0.05")
    async with Clerk(portal) as clerk:
        await clerk.login()
        deadline = time.monotonic() + 10
        while not portal.entries("stranger") and time.monotonic() < deadline:
            await asyncio.sleep(0.06)
            await clerk.raw("workbench/queryQuoteList", {})
    assert portal.entries("stranger")


async def test_a_quick_customer_pays_without_being_asked(start: Start) -> None:
    portal = start("--mood", "auto_paid=0.05")
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.quoted()
        await clerk.submit(number)
        page = await clerk.scan(number)
        deadline = time.monotonic() + 10
        while not portal.entries("issued") and time.monotonic() < deadline:
            await clerk.rows(number)
        assert "已支付" in await clerk.pay()
    assert all(applied in page for applied in portal.entries("issued")[0]["lines"][0]["number"].split())
    assert len(portal.entries("paid")) == 1


async def test_a_captcha_leaves_as_pixels_alone_and_serves_once(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        answer, picture = await clerk.ask("GET", f"{portal.addresses['cas']}/cas/captcha.png?lt=LT-1")
        fields = {"username": "WANGLI001", "randCode": portal.captcha(), "lt": "LT-1"}
        _, wrong = await clerk.form(f"{portal.addresses['cas']}/cas/login", {**fields, "password": "x"})
        _, used = await clerk.form(
            f"{portal.addresses['cas']}/cas/login", {**fields, "password": "practice-01"}
        )
        assert "验证码错误" in await clerk.login(typed="0000")
    assert Image.open(io.BytesIO(picture)).size == (116, 36)
    assert portal.captcha().encode() not in picture
    assert portal.entries("captcha")[0]["answer"] not in str(answer.headers)
    assert "用户名或密码错误" in wrong.decode()
    assert "验证码错误" in used.decode()
    assert portal.whats() == ["captcha", *["login_refused"] * 2, "captcha", "login_refused"]


def test_captchas_differ_and_every_character_can_be_drawn() -> None:
    pictures = {captcha.draw(character, Random(1)) for character in captcha.ALPHABET}
    assert len(pictures) == len(captcha.ALPHABET)
    assert captcha.draw("A2C4", Random(1)) != captcha.draw("A2C4", Random(2))


async def test_a_ticket_serves_once(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        _, page = await clerk.form(f"{portal.origin}/icore_pnbs/transfer", {"ticket": "ST-1-cas"})
    assert "票据已失效" in page.decode()
    assert portal.entries() == []


async def test_without_a_session_the_log_in_page_comes_with_status_200(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        assert "fm1" in await clerk.raw("workbench/queryQuoteList", {})
        await clerk.login()
        await clerk.get("logout")
        assert 'name="username"' in await clerk.raw("policy/queryPolicyList", {})
        answer, page = await clerk.epolicy("1" * 20)
    assert (answer.status, answer.content_type) == (200, "text/html")
    assert "fm1" in page.decode()
    assert portal.whats() == ["stranger", "captcha", "login", "logout", "stranger", "stranger"]


async def test_who_is_logged_in(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login("CHENMIN002", "practice-02")
        assert '"umCode": "CHENMIN002"' in await clerk.get("do/app/user/getUserInfo")


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("vehicleTarget__vehicleLicenceCode", "浙B8K3L6", "车牌号格式有误，应如：浙A-12345"),
        ("vehicleTarget__vehicleFrameNo", "LSVNB2A41O2063518", "车架号格式有误"),
        ("insurantInfo__personnelName", "", "请录入被保险人"),
        ("insurantInfo__mobileTelephone", "1390000000", "手机号码格式有误"),
        ("vehicleTarget__firstRegisterDate", "2022-02-30", "初次登记日期格式有误"),
        ("quotationNo", "Q1", "报价单不存在"),
    ],
)
async def test_a_bad_form_is_refused(portal: Practice, field: str, value: str, complaint: str) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        answer = await clerk.quote(**{field: value})
    assert answer == {"resultCode": "1", "resultMessage": complaint}
    assert portal.entries("save_refused")[0]["reason"] == complaint


async def test_saving_again_keeps_the_number_and_withdrawing_opens_it_again(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.quoted()
        applied = [one["applyPolicyNo"] for one in await clerk.submit(number)]
        assert (await clerk.quote(quotationNo=number))["resultCode"] == "1"
        await clerk.scan(number)
        await clerk.withdraw(number)
        assert "失效" in await clerk.pay()
        assert (await clerk.quote(quotationNo=number))["voucher"]["quotationNo"] == number
        rows = await clerk.rows(number)
        again = [one["applyPolicyNo"] for one in await clerk.submit(number)]
    assert [row["finalStatus"] for row in rows] == ["B0", "B0"]
    assert again == applied
    assert [entry["revision"] for entry in portal.entries("save")] == [1, 2]
    assert portal.entries("withdrawn")[0]["numbers"] == applied
    assert portal.entries("paid") == []


async def test_an_old_car_is_refused_its_commercial_line(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        answer = await clerk.quote(vehicleTarget__firstRegisterDate="2006-05-18")
        results = await clerk.submit(answer["voucher"]["quotationNo"])
    assert [one["finalStatus"] for one in results] == ["B4", "B2"]
    assert results[0]["message"] == "车龄超过15年，商业险需修改"


async def test_one_line_refused_can_still_be_paid_for_the_other(start: Start) -> None:
    portal = start("--mood", "one_line_refused")
    async with Clerk(portal) as clerk:
        await clerk.login()
        number, results = await clerk.bought()
        rows = await clerk.rows(number)
    assert [row["finalStatus"] for row in rows] == ["B4", "B5"]
    assert rows[0]["policyNo"] == BLANKS
    assert portal.entries("paid")[0]["numbers"] == [results[1]["applyPolicyNo"]]


async def test_a_deleted_quotation_says_so(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.quoted()
        await clerk.delete(number)
        rows = await clerk.rows(number)
        again = await clerk.call("apply/applyPolicy", quotationNo=number)
    assert [(row["finalStatus"], row["statusName"]) for row in rows] == [("B9", "已删除")] * 2
    assert again["resultCode"] == "1"
    assert portal.entries("delete")[0]["numbers"] == [number]


async def test_the_first_relative_picture_is_the_code(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.quoted()
        await clerk.submit(number)
        page = await clerk.scan(number)
        sources = re.findall(r'<img src="([^"]+)"', page)
        relative = [source for source in sources if "://" not in source]
        _, picture = await clerk.ask("GET", f"{portal.addresses['pay']}/paygateway/{relative[0]}")
        assert "验签失败" in await clerk.scan_with("x" * 32)
        await clerk.scan(number)
        assert await clerk.result(number)
    assert len(sources) == 2
    assert Image.open(io.BytesIO(picture)).format == "PNG"
    assert portal.entries("pay_query")[0]["statuses"] == ["0", "2"]


async def test_a_code_on_a_canvas_is_no_picture(start: Start) -> None:
    portal = start("--mood", "canvas_qr")
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.quoted()
        await clerk.submit(number)
        page = await clerk.scan(number)
    assert "<canvas" in page
    assert "qrcode.do" not in page
    assert portal.entries("pay_code")[0]["form"] == "canvas"


async def test_a_repeat_is_one_quotation_unless_the_portal_saves_twice(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        once = {(await clerk.quote("t1"))["voucher"]["quotationNo"] for _ in range(2)}
        portal.mood("double_save")
        twice = {(await clerk.quote("t2"))["voucher"]["quotationNo"] for _ in range(2)}
    assert (len(once), len(twice)) == (1, 2)


async def test_a_pushed_result_comes_later(start: Start) -> None:
    portal = start("--mood", "pushed_result=60")
    async with Clerk(portal) as clerk, Clerk(portal) as stranger:
        await clerk.login()
        await stranger.login("CHENMIN002", "practice-02")
        mine, others = await clerk.notices(), await stranger.notices()
        number = await clerk.quoted()
        assert [one["finalStatus"] for one in await clerk.submit(number)] == ["B1", "B1"]
        portal.mood("forward=61")
        message = await mine.receive_json(timeout=10)
        with pytest.raises(asyncio.TimeoutError):
            await others.receive(timeout=0.05)
    results = message["applyResultList"][0]["singleDocumentResultList"]
    assert [one["finalStatus"] for one in results] == ["B2", "B2"]
    assert portal.entries("decided")[0]["quotation"] == number


async def test_a_changed_prefix_moves_everything(portal: Practice) -> None:
    async with Clerk(portal) as old, Clerk(portal, "icore_pnbs_v2") as new:
        await old.login()
        portal.mood("changed_prefix")
        assert "页面不存在" in await old.raw("workbench/queryQuoteList", {})
        assert "icore_pnbs_v2" in await new.login()
        assert re.fullmatch(QUOTATION, await new.quoted())


async def test_a_late_query_finds_nothing_at_first(start: Start) -> None:
    portal = start("--mood", "late_query=60")
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.quoted()
        found = [len(await clerk.rows(number))]
        portal.mood("forward=61")
        found.append(len(await clerk.rows(number)))
        assert len(await clerk.submit(number)) == 2
    assert found == [0, 2]


async def test_other_moods(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        portal.mood("save_refused maintenance")
        assert (await clerk.quote())["resultCode"] == "1"
        assert "系统维护" in await clerk.raw("workbench/queryQuoteList", {})
        portal.mood("slow_query=0.2")
        begun = time.monotonic()
        await clerk.rows()
        assert time.monotonic() - begun >= 0.2
        portal.mood("logged_out")
        number = await clerk.quoted()
        assert "fm1" in await clerk.raw("workbench/queryQuoteList", {})
        portal.mood("strict_csp")
        answer, _ = await clerk.ask("GET", f"{portal.addresses['cas']}/cas/login")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert portal.entries("session_ended")[0]["user"] == "WANGLI001"
    assert portal.entries("save")[0]["numbers"] == [number]


async def test_a_form_in_a_hidden_frame_is_answered_by_a_page(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        address = f"{portal.origin}/icore_pnbs/do/app/quotation/applyQueryAndQuote"
        answer, page = await clerk.form(address, {"payload": json.dumps({"voucher": VOUCHER})})
    assert answer.content_type == "text/html"
    assert portal.entries("save")[0]["numbers"][0] in page.decode()


async def test_ten_thousand_rows_are_sorted_paged_and_filtered(start: Start) -> None:
    portal = start("--rows", "10000")
    async with Clerk(portal) as clerk:
        await clerk.login()
        page = await clerk.call(
            "workbench/queryQuoteList", pageNo=2, pageSize=20, sortField="policyNo", sortOrder="desc"
        )
        all_of_them = await clerk.call("workbench/queryQuoteList", pageSize=10_000)
        waiting = await clerk.call("workbench/queryQuoteList", finalStatus="B2")
    numbers = [row["policyNo"] for row in page["datalist"]]
    assert (page["totalCount"], len(numbers)) == (10_000, 20)
    assert numbers == sorted(numbers, reverse=True)
    assert len(all_of_them["datalist"]) == 10_000
    assert {row["finalStatus"] for row in waiting["datalist"]} == {"B2"}
