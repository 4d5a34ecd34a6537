"""The path from hint to stored proposal; what the databases could do differently, on both."""

import pytest

from companion.management.issuing.questions import BadAnswer
from companion.management.people import NotThere
from companion.management.store.tables import Customer, Event, Line, Sighting
from companion.management.store.work_tables import Confirm, Download, Notification, Push, Question
from companion.management.wire import AnswerIn
from companion.protocol import CustomerChoice
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import LOGIN, Quote, answer, hint, shown, somebody, uid

A, B, C = (Quote(number) for number in ("TDAA00000001", "TDZA00000002", "TDAA00000003"))
CAR = {quote.number: quote for quote in (A, B)}


async def asked(office: TestOffice, *quotes: Quote) -> str:
    """Save these in the portal and let it come to the question."""
    office.clock.advance(60)
    await office.deliver(hint(*(quote.number for quote in quotes)))
    await office.settle({quote.number: quote for quote in quotes})
    (ask,) = await office.asks()
    return ask.question.id


async def filed(office: TestOffice, *quotes: Quote) -> None:
    """A proposal of these lines, downloaded."""
    await office.deliver(answer(await asked(office, *quotes), "yes", somebody()))
    await office.settle({quote.number: quote for quote in quotes})


async def test_a_saved_quote_becomes_a_proposal(both: TestOffice) -> None:
    await both.deliver(hint(A.number, B.number))
    assert await both.tick() == 1
    (_, query), *rest = await both.queries()
    assert (rest, query.query, query.numbers, query.tab, query.login) == (
        [],
        "confirm",
        [A.number, B.number],
        7,
        LOGIN,
    )
    await both.work(CAR)
    (ask,) = await both.asks()
    assert (ask.question.kind, ask.question.plate, ask.question.insured) == ("D1b", "粤B12345", "测试甲")
    assert (ask.question.premium, ask.question.customer_needed) == (200_002, True)
    assert await both.proposals() == []
    await both.deliver(shown(ask.question.id))
    await both.deliver(answer(ask.question.id, "yes", somebody()))
    assert await both.asks() == []
    (waiting,) = await both.proposals()
    assert (waiting.state, waiting.numbers) == ("QUOTED", [A.number, B.number])
    assert [download.state for download in waiting.downloads] == ["waiting"]
    await both.settle(CAR)
    assert await both.show_toasts() == 1
    (done,) = await both.proposals()
    (download,) = done.downloads
    assert (download.state, download.source, download.attempts) == ("done", "auto_quote", 1)
    assert (done.vin, done.brand_model, done.premium) == ("LSVAA4182E2123456", "测试牌A1", 200_002)
    assert [step.kind for step in done.timeline] == [
        "hint_network",
        "confirmed",
        "asked_D1b",
        "question_shown",
        "answered_yes",
        "proposal_created",
        "state_quoted",
        "download_waiting",
        "push_waiting_channel",
        "download_done",
        "toast_delivered",
    ]
    (push,) = await both.rows(Push)
    (customer,) = await both.rows(Customer)
    assert (push.state, push.customer_id, customer.phone) == ("waiting_channel", customer.id, "13800001402")


async def test_the_same_delivery_counts_once(both: TestOffice) -> None:
    event = hint(A.number)
    assert [await both.deliver(event), await both.deliver(event)] == [True, False]
    assert len(await both.rows(Event)) == 1
    assert await both.told() == ["hint_network"]


async def test_nothing_personal_is_kept_before_the_answer_or_after_a_cancel(office: TestOffice) -> None:
    question = await asked(office, A)

    async def kept() -> list[object]:
        lines = await office.rows(Line)
        return [line.plate or line.insured or line.premium for line in lines]

    assert await kept() == [None]
    await office.deliver(answer(question, "cancel"))
    assert await kept() == [None]
    (row,) = await office.rows(Question)
    assert (row.state, row.held, row.answered_by) == ("answered", None, "local")
    assert [sighting.state for sighting in await office.rows(Sighting)] == ["cancelled"]
    assert (await office.proposals(), await office.rows(Download), await office.rows(Push)) == ([], [], [])


async def test_a_cancelled_number_is_not_asked_about_again_even_when_changed(office: TestOffice) -> None:
    await office.deliver(answer(await asked(office, A), "cancel"))
    await office.deliver(hint(A.number))
    await office.settle({A.number: A.saved()})
    assert await office.asks() == []


async def test_download_only_makes_the_proposal_and_pushes_nothing(office: TestOffice) -> None:
    await office.deliver(answer(await asked(office, A), "download_only"))
    await office.settle(CAR)
    (proposal,) = await office.proposals()
    assert (proposal.downloads[0].state, await office.rows(Push)) == ("done", [])


async def test_the_first_answer_counts(office: TestOffice) -> None:
    question = await asked(office, A)
    assert await office.answer(question, AnswerIn(choice="download_only", remark=None, customer=None))
    await office.deliver(answer(question, "cancel"))
    assert len(await office.proposals()) == 1
    assert (await office.told())[-1] == "answer_late"


@pytest.mark.parametrize("customer", [None, CustomerChoice(id=uid(), name=None, phone=None)])
async def test_yes_needs_a_customer_that_exists(office: TestOffice, customer: CustomerChoice | None) -> None:
    question = await asked(office, A)
    with pytest.raises(BadAnswer):
        await office.deliver(answer(question, "yes", customer))
    with pytest.raises(BadAnswer):
        await office.deliver(answer(question, "no"))
    assert len(await office.asks()) == 1
    assert len(await office.rows(Event)) == 1


async def test_an_answer_to_no_question_is_refused(office: TestOffice) -> None:
    with pytest.raises(NotThere):
        await office.deliver(answer(uid(), "yes"))
    with pytest.raises(NotThere):
        await office.deliver(shown(uid()))


async def test_save_save_unchanged_save_changed(both: TestOffice) -> None:
    """1 proposal, 1 question, 2 revisions (requirements/000, keys)."""
    await filed(both, A)
    await both.deliver(hint(A.number))
    await both.settle({A.number: A})
    assert len(await both.rows(Download)) == 1
    await both.deliver(hint(A.number))
    await both.settle({A.number: A.saved()})
    (proposal,) = await both.proposals()
    assert [line.revised for line in await both.rows(Line)] == [2]
    assert [download.state for download in proposal.downloads] == ["done", "done"]
    assert proposal.premium == A.saved().facts.premium
    assert len(await both.rows(Question)) == 1
    kinds = [step.kind for step in proposal.timeline]
    assert kinds.count("confirmed_same") == 1
    assert kinds.count("quote_changed") == 1


async def test_a_change_while_the_question_waits_changes_the_question(office: TestOffice) -> None:
    question = await asked(office, A)
    await office.deliver(hint(A.number))
    await office.settle({A.number: A.saved()})
    (ask,) = await office.asks()
    assert (ask.question.id, ask.question.premium) == (question, A.saved().facts.premium)
    await office.deliver(answer(question, "download_only"))
    assert [line.premium for line in await office.rows(Line)] == [A.saved().facts.premium]


async def test_a_line_that_one_answer_names_with_a_known_one_joins_it(office: TestOffice) -> None:
    await filed(office, A)
    await office.deliver(hint(A.number, B.number))
    await office.settle(CAR)
    (ask,) = await office.asks()
    question = ask.question
    assert (question.kind, question.numbers, question.customer_needed) == ("D1", [B.number], False)
    (proposal,) = await office.proposals()
    assert proposal.numbers == [A.number, B.number]
    assert len(proposal.downloads) == 1
    office.clock.advance(5)
    await office.deliver(answer(ask.question.id, "yes"))
    await office.settle(CAR)
    (proposal,) = await office.proposals()
    assert [download.state for download in proposal.downloads] == ["done", "done"]
    assert proposal.downloads[1].proposal_numbers == [A.number, B.number]
    assert {push.customer_id for push in await office.rows(Push)} == {(await office.rows(Customer))[0].id}


async def test_two_questions_become_one_when_one_answer_names_both(both: TestOffice) -> None:
    first = await asked(both, A)
    both.clock.advance(5)
    await both.deliver(hint(B.number))
    await both.settle(CAR)
    await both.deliver(hint(A.number, B.number))
    await both.settle(CAR)
    (ask,) = await both.asks()
    assert (ask.question.id, sorted(ask.question.numbers)) == (first, [A.number, B.number])
    await both.deliver(answer(first, "download_only"))
    (proposal,) = await both.proposals()
    assert [step.kind for step in proposal.timeline].count("question_withdrawn") == 1


async def test_the_same_car_quoted_twice_is_two_proposals(office: TestOffice) -> None:
    """I-2.8: never joined by plate or name."""
    await filed(office, A)
    await filed(office, C)
    assert len(await office.proposals()) == 2


async def test_a_line_deleted_in_the_portal_is_voided_and_the_last_one_voids_the_proposal(
    office: TestOffice,
) -> None:
    """I-2.5."""
    await filed(office, A, B)
    gone = Quote(A.number, deleted=True)
    await office.deliver(hint(A.number, B.number))
    await office.settle({A.number: gone, B.number: B})
    (proposal,) = await office.proposals()
    assert (proposal.state, [line.voided for line in proposal.lines]) == ("QUOTED", [True, False])
    assert proposal.premium == B.facts.premium
    await office.deliver(hint(B.number))
    await office.settle({B.number: Quote(B.number, deleted=True)})
    (proposal,) = await office.proposals()
    assert (proposal.state, await office.asks()) == ("VOID", [])
    assert [step.kind for step in proposal.timeline][-1] == "state_void"


async def test_what_is_deleted_before_the_answer_takes_its_question_along(office: TestOffice) -> None:
    await asked(office, A)
    await office.deliver(hint(A.number))
    await office.settle({A.number: Quote(A.number, deleted=True)})
    assert await office.asks() == []
    assert [row.held for row in await office.rows(Question)] == [None]
    assert "deleted_in_portal" in await office.told()


async def test_a_known_customer_is_not_made_twice(office: TestOffice) -> None:
    await filed(office, A)
    await filed(office, C)
    assert len(await office.rows(Customer)) == 1


async def test_a_toast_is_reported_once(office: TestOffice) -> None:
    await filed(office, A)
    (told, *_), *_ = await office.toasts()
    await office.show_toasts()
    assert await office.show_toasts() == 0
    (row,) = await office.rows(Notification)
    assert (row.id, row.delivered, row.backend, row.toast) == (told, True, "dbus", "download_done")


async def test_a_confirmed_hint_is_one_row_for_good(office: TestOffice) -> None:
    for _ in range(3):
        await office.deliver(hint(B.number, A.number))
        await office.deliver(hint(A.number, B.number, source="page"))
        await office.settle(CAR)
    assert len(await office.rows(Confirm)) == 1
    assert len(await office.rows(Question)) == 1


async def test_what_the_clerk_is_still_asked_about_is_not_downloaded(office: TestOffice) -> None:
    await filed(office, A)
    office.clock.advance(5)
    await office.deliver(hint(A.number, B.number))
    await office.settle(CAR)
    office.clock.advance(5)
    await office.deliver(hint(B.number))
    await office.settle({B.number: B.saved()})
    (ask,) = await office.asks()
    assert (ask.question.premium, len(await office.rows(Download))) == (B.saved().facts.premium, 1)
    await office.deliver(hint(A.number))
    await office.settle({A.number: A.saved()})
    (proposal,) = await office.proposals()
    assert [row.proposal_numbers for row in proposal.downloads] == [[A.number], [A.number]]
    await office.deliver(answer(ask.question.id, "cancel"))
    await office.settle(CAR)
    (proposal,) = await office.proposals()
    assert (proposal.state, len(proposal.downloads)) == ("QUOTED", 2)
