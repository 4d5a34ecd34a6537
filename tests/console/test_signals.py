"""Underwriting, payment codes and quick downloads as the console shows and answers them."""

import base64

from companion.management.store.tables import Proposal
from companion.management.store.work_tables import Download, Push
from tests.console.conftest import Console
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import Quote, card, pressed
from tests.unit.management.test_path import filed
from tests.unit.management.test_signals import PAY, portal, seen

A, B = Quote("TDAA00000001"), Quote("TDZA00000002")


async def office_of(console: Console) -> TestOffice:
    return await TestOffice(console.office.database).present()


async def test_a_qr_code_is_shown_behind_the_consoles_door_only(console: Console) -> None:
    office = await office_of(console)
    await filed(office, A)
    await seen(office, "qr_fetched", A.decided(), code=PAY)
    (row,) = await office.rows(Proposal)
    (ask,) = await office.asks()
    pictures = (f"/proposals/{row.id}/code", f"/questions/{ask.question.id}/code")
    for picture in pictures:
        assert (await console.reader.get(picture)).status == 401
    page = await console.reader.enter("/questions")
    assert "已获取支付二维码，推送给 测**户？" in page.plain
    assert f'src="/console{pictures[1]}?' in page.text
    assert f'src="/console{pictures[0]}?' in (await console.reader.get(f"/proposals/{row.id}")).text
    for picture in pictures:
        assert await console.reader.bytes(picture) == base64.b64decode(PAY.image or "")
    done = await console.reader.post(f"/questions/{ask.question.id}/answer", choice="no")
    assert "没有等待回答的提问" in done.plain
    assert (await console.reader.get(pictures[1])).status == 404
    assert (await console.reader.get("/proposals/nothing/code")).status == 404


async def test_a_card_number_is_answered_with_remark_and_fields(console: Console) -> None:
    office = await office_of(console)
    await seen(office, "card_number", A.decided(), B.decided(), code=card("6225880012345678"))
    (ask,) = await office.asks()
    page = await console.reader.enter("/questions")
    assert "6225880012345678" in page.plain
    form = {"payment_method": "刷卡", "card_method": "POS 机", "remark": "柜台", "customer_name": "王小美"}
    done = await console.reader.post(f"/questions/{ask.question.id}/answer", choice="yes", **form)
    assert "没有等待回答的提问" in done.plain
    (push,) = await office.rows(Push)
    assert (push.fields, push.remark) == ({"payment_method": "刷卡", "card_method": "POS 机"}, "柜台")
    (row,) = await office.rows(Proposal)
    assert "6225880012345678" in (await console.reader.get(f"/proposals/{row.id}")).plain


async def test_a_quoted_proposal_is_confirmed_for_issuing_once(console: Console) -> None:
    office = await office_of(console)
    await filed(office, A)
    (row,) = await office.rows(Proposal)
    page = await console.reader.enter(f"/proposals/{row.id}")
    assert f"/proposals/{row.id}/decision" in page.text
    for _ in range(2):
        page = await console.reader.post(f"/proposals/{row.id}/decision")
        assert "确认出单待提核" in page.plain
        assert f"/proposals/{row.id}/decision" not in page.text
    assert (await console.reader.post("/proposals/nothing/decision")).status == 404
    (proposal,) = await office.proposals()
    assert [step.kind for step in proposal.timeline].count("state_confirmed_to_submit") == 1


async def test_a_quick_download_stands_in_the_log_with_its_files(console: Console) -> None:
    office = await office_of(console)
    await office.deliver(pressed(A.number, policy=A.issued().policy, salesperson="李测试"))
    await office.settle(portal(A.issued()))
    await office.tick()
    await office.fetch("not_a_pdf")
    (row,) = await office.rows(Proposal)
    page = await console.reader.enter("/downloads?source=quick_policy&kind=policy")
    assert "便捷下载保单" in page.plain
    assert str(A.issued().policy) in page.plain
    assert "共 1 条" in page.plain
    assert {row.kind for row in await office.rows(Download)} == {"proposal", "policy", "e_policy"}
    page = await console.reader.get(f"/proposals/{row.id}")
    assert "李测试" in page.plain
    assert "保单下载没有成功（得到的不是 PDF 文件）" in page.plain
