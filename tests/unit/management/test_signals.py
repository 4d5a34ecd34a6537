"""Underwriting, payment codes, deletions, policies: what each confirmed query moves and asks (I-3, I-4)."""

import pytest

from companion.management.store.signal_tables import PaymentCode
from companion.management.store.tables import Proposal, Sighting
from companion.management.store.work_tables import Confirm, Download, Push, Question
from companion.protocol import Code, HintKind
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import Quote, answer, hint, qr, somebody
from tests.unit.management.test_path import asked, filed

A, B = Quote("TDAA00000001"), Quote("TDZA00000002")
BOTH = (A.number, B.number)
PAY = qr("https://pay.example/1")


def portal(*quotes: Quote) -> dict[str, Quote]:
    return {quote.number: quote for quote in quotes}


async def seen(
    office: TestOffice, kind: HintKind, *quotes: Quote, about: tuple[str, ...] = (), code: Code | None = None
) -> None:
    """The page claims something, and the portal is as `quotes` say."""
    office.clock.advance(60)
    await office.deliver(hint(*(about or [one.number for one in quotes]), kind=kind, code=code))
    await office.settle(portal(*quotes))


async def climb(office: TestOffice, *quotes: Quote) -> None:
    """To the end of the ladder."""
    for _ in range(32):
        office.clock.advance(1)
        await office.settle(portal(*quotes))


async def state(office: TestOffice) -> str:
    (row,) = await office.rows(Proposal)
    return row.state


async def open_kinds(office: TestOffice) -> list[str]:
    return [ask.question.kind for ask in await office.asks()]


async def passed(office: TestOffice) -> None:
    """A known proposal of two lines that passed underwriting; D2 is answered."""
    await filed(office, A, B)
    await seen(office, "underwriting", A.decided(), B.decided())
    (ask,) = await office.asks()
    await office.deliver(answer(ask.question.id, "no"))
    await office.settle(portal(A.decided(), B.decided()))


async def paying(office: TestOffice) -> None:
    """The same with a QR code; D3 is open."""
    await passed(office)
    await seen(office, "qr_fetched", A.decided(), B.decided(), code=PAY)


# ---------------------------------------------------------------------- underwriting (I-3.6, I-8.6, I-8.7)


async def test_underwriting_of_all_lines_is_asked_about(both: TestOffice) -> None:
    await filed(both, A, B)
    await seen(both, "underwriting", A.decided(), B.decided())
    assert await state(both) == "UW_PASSED"
    (ask,) = await both.asks()
    question = ask.question
    assert (question.kind, question.numbers, question.choices) == ("D2", [*BOTH], ["yes", "no"])
    assert (question.target, question.customer_needed, question.remark) == ("测试客户", False, False)
    await both.deliver(answer(question.id, "yes"))
    assert [row.kind for row in await both.rows(Push)] == ["quote", "underwriting"]
    await both.settle(portal(A.decided(), B.decided()))
    assert [row.source for row in await both.rows(Download)] == ["auto_quote", "auto_underwriting"]


async def test_one_line_alone_asks_nothing_and_the_second_does(office: TestOffice) -> None:
    await filed(office, A, B)
    await seen(office, "underwriting", A.decided(), B, about=(A.number,))
    assert (await state(office), await open_kinds(office)) == ("QUOTED", [])
    await seen(office, "underwriting", A.decided(), B.decided(), about=(B.number,))
    assert (await state(office), await open_kinds(office)) == ("UW_PASSED", ["D2"])


async def test_the_whole_car_is_asked_about_so_that_an_old_answer_of_the_other_line_misleads_nobody(
    office: TestOffice,
) -> None:
    await filed(office, A, B)
    await seen(office, "underwriting", A.decided(), B, about=(A.number,))
    await seen(office, "underwriting", A, B.decided(), about=(B.number,))
    assert (await state(office), await open_kinds(office)) == ("QUOTED", [])


async def test_a_refusal_asks_nothing_and_stands_on_the_timeline_with_its_reason(office: TestOffice) -> None:
    await filed(office, A, B)
    await seen(office, "underwriting", A.decided(), B.decided("refused"))
    assert (await state(office), await open_kinds(office)) == ("QUOTED", [])
    (proposal,) = await office.proposals()
    told = {step.kind: step.params for step in proposal.timeline}
    assert told["underwriting_refused"]["status"] == "退回修改：缺行驶证"
    assert told["underwriting_refused"]["numbers"] == B.number
    assert told["underwriting_passed"]["numbers"] == A.number
    assert "quote_changed" not in told


async def test_a_query_that_lags_behind_the_page_is_asked_again(office: TestOffice) -> None:
    await filed(office, A)
    await seen(office, "underwriting", A.decided("pending"))
    assert await open_kinds(office) == []
    office.clock.advance(2)
    await office.settle(portal(A.decided()))
    assert (await state(office), await open_kinds(office)) == ("UW_PASSED", ["D2"])
    assert (await office.told()).count("claim_not_seen_yet") == 1


async def test_what_the_query_never_shows_is_not_so(office: TestOffice) -> None:
    await filed(office, A)
    await seen(office, "underwriting", A)
    await climb(office, A)
    assert (await state(office), (await office.rows(Confirm))[0].state) == ("QUOTED", "confirmed")
    told = await office.told()
    assert told.count("claim_not_seen_underwriting") == 1
    assert told.count("confirmed_same") == 1


async def test_unknown_and_passed_is_asked_about_as_d2b(office: TestOffice) -> None:
    await seen(office, "underwriting", A.decided(), B.decided())
    (ask,) = await office.asks()
    assert (ask.question.kind, ask.question.customer_needed) == ("D2b", True)
    await office.deliver(answer(ask.question.id, "yes", somebody()))
    assert await state(office) == "UW_PASSED"
    await office.settle(portal(A.decided(), B.decided()))
    assert [row.source for row in await office.rows(Download)] == ["auto_underwriting"]


async def test_a_later_kind_takes_the_place_of_an_unanswered_one(office: TestOffice) -> None:
    await asked(office, A, B)
    await seen(office, "underwriting", A.decided(), B.decided())
    assert await open_kinds(office) == ["D2b"]
    assert [row.state for row in await office.rows(Question)] == ["withdrawn", "open"]
    assert [row.state for row in await office.rows(Sighting)] == ["open"]


async def test_after_a_cancel_the_same_kind_is_not_asked_again_but_a_later_one_is(office: TestOffice) -> None:
    await office.deliver(answer(await asked(office, A, B), "cancel"))
    await seen(office, "quote_saved", A.saved(), B.saved())
    assert await open_kinds(office) == []
    await seen(office, "underwriting", A.decided(), B.decided())
    (ask,) = await office.asks()
    assert ask.question.kind == "D2b"
    await office.deliver(answer(ask.question.id, "cancel"))
    await seen(office, "underwriting", A.saved().decided(), B.saved().decided())
    await seen(office, "quote_saved", A.saved(), B.saved())
    assert await open_kinds(office) == []
    await seen(office, "qr_fetched", A.decided(), B.decided(), code=PAY)
    assert await open_kinds(office) == ["D3b"]


async def test_after_a_cancel_one_line_alone_is_still_not_the_whole_car(office: TestOffice) -> None:
    await office.deliver(answer(await asked(office, A, B), "cancel"))
    await seen(office, "underwriting", A.decided(), about=(A.number,))
    assert await open_kinds(office) == []
    await seen(office, "underwriting", A.decided(), B.decided(), about=(B.number,))
    (ask,) = await office.asks()
    assert (ask.question.kind, sorted(ask.question.numbers)) == ("D2b", [*BOTH])


# ---------------------------------------------------------------------- withdrawn and back


async def test_withdrawn_before_payment_goes_back_and_takes_the_question_along(both: TestOffice) -> None:
    await paying(both)
    assert (await state(both), await open_kinds(both)) == ("AWAIT_PAY", ["D3"])
    await seen(both, "quote_saved", A.saved(), B.saved())
    assert (await state(both), await open_kinds(both)) == ("QUOTED", [])
    (code,) = await both.rows(PaymentCode)
    assert (code.state, code.image) == ("over", None)
    assert "withdrawn_in_portal" in await both.told()
    await seen(both, "underwriting", A.saved().decided(), B.saved().decided())
    assert (await state(both), await open_kinds(both)) == ("UW_PASSED", ["D2"])
    await seen(both, "qr_fetched", A.saved().decided(), B.saved().decided(), code=PAY)
    assert (await state(both), await open_kinds(both)) == ("AWAIT_PAY", ["D3"])


async def test_an_unknown_one_withdrawn_is_asked_about_as_a_quote_again(office: TestOffice) -> None:
    await seen(office, "qr_fetched", A.decided(), code=PAY)
    assert await open_kinds(office) == ["D3b"]
    await seen(office, "quote_saved", A.saved())
    assert await open_kinds(office) == ["D1b"]
    assert await office.rows(PaymentCode) == []


async def test_issued_and_void_never_move_back(office: TestOffice) -> None:
    await paying(office)
    await seen(office, "issued", A.issued(), B.issued())
    assert (await state(office), await open_kinds(office)) == ("ISSUED", [])
    for quotes in ((A.saved(), B.saved()), (A.gone(), B.gone())):
        await seen(office, "quote_saved", *quotes)
        assert await state(office) == "ISSUED"


# ---------------------------------------------------------------------- deletions (I-2.5)


async def test_deleting_one_of_two_voids_that_line_and_the_other_goes_on(office: TestOffice) -> None:
    await filed(office, A, B)
    await seen(office, "deleted", A.gone(), B, about=(A.number,))
    assert await state(office) == "QUOTED"
    await seen(office, "underwriting", A.gone(), B.decided(), about=(B.number,))
    assert (await state(office), await open_kinds(office)) == ("UW_PASSED", ["D2"])
    await seen(office, "deleted", A.gone(), B.gone(), about=(B.number,))
    assert (await state(office), await open_kinds(office)) == ("VOID", [])


async def test_deleted_and_not_to_be_found_any_more_is_void(office: TestOffice) -> None:
    """Some carriers show deleted ones no longer: the account that could query it looks seven times."""
    await filed(office, A)
    await seen(office, "deleted", about=(A.number,))
    assert await state(office) == "QUOTED"
    await climb(office)
    assert await state(office) == "VOID"


@pytest.mark.parametrize("kind", ["quote_saved", "underwriting"])
async def test_not_to_be_found_without_a_deletion_means_nothing(office: TestOffice, kind: HintKind) -> None:
    await filed(office, A)
    await seen(office, kind, about=(A.number,))
    await climb(office)
    assert (await state(office), (await office.rows(Confirm))[0].reason) == ("QUOTED", "not_found")


async def test_a_page_that_says_deleted_is_not_believed(office: TestOffice) -> None:
    await filed(office, A)
    await seen(office, "deleted", A)
    await climb(office, A)
    assert await state(office) == "QUOTED"
    assert "claim_not_seen_deleted" in await office.told()
