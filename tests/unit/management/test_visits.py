"""Visits (去报价, 去核保, 打开保险公司系统) and typed proposals; on both databases."""

from typing import get_args

import pytest
from sqlmodel import Session, col, select

from companion.management import people
from companion.management.issuing import applications, tickets, visits
from companion.management.issuing.applications import BadFields
from companion.management.people import NotThere
from companion.management.store.tables import Proposal
from companion.management.visit_views import ProposalIn
from companion.management.wire import AccountIn, CommandResult, ProposalState, VisitResult
from companion.protocol import VisitStep
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import (
    CARRIER,
    LOGIN,
    uid,
)
from tests.unit.management.visiting import (
    CAR,
    A,
    B,
    account,
    begun,
    choices,
    press,
    quoted,
    refused,
    row,
    told,
    typed,
)


async def test_go_and_quote_carries_everything_in(both: TestOffice) -> None:
    await account(both)
    proposal = await typed(both)
    made = await press(both, proposal)
    (body,) = await begun(both)
    assert (body.visit, body.purpose, body.account.login, body.numbers) == (made.id, "quote", LOGIN, [])
    assert body.fields == CAR | {
        "plate": "粤B12345",
        "vin": "LSVAA4182E2123456",
        "insured_phone": "13800001402",
    }
    assert await begun(both) == []
    await told(both, made.id, "captcha_wanted")
    await told(both, made.id, "logged_in")
    await told(both, made.id, "filled", None, "insured_phone")
    after = await row(both, made.id)
    assert (after.state, after.step, after.missing, after.tab) == ("going", "filled", ["insured_phone"], 7)
    steps = ["visit_quote", "visit_captcha_wanted", "visit_logged_in", "visit_filled_partly"]
    assert (await both.told())[-4:] == steps


@pytest.mark.parametrize("state", get_args(ProposalState))
async def test_the_buttons_are_there_in_their_states_only(office: TestOffice, state: ProposalState) -> None:
    await account(office)
    proposal = await quoted(office, {A.number: [LOGIN]}, state)
    for purpose, states in {
        "quote": ("NEW", "TO_QUOTE", "QUOTED"),
        "reopen": ("QUOTED",),
        "underwrite": ("QUOTED", "CONFIRMED_TO_SUBMIT"),
        "open": get_args(ProposalState),
    }.items():
        if state in states:
            copy = purpose == "quote" and state == "QUOTED"
            assert (await press(office, proposal, purpose, copy_first=copy)).state == "waiting"
        else:
            assert await refused(office, proposal, purpose) == "other_state"


async def test_several_accounts_of_the_institution_are_asked_about(both: TestOffice) -> None:
    one, two = await account(both), await account(both, "clerk02")
    other = await account(both, "clerk03", "二部")
    proposal = await typed(both, institution="一部")
    assert {choice.account.id for choice in await choices(both, proposal)} == {one, two}
    assert await refused(both, proposal, "quote") == "choose_account"
    assert await refused(both, proposal, "quote", account=other) == "no_account"
    await press(both, proposal, account=two)
    first, second = await choices(both, proposal)
    assert (first.account.id, first.current, second.current) == (two, True, False)


async def test_a_portal_is_opened_with_the_current_account_unasked(both: TestOffice) -> None:
    one, two = await account(both), await account(both, "clerk02")
    proposal = await typed(both)
    assert (await press(both, proposal, "open")).account_id == one
    both.clock.advance(1)
    await press(both, proposal, account=two)
    assert (await press(both, proposal, "open")).account_id == two
    await both.log_in(LOGIN)
    assert (await press(both, None, "open")).account_id == one
    given = AccountIn(carrier="carrier_b", origin="http://b.localhost", login="z", institution="")
    other = await both.write(lambda session: people.put_account(session, given, both.now).id)
    assert await refused(both, None, "open") == "choose_carrier"
    assert (await press(both, None, "open", carrier="carrier_b")).account_id == other
    assert (await press(both, None, "open", carrier=CARRIER)).account_id == one
    assert (await press(both, None, "open", account=two)).account_id == two
    assert await refused(both, None, "open", carrier="carrier_c") == "no_account"
    found = await both.write(lambda session: visits.choices(session, "open", None, both.desk))
    assert {choice.account.id for choice in found if choice.current} == {one, other}


async def test_who_would_be_logged_out_is_said_first(both: TestOffice) -> None:
    one, two = await account(both), await account(both, "clerk02")
    proposal = await typed(both)
    await both.log_in(LOGIN)
    found = {choice.account.id: (choice.live, choice.ends) for choice in await choices(both, proposal)}
    assert found == {one: (True, None), two: (False, LOGIN)}


async def test_underwriting_looks_for_the_numbers_where_they_lie(both: TestOffice) -> None:
    one, two = await account(both), await account(both, "clerk02")
    apart = await quoted(both, {A.number: [LOGIN], B.number: ["clerk02"]})
    assert await refused(both, apart, "underwrite") == "choose_account"
    await press(both, apart, "underwrite", account=two)
    (body,) = await begun(both)
    assert (body.purpose, body.numbers, body.account.id, body.fields) == ("underwrite", [B.number], two, {})
    together = await quoted(both, {"TDAA00000003": [LOGIN, "clerk02"], "TDZA00000004": ["clerk02", LOGIN]})
    await press(both, together, "underwrite")
    (body,) = await begun(both)
    assert (body.numbers, body.account.id) == (["TDAA00000003", "TDZA00000004"], one)
    await press(both, together, "reopen")
    (body,) = await begun(both)
    assert body.purpose == "underwrite"


async def test_new_at_the_carrier_quotes_a_copy(both: TestOffice) -> None:
    await account(both)
    proposal = await quoted(both, {A.number: [LOGIN]})
    made = await press(both, proposal, copy_first=True)
    assert made.proposal_id != proposal
    copied = await both.write(lambda session: session.get_one(Proposal, made.proposal_id))
    assert (copied.state, copied.plate) == ("TO_QUOTE", "粤B12345")
    assert {"copied_to_new", "proposal_copied"} <= set(await both.told())


async def test_a_desk_that_was_away_opens_nothing_later(both: TestOffice) -> None:
    await account(both)
    made = await press(both, await typed(both))
    both.clock.advance(61)
    assert await begun(both) == []
    assert await both.write(lambda session: tickets.sweep(session, both.now)) == 1
    assert ((await row(both, made.id)).state, (await row(both, made.id)).reason) == ("failed", "desk_away")


async def test_no_browser_is_said_on_the_timeline(both: TestOffice) -> None:
    await account(both)
    made = await press(both, await typed(both))
    nobody = CommandResult(body=VisitResult(instance=None, taken=False, error="no_browser"))
    assert await both.report(made.id, nobody)
    assert not await both.report(made.id, nobody)
    assert ((await row(both, made.id)).state, (await both.told())[-1]) == ("failed", "visit_failed")


async def test_another_desk_cannot_speak_for_a_visit(both: TestOffice) -> None:
    await account(both)
    made = await press(both, await typed(both))
    await begun(both)
    step = VisitStep(id=uid(), at=1, re=made.id, step="closed", tab=7, missing=[], error=None)
    await both.write(lambda session: visits.take_step(session, uid(), step, both.now))
    assert (await row(both, made.id)).state == "going"


async def test_a_typed_proposal_is_handed_in_once_it_is_complete(both: TestOffice) -> None:
    await account(both)
    with pytest.raises(BadFields) as bad:
        await typed(both, vin="TOO SHORT", engine_number="", insured_id_number="1")
    assert bad.value.wrong == {"vin": "wrong", "engine_number": "missing", "insured_id_number": "wrong"}
    draft = await typed(both, submit=False, engine_number="")
    assert await refused(both, None, "quote") == "no_proposal"

    def state(session: Session) -> str:
        return session.exec(select(Proposal.state).where(col(Proposal.id) == draft)).one()

    assert await both.write(state) == "NEW"
    whole = ProposalIn.model_validate({"carrier": CARRIER, "submit": True} | CAR)
    await both.write(lambda session: applications.keep(session, whole, draft, both.desk, both.now))
    assert await both.write(state) == "TO_QUOTE"
    assert (await both.told()) == ["proposal_typed", "proposal_changed", "state_to_quote"]
    await both.write(lambda session: applications.keep(session, whole, draft, both.desk, both.now))
    assert len(await both.told()) == 3
    with pytest.raises(NotThere):
        await both.write(lambda session: applications.keep(session, whole, uid(), both.desk, both.now))


@pytest.mark.parametrize("day", ["2020-02-30", "2020-1-2", "02.01.2020", "20200102"])
async def test_a_day_that_is_none_is_refused(office: TestOffice, day: str) -> None:
    await account(office)
    with pytest.raises(BadFields) as bad:
        await typed(office, submit=False, registered_on=day)
    assert bad.value.wrong == {"registered_on": "wrong"}


async def test_a_carrier_without_an_account_is_refused(office: TestOffice) -> None:
    with pytest.raises(BadFields) as bad:
        await typed(office)
    assert bad.value.wrong == {"carrier": "wrong"}
