"""Payment codes and issued policies: stored before they are asked about, known by what they say (I-4)."""

import base64
import io

import pytest
from PIL import Image

from companion.management.issuing.downloads import HELD_UP
from companion.management.issuing.questions import BadAnswer
from companion.management.store.signal_tables import PaymentCode
from companion.management.store.tables import Line, Sighting
from companion.management.store.work_tables import Download, Push
from companion.management.wire import EventIn
from companion.protocol import Code
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import answer, card, hint, qr, result, somebody
from tests.unit.management.test_path import asked, filed
from tests.unit.management.test_signals import (
    PAY,
    A,
    B,
    climb,
    open_kinds,
    passed,
    paying,
    portal,
    seen,
    state,
)

# ---------------------------------------------------------------------- payment codes (I-4)


async def test_a_qr_code_is_stored_before_it_is_asked_about(both: TestOffice) -> None:
    await paying(both)
    (proposal,) = await both.proposals()
    assert proposal.state == "AWAIT_PAY"
    assert proposal.payment is not None
    assert (proposal.payment.kind, proposal.payment.text) == ("qr", "https://pay.example/1")
    (code,) = await both.rows(PaymentCode)
    assert (code.state, code.media, bool(code.image)) == ("current", "image/png", True)
    (ask,) = await both.asks()
    assert (ask.question.kind, ask.question.remark, ask.question.choices) == ("D3", True, ["yes", "no"])
    await both.deliver(answer(ask.question.id, "yes", remark="请在今天内支付"))
    push = (await both.rows(Push))[-1]
    assert (push.kind, push.remark) == ("payment", "请在今天内支付")
    await both.settle(portal(A.decided(), B.decided()))
    assert (await both.rows(Download))[-1].source == "auto_payment"


async def test_the_same_code_twice_is_nothing_new_and_a_new_one_is_an_update(office: TestOffice) -> None:
    await paying(office)
    first = await office.rows(PaymentCode)
    await seen(office, "qr_fetched", A.decided(), B.decided(), code=PAY)
    await seen(office, "qr_fetched", A.decided(), B.decided(), about=(A.number,), code=PAY)
    assert await office.rows(PaymentCode) == first
    (ask,) = await office.asks()
    await office.deliver(answer(ask.question.id, "no"))
    await seen(office, "qr_fetched", A.decided(), B.decided(), code=qr("https://pay.example/2"))
    (proposal,) = await office.proposals()
    assert proposal.payment is not None
    assert proposal.payment.text == "https://pay.example/2"
    assert sorted(row.state for row in await office.rows(PaymentCode)) == ["current", "over"]
    assert (await open_kinds(office), (await office.told()).count("qr_changed")) == ([], 1)


async def test_a_code_that_came_during_the_query_replaces_the_one_before(office: TestOffice) -> None:
    """Both wait when the first answer comes: only the newer one is there for the second."""
    await passed(office)
    await office.deliver(_shows(office, "https://pay.example/1"))
    await office.tick()
    await office.deliver(_shows(office, "https://pay.example/2"))
    await office.settle(portal(A.decided(), B.decided()))
    (code,) = await office.rows(PaymentCode)
    assert (code.state, code.text) == ("current", "https://pay.example/2")
    assert "qr_changed" not in await office.told()


async def test_a_code_that_comes_late_is_dead_already(office: TestOffice) -> None:
    await passed(office)
    late = _shows(office, "https://pay.example/1")
    await office.deliver(_shows(office, "https://pay.example/2"))
    await office.settle(portal(A.decided(), B.decided()))
    await office.deliver(late)
    await office.settle(portal(A.decided(), B.decided()))
    (code,) = await office.rows(PaymentCode)
    assert (code.state, code.text) == ("current", "https://pay.example/2")


async def test_after_a_cancel_the_same_code_leaves_nothing(office: TestOffice) -> None:
    await seen(office, "qr_fetched", A.decided(), B.decided(), code=PAY)
    (ask,) = await office.asks()
    await office.deliver(answer(ask.question.id, "cancel"))
    await seen(office, "qr_fetched", A.decided(), B.decided(), code=PAY)
    assert (await open_kinds(office), await office.rows(PaymentCode)) == ([], [])
    assert "code_dropped" in await office.told()


async def test_a_page_that_says_issued_too_early_takes_no_code_from_its_question(office: TestOffice) -> None:
    await seen(office, "qr_fetched", A.decided(), B.decided(), code=PAY)
    await seen(office, "issued", A.decided(), B.decided())
    await climb(office, A.decided(), B.decided())
    (ask,) = await office.asks()
    await office.deliver(answer(ask.question.id, "download_only"))
    (code,) = await office.rows(PaymentCode)
    assert (code.state, await state(office)) == ("current", "AWAIT_PAY")


async def test_the_same_code_in_another_picture_is_the_same_code(office: TestOffice) -> None:
    await paying(office)
    other = Code(image=_larger(PAY), text=None)
    assert other != PAY
    await seen(office, "qr_fetched", A.decided(), B.decided(), code=other)
    assert len(await office.rows(PaymentCode)) == 1


@pytest.mark.parametrize("image", ["AAAA", "iVBORw0KGgoAAAANSUhEUgAA"])
async def test_what_is_no_picture_is_no_code(office: TestOffice, image: str) -> None:
    await passed(office)
    await seen(office, "qr_fetched", A.decided(), B.decided(), code=Code(image=image, text=None))
    assert (await state(office), await office.rows(PaymentCode)) == ("UW_PASSED", [])


async def test_a_code_of_what_the_carrier_has_not_passed_counts_for_nothing(office: TestOffice) -> None:
    await filed(office, A, B)
    await seen(office, "qr_fetched", A.decided(), B, code=PAY)
    await climb(office, A.decided(), B)
    assert (await state(office), await open_kinds(office)) == ("QUOTED", [])
    assert await office.rows(PaymentCode) == []
    told = await office.told()
    assert told.index("claim_not_seen_qr_fetched") < told.index("code_dropped")


async def test_a_carrier_that_tells_no_underwriting_is_believed_its_code(office: TestOffice) -> None:
    await filed(office, A.decided("unknown"))
    await seen(office, "qr_fetched", A.decided("unknown"), code=PAY)
    assert (await state(office), await open_kinds(office)) == ("AWAIT_PAY", ["D3"])


async def test_a_card_number_is_asked_about_with_its_fields(office: TestOffice) -> None:
    await passed(office)
    await seen(office, "card_number", A.decided(), B.decided(), code=card("6225880012345678"))
    (ask,) = await office.asks()
    assert (ask.question.kind, ask.question.remark) == ("D4", True)
    event = answer(ask.question.id, "yes", remark="柜台", payment_method="刷卡", card_method="POS")
    await office.deliver(event)
    push = (await office.rows(Push))[-1]
    assert (push.kind, push.remark) == ("payment", "柜台")
    assert push.fields == {"payment_method": "刷卡", "card_method": "POS"}
    (proposal,) = await office.proposals()
    assert proposal.payment is not None
    assert (proposal.payment.kind, proposal.payment.text) == ("card", "6225880012345678")


async def test_a_card_number_after_a_qr_code_takes_its_place(office: TestOffice) -> None:
    await paying(office)
    await seen(office, "card_number", A.decided(), B.decided(), code=card("6225880012345678"))
    assert await open_kinds(office) == ["D4"]


async def test_an_unknown_code_waits_with_its_question_and_goes_with_a_cancel(both: TestOffice) -> None:
    """取消 of D3b: nothing at all."""
    await seen(both, "qr_fetched", A.decided(), B.decided(), code=PAY)
    (ask,) = await both.asks()
    assert (ask.question.kind, ask.question.choices) == ("D3b", ["yes", "download_only", "cancel"])
    assert [row.state for row in await both.rows(PaymentCode)] == ["waiting"]
    await both.deliver(answer(ask.question.id, "cancel"))
    assert (await both.rows(PaymentCode), await both.proposals()) == ([], [])
    assert [row.plate for row in await both.rows(Line)] == [None, None]


async def test_download_only_of_an_unknown_code_files_proposal_and_code(office: TestOffice) -> None:
    await seen(office, "qr_fetched", A.decided(), B.decided(), code=PAY)
    (ask,) = await office.asks()
    await office.deliver(answer(ask.question.id, "download_only"))
    (proposal,) = await office.proposals()
    assert (proposal.state, proposal.payment is not None) == ("AWAIT_PAY", True)
    assert await office.rows(Push) == []
    assert [step.kind for step in proposal.timeline].count("qr_stored") == 1


async def test_only_choices_of_the_question_are_taken(office: TestOffice) -> None:
    await paying(office)
    (ask,) = await office.asks()
    with pytest.raises(BadAnswer):
        await office.deliver(answer(ask.question.id, "cancel"))


async def test_a_push_without_a_target_needs_one_and_keeps_it(office: TestOffice) -> None:
    await office.deliver(answer(await asked(office, A), "download_only"))
    await office.settle(portal(A))
    await seen(office, "underwriting", A.decided())
    (ask,) = await office.asks()
    assert (ask.question.kind, ask.question.customer_needed, ask.question.target) == ("D2", True, None)
    with pytest.raises(BadAnswer):
        await office.deliver(answer(ask.question.id, "yes"))
    await office.deliver(answer(ask.question.id, "yes", somebody("王测试")))
    await seen(office, "qr_fetched", A.decided(), code=PAY)
    (ask,) = await office.asks()
    assert (ask.question.customer_needed, ask.question.target) == (False, "王测试")


# ---------------------------------------------------------------------- policies issued


async def test_issued_brings_policy_and_e_policy_of_every_line(both: TestOffice) -> None:
    await paying(both)
    await seen(both, "issued", A.issued(), B.issued())
    assert (await state(both), await open_kinds(both)) == ("ISSUED", [])
    rows = [row for row in await both.rows(Download) if row.kind != "proposal"]
    assert {(row.kind, row.policy_number, row.source) for row in rows} == {
        (kind, quote.issued().policy, "payment_policy") for kind in ("policy", "e_policy") for quote in (A, B)
    }
    while await both.tick(1) or await both.files():
        await both.fetch()
    (proposal,) = await both.proposals()
    assert [row.state for row in proposal.downloads if row.kind != "proposal"] == ["done"] * 4
    assert [body.toast for _, body in await both.toasts()].count("files_done") == 1


async def test_one_line_issued_is_not_the_whole_car(office: TestOffice) -> None:
    await paying(office)
    await seen(office, "issued", A.issued(), B.decided(), about=(A.number,))
    await climb(office, A.issued(), B.decided())
    assert await state(office) == "AWAIT_PAY"
    await seen(office, "issued", A.issued(), B.issued(), about=(B.number,))
    assert await state(office) == "ISSUED"


async def test_a_line_that_joins_an_issued_car_brings_its_own_policies(office: TestOffice) -> None:
    await filed(office, A)
    await seen(office, "issued", A.issued())
    await seen(office, "quote_saved", A.issued(), B)
    before = len(await office.rows(Download))
    await seen(office, "issued", A.issued(), B.issued())
    assert await state(office) == "ISSUED"
    later = (await office.rows(Download))[before:]
    files = {(row.kind, row.policy_number) for row in later if row.kind != "proposal"}
    assert files == {(kind, B.issued().policy) for kind in ("policy", "e_policy")}


async def test_issued_while_the_question_waits_is_filed_as_issued(office: TestOffice) -> None:
    await seen(office, "qr_fetched", A.decided(), code=PAY)
    await seen(office, "issued", A.issued())
    (ask,) = await office.asks()
    assert ask.question.kind == "D3b"
    await office.deliver(answer(ask.question.id, "yes", somebody()))
    assert await state(office) == "ISSUED"
    assert [row.kind for row in await office.rows(Push)] == ["policy"]
    assert {row.kind for row in await office.rows(Download)} == {"proposal", "policy", "e_policy"}


async def test_an_unknown_policy_is_not_asked_about(office: TestOffice) -> None:
    await seen(office, "issued", A.issued())
    assert (await open_kinds(office), await office.rows(Sighting)) == ([], [])
    assert "issued_unfiled" in await office.told()


@pytest.mark.parametrize(
    ("error", "why"),
    [("not_a_pdf",) * 2, ("http_503", "portal_failed"), ("number_missing",) * 2, ("refused_113", "refused")],
)
async def test_a_file_that_cannot_be_had_is_tried_again_and_fails_with_its_reason(
    office: TestOffice, error: str, why: str
) -> None:
    """I-5.5."""
    await paying(office)
    await seen(office, "issued", A.issued(), B.issued())
    for _ in range(60):
        await office.tick(5)
        await office.fetch(error)
    rows = [row for row in await office.rows(Download) if row.kind != "proposal"]
    assert {(row.state, row.error, row.attempts) for row in rows} == {("failed", why, 5)}
    toasts = [body.toast for _, body in await office.toasts()]
    assert (toasts.count("policy_failed"), toasts.count("e_policy_failed")) == (2, 2)


@pytest.mark.parametrize("error", HELD_UP)
async def test_what_holds_the_desk_up_costs_a_file_nothing(office: TestOffice, error: str) -> None:
    """A disk that is full for a while ends no download (I-5.5)."""
    await paying(office)
    await seen(office, "issued", A.issued(), B.issued())
    for _ in range(30):
        await office.tick(5)
        await office.fetch(error)
    rows = [row for row in await office.rows(Download) if row.kind != "proposal" and row.error]
    assert {(row.state, row.error, row.attempts) for row in rows} == {("waiting", error, 0)}
    assert (await office.told()).count("policy_again") == 1
    for _ in range(10):
        await office.tick(61)
        await office.fetch()
    rows = [row for row in await office.rows(Download) if row.kind != "proposal"]
    assert {(row.state, row.error) for row in rows} == {("done", None)}


async def test_what_holds_the_desk_up_costs_the_data_nothing(office: TestOffice) -> None:
    await office.deliver(answer(await asked(office, A), "download_only"))
    for _ in range(30):
        await office.tick(5)
        for command, query in await office.queries():
            await office.report(command, result(command, query, portal(A), "failed", "page_busy"))
    (row,) = await office.rows(Download)
    assert (row.state, row.error, row.attempts) == ("waiting", "page_busy", 0)
    assert (await office.told()).count("download_again") == 1
    await office.tick(61)
    await office.work(portal(A))
    assert [row.state for row in await office.rows(Download)] == ["done"]


async def test_a_file_fetched_by_another_login_is_not_taken(office: TestOffice) -> None:
    await paying(office)
    await seen(office, "issued", A.issued(), B.issued())
    await office.tick()
    await office.fetch(whoami="clerk02")
    rows = [row for row in await office.rows(Download) if row.state == "failed"]
    assert [row.error for row in rows] == ["other_login"]


def _shows(office: TestOffice, text: str) -> EventIn:
    """A page shows a code, now."""
    office.clock.advance(1)
    return hint(A.number, B.number, kind="qr_fetched", code=qr(text), at=office.now)


def _larger(code: Code) -> str:
    """The same code, drawn twice as large."""
    picture = Image.open(io.BytesIO(base64.b64decode(code.image or "")))
    drawn = io.BytesIO()
    picture.resize((picture.width * 2, picture.height * 2)).save(drawn, "PNG")
    return base64.b64encode(drawn.getvalue()).decode()
