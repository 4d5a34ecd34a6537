"""Tickets (去报价单): which new number uses one up, and when it is over; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from companion.management import people
from companion.management.issuing import applications, tickets
from companion.management.store.tables import Line
from companion.management.visit_views import ProposalIn
from companion.management.wire import AccountIn
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import (
    CARRIER,
    LOGIN,
    ORIGIN,
    Outcome,
    Quote,
    hint,
    result,
    uid,
)
from tests.unit.management.visiting import (
    CAR,
    A,
    B,
    account,
    begun,
    consume,
    press,
    quoted,
    refused,
    row,
    saved,
    told,
    typed,
)


async def test_a_ticket_is_used_up_by_its_own_car(both: TestOffice) -> None:
    await account(both)
    proposal = await typed(both)
    ticket = (await press(both, proposal)).id
    await begun(both)
    other = A.facts.model_copy(update={"plate": "粤B99999"})
    assert await consume(both, ticket, [other]) is None
    assert await consume(both, uid(), [A.facts]) is None
    nameless = A.facts.model_copy(update={"insured": None})
    assert await consume(both, ticket, [nameless]) is None
    assert await consume(both, ticket, [A.facts]) == proposal
    assert (await row(both, ticket)).state == "used"
    assert (await both.told())[-1] == "ticket_used"


async def test_the_vin_decides_where_there_is_no_plate(both: TestOffice) -> None:
    await account(both)
    proposal = await typed(both, plate="")
    ticket = (await press(both, proposal)).id
    await begun(both)
    other = replace(A, number="TDAA00000009", plate=None, vin="LSVAA4182E2999999")
    assert await saved(both, ticket, other) == ["D1b"]
    assert (await row(both, ticket)).state == "going"
    assert await saved(both, ticket, replace(A, plate=None)) == ["D1", "D1b"]
    (after,) = await both.proposals()
    assert (after.id, after.state, after.numbers) == (proposal, "QUOTED", [A.number])
    assert (await row(both, ticket)).state == "used"


async def test_details_that_cannot_be_had_leave_it_to_the_clerk(office: TestOffice) -> None:
    await account(office)
    ticket = (await press(office, await typed(office, plate=""))).id
    await begun(office)
    new = replace(A, plate=None)
    await office.deliver(hint(new.number, ticket=ticket))
    for seconds in (0, 0, 1, 2, 0):
        await office.tick(seconds)
        for command, query in await office.queries():
            outcome: Outcome = "failed" if query.query == "detail" else "answered"
            await office.report(command, result(command, query, {new.number: new}, outcome))
    assert [ask.question.kind for ask in await office.asks()] == ["D1b"]
    assert (await row(office, ticket)).state == "going"


async def test_the_details_are_not_looked_at_where_plate_and_insured_tell(office: TestOffice) -> None:
    await account(office)
    ticket = (await press(office, await typed(office))).id
    await begun(office)
    await office.deliver(hint(A.number, ticket=ticket))
    await office.tick()
    assert await office.work({A.number: A}) == 1
    assert (await row(office, ticket)).state == "used"


async def test_a_form_that_is_typed_by_hand_uses_its_ticket_all_the_same(both: TestOffice) -> None:
    await account(both)
    proposal = await typed(both)
    ticket = (await press(both, proposal)).id
    await begun(both)
    await told(both, ticket, "failed", "form_not_found")
    assert (await row(both, ticket)).state == "failed"
    assert await saved(both, ticket, A) == ["D1"]
    after = await row(both, ticket)
    assert (after.state, after.reason) == ("used", None)
    assert [one.id for one in await both.proposals()] == [proposal]


async def test_a_failure_told_late_leaves_a_used_ticket_used(both: TestOffice) -> None:
    await account(both)
    proposal = await typed(both)
    ticket = (await press(both, proposal)).id
    await begun(both)
    await saved(both, ticket, A)
    await told(both, ticket, "failed", "form_not_found")
    assert (await row(both, ticket)).state == "used"
    await saved(both, ticket, B)
    (after,) = await both.proposals()
    assert (after.id, after.numbers) == (proposal, [A.number, B.number])


@pytest.mark.parametrize("late", [True, False])
async def test_a_ticket_whose_form_failed_ends_with_its_tab_or_its_time(both: TestOffice, late: bool) -> None:
    await account(both)
    ticket = (await press(both, await typed(both))).id
    await begun(both)
    await told(both, ticket, "failed", "form_not_found")
    if late:
        both.clock.advance(timedelta(hours=12).total_seconds())
    else:
        await told(both, ticket, "closed", "tab_closed")
        assert (await row(both, ticket)).state == "expired"
    assert await consume(both, ticket, [A.facts]) is None


async def test_a_second_ticket_puts_no_second_quote_into_the_proposal(both: TestOffice) -> None:
    await account(both)
    proposal = await typed(both)
    first, second = (await press(both, proposal)).id, (await press(both, proposal)).id
    await begun(both)
    assert await saved(both, first, A) == ["D1"]
    assert await saved(both, second, Quote("TDAA00000009")) == ["D1", "D1b"]
    (after,) = await both.proposals()
    assert after.numbers == [A.number]
    assert (await row(both, second)).state == "going"


async def test_what_was_quoted_is_quoted_anew_as_a_copy_only(both: TestOffice) -> None:
    await account(both)
    assert await refused(both, await quoted(both, {A.number: [LOGIN]}), "quote") == "copy_first"


@pytest.mark.parametrize("changed", [{"carrier": "carrier_b"}, {"plate": "粤B99999"}, {"insured": "测试乙"}])
async def test_a_proposal_that_became_another_takes_no_line_of_an_open_ticket(
    both: TestOffice, changed: dict[str, str]
) -> None:
    await account(both)
    await both.write(
        lambda session: people.put_account(
            session, AccountIn(carrier="carrier_b", origin=ORIGIN, login=LOGIN, institution=""), both.now
        )
    )
    proposal = await typed(both)
    ticket = (await press(both, proposal)).id
    await begun(both)
    given = ProposalIn.model_validate({"carrier": CARRIER, "submit": True} | CAR | changed)
    await both.write(lambda session: applications.keep(session, given, proposal, both.desk, both.now))
    assert await saved(both, ticket, A) == ["D1b"]
    (after,) = await both.proposals()
    assert (after.numbers, after.state) == ([], "TO_QUOTE")


async def test_a_further_line_of_the_ticket_joins_but_no_second_of_its_kind(both: TestOffice) -> None:
    await account(both)
    proposal = await typed(both)
    ticket = (await press(both, proposal)).id
    assert await consume(both, ticket, [A.facts]) == proposal

    def file(session: Session) -> None:
        session.add(Line(carrier=CARRIER, number=A.number, proposal_id=proposal, kind="commercial"))

    await both.write(file)
    assert await consume(both, ticket, [Quote("TDAA00000009").facts]) is None
    assert await consume(both, ticket, [B.facts]) == proposal


@pytest.mark.parametrize("why", ["tab_closed", "session_lost", "session_switched"])
async def test_a_ticket_whose_tab_or_session_is_gone_expires(both: TestOffice, why: str) -> None:
    await account(both)
    ticket = (await press(both, await typed(both))).id
    await begun(both)
    await told(both, ticket, "closed", why)
    assert (await row(both, ticket)).state == "expired"
    assert (await both.told())[-1] == "ticket_expired"
    assert await consume(both, ticket, [A.facts]) is None
    await told(both, ticket, "filled")
    assert (await row(both, ticket)).state == "expired"


async def test_a_ticket_lives_for_twelve_hours(both: TestOffice) -> None:
    await account(both)
    ticket = (await press(both, await typed(both))).id
    await begun(both)
    both.clock.advance(timedelta(hours=12).total_seconds() - 1)
    assert not await both.write(lambda session: tickets.anything_over(session, both.now))
    both.clock.advance(1)
    assert await consume(both, ticket, [A.facts]) is None
    assert await both.write(lambda session: tickets.sweep(session, both.now)) == 1
    assert ((await row(both, ticket)).state, (await row(both, ticket)).reason) == ("expired", "too_old")
