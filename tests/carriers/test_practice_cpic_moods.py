"""The CPIC-style practice portal's bad habits, one by one, and its files."""

import base64
import hashlib
import json
import re
import time

import pytest

from companion.practice.cpic.cipher import Cipher, Unreadable, seal
from tests.carriers.conftest import Practice, Start
from tests.carriers.cpic_clerk import (
    APPLICATION,
    PAY,
    QUERY,
    RECORD,
    SUBMIT,
    Clerk,
    application,
    fetched,
    issued,
    whats,
)
from tests.carriers.pdf_text import texts

CARRIER = "cpic"


async def test_one_line_refused(start: Start) -> None:
    portal = start("--mood", "one_line_refused")
    async with Clerk(portal) as clerk:
        await clerk.login()
        submitted = await clerk.result(SUBMIT, {"quotationNo": await clerk.save()})
    assert (submitted["commercialResult"], submitted["compulsoryResult"]) == (False, True)
    assert "不予承保" in submitted["commercialInsuransVo"]["underwriteMessage"]


async def test_customers_pay_by_themselves_and_policies_come_late(start: Start) -> None:
    portal = start("--mood", "auto_paid=60", "--mood", "late_policy=60")
    async with Clerk(portal) as clerk:
        await clerk.login()
        order = await clerk.result(PAY, {"quotationNos": [await clerk.passed()]})
        asked = {"payNo": order["payNo"]}
        (first,) = await clerk.result(RECORD, asked)
        portal.mood("forward=61")
        (paid,) = await clerk.result(RECORD, asked)
        portal.mood("forward=61")
        (last,) = await clerk.result(RECORD, asked)
    assert (first["payStatus"], paid["payStatus"], paid["policyNos"]) == ("2", "3", "")
    assert len(last["policyNos"].split(",")) == 2


async def test_manual_underwriting_decides_later(start: Start) -> None:
    portal = start("--mood", "manual_underwriting=60")
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.save()
        submitted = await clerk.result(SUBMIT, {"quotationNo": number})
        portal.mood("forward=61")
        (decided,) = await clerk.result(QUERY, {"quotationNo": number})
    assert (submitted["quotationState"], submitted["commercialResult"]) == ("2", False)
    assert decided["quotationState"] == "5"
    assert len(submitted["commercialInsuransVo"]["insuredNo"]) == 20


async def test_an_e_policy_is_a_pdf_that_names_its_policy(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await issued(clerk)
        answer, data = await fetched(clerk, number)
        inside = await clerk.result("epolicy/fetch", {"policyNo": number})
        printed = await clerk.result("epolicy/fetch", {"policyNo": number, "fileType": "policy"})
        missing, page = await fetched(clerk, "ANIB001Y1426B0000000")
    assert data.startswith(b"%PDF-")
    assert f"保险单号：{number}" in texts(data)
    assert "林晓峰" in texts(data)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E7%94%B5")
    assert base64.b64decode(inside["content"]) == data
    assert (missing.status, missing.content_type, b"%PDF" in page) == (200, "text/html", False)
    digest = hashlib.sha256(data).hexdigest()
    downloads = [(entry["numbers"], entry["sha256"]) for entry in portal.entries("download")]
    assert downloads[:2] == [([number], digest)] * 2
    paper = texts(base64.b64decode(printed["content"]))
    assert f"保险单号：{number}" in paper
    assert any(line.endswith("（保单正本）") for line in paper)
    assert printed["fileName"].startswith("保单正本_")
    assert [entry["file"] for entry in portal.entries("download")] == ["epolicy", "epolicy", "policy"]


async def test_a_file_breaks_off_with_the_session_and_can_be_resumed(start: Start) -> None:
    portal = start("--mood", "session_expiry_mid_download", "--mood", "large_file=1")
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await issued(clerk)
        _, half = await fetched(clerk, number)
        lost, page = await fetched(clerk, number, len(half))
        assert (lost.status, lost.content_type) == (200, "text/html")
        assert b"j_username" in page
        await clerk.login()
        rest, data = await fetched(clerk, number, len(half))
        portal.mood("large_file=1")
        _, whole = await fetched(clerk, number)
    assert (rest.status, len(whole) > 1_000_000) == (206, True)
    assert half + data == whole
    assert [entry["complete"] for entry in portal.entries("download")] == [False, True, True]


async def test_the_same_request_twice_is_answered_twice_and_done_once(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        answers = [await clerk.ask("ecar/quickSave", APPLICATION, requestId="17") for _ in range(2)]
        await clerk.ask("ecar/quickSave", APPLICATION, requestId="18")
    assert answers[0] == answers[1]
    assert whats(portal) == ["save", "repeat", "save"]


async def test_a_form_post_answers_in_a_textarea(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        data = {"data": json.dumps({"meta": {}, "redata": APPLICATION})}
        async with clerk.http.post("/ecar/ecar/quickSave", data=data, headers=clerk.headers) as answer:
            page = await answer.text()
    said = re.search(r"<textarea>(.*)</textarea>", page)
    assert said
    assert [json.loads(said[1])["result"]["quotationNo"]] == portal.entries("save")[0]["numbers"]


async def test_moods_that_answer_with_pages(start: Start) -> None:
    portal = start("--mood", "maintenance")
    async with Clerk(portal) as clerk:
        await clerk.login()
        status, page = await clerk.raw(QUERY, {})
        assert (status, "系统维护中" in page, "charset=gbk" in page) == (200, True, True)
        portal.mood("html_instead_of_json")
        status, page = await clerk.raw(QUERY, {})
        assert (status, "j_password" in page) == (200, True)
        await clerk.save()
    assert [entry["why"] for entry in portal.entries("unanswered")] == ["maintenance", "html_instead_of_json"]


async def test_sessions_end(start: Start) -> None:
    portal = start("--mood", "logged_out")
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.save()
        assert (await clerk.raw(QUERY, {}))[0] == 401
        portal.mood("short_session=0")
        await clerk.login()
        assert (await clerk.raw(QUERY, {}))[0] == 401
        portal.mood("save_refused")
        await clerk.login()
        assert "繁忙" in await clerk.complaint("ecar/quickSave", application(quotationNo=number))
    assert whats(portal) == ["save", "session_ended", "stranger", "stranger", "save_refused"]


async def test_queries_are_slow_and_find_late(start: Start) -> None:
    portal = start("--mood", "late_query=60", "--mood", "slow_query=0.1")
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed()
        begun = time.monotonic()
        assert await clerk.result(QUERY, {"quotationNo": number}) == []
        assert time.monotonic() - begun >= 0.1
        portal.mood("forward=61")
        assert await clerk.result(QUERY, {"quotationNo": number})
    found = [entry["found"] for entry in portal.entries("query")]
    assert (found[0], found[-1]) == ([], [number])


def test_only_the_page_can_read_a_sealed_answer() -> None:
    portal, stranger = Cipher(), Cipher()
    with pytest.raises(Unreadable):
        portal.open({"key": stranger.public, "iv": "AAAA", "data": "AAAA"})
    with pytest.raises(Unreadable):
        portal.open({"data": 1})
    assert set(seal({"a": 1}, bytes(32))) == {"iv", "data"}


async def test_encrypted_takes_nothing_plain(start: Start) -> None:
    portal = start("--mood", "encrypted")
    async with Clerk(portal) as clerk:
        await clerk.login()
        answer = await clerk.ask("ecar/quickSave", APPLICATION)
        assert answer["message"]["code"] == "sign"
    assert whats(portal) == ["unreadable"]


async def test_a_file_that_nobody_takes_to_the_end_is_not_complete(start: Start) -> None:
    portal = start("--mood", "large_file=50")
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await issued(clerk)
        path = "/ecar/epolicy/download"
        async with clerk.http.post(path, data={"policyNo": number}, headers=clerk.headers) as answer:
            await answer.content.readexactly(100)
            answer.close()
        deadline = time.monotonic() + 10
        while not portal.entries("download") and time.monotonic() < deadline:
            await clerk.result("auth/getUserInfo")
    (told,) = portal.entries("download")
    assert (told["complete"], told["bytes"] < 50_000_000) == (False, True)
