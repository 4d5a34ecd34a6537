"""Visits (去报价, 去核保, 打开保险公司系统), tickets, typed proposals; on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from sqlmodel import Session, col, select

from companion.management import people
from companion.management.issuing import applications, tickets, visits
from companion.management.issuing.applications import BadFields
from companion.management.people import NotThere
from companion.management.store.tables import Line, LineAccount, Proposal
from companion.management.store.visit_tables import Visit
from companion.management.visit_views import ProposalIn, VisitChoice, VisitIn
from companion.management.wire import AccountIn, CommandResult, EventIn, ProposalState, VisitBody, VisitResult
from companion.protocol import LineFacts, VisitStep
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import (
    CARRIER,
    INSTANCE,
    LOGIN,
    ORIGIN,
    Outcome,
    Quote,
    hint,
    result,
    uid,
)

CAR: dict[str, str] = {
    "plate": "粤B-12345",
    "vin": "lsvaa4182e2123456",
    "engine_number": "E123456",
    "brand_model": "测试牌A1",
    "registered_on": "2020-01-02",
    "insured": "测试甲",
    "insured_id_number": "110101199003070011",
    "insured_phone": "138 0000 1402",
}
A, B = Quote("TDAA00000001"), Quote("TDZA00000002")


async def account(office: TestOffice, login: str = LOGIN, institution: str = "一部") -> str:
    given = AccountIn(carrier=CARRIER, origin=ORIGIN, login=login, institution=institution)
    return await office.write(lambda session: people.put_account(session, given, office.now).id)


async def typed(office: TestOffice, *, submit: bool = True, **changed: Any) -> str:
    given = ProposalIn.model_validate({"carrier": CARRIER, "submit": submit} | CAR | changed)
    return await office.write(
        lambda session: applications.keep(session, given, None, office.desk, office.now).id
    )


async def press(office: TestOffice, proposal: str | None, purpose: str = "quote", **more: Any) -> Visit:
    order = VisitIn.model_validate({"purpose": purpose} | more)
    return await office.write(lambda session: visits.begin(session, order, proposal, office.desk, office.now))


async def begun(office: TestOffice) -> list[VisitBody]:
    """The visits that the desk is told to begin, and that it began them."""
    bodies = [(one.id, one.body) for one in await office.pending() if isinstance(one.body, VisitBody)]
    for command, _ in bodies:
        told = VisitResult(instance=INSTANCE, taken=True, error=None)
        await office.report(command, CommandResult(body=told))
    return [body for _, body in bodies]


async def told(office: TestOffice, visit: str, step: str, error: str | None = None, *missing: str) -> None:
    body = VisitStep.model_validate(
        {"id": uid(), "at": 1, "re": visit, "step": step, "tab": 7, "missing": list(missing), "error": error}
    )
    await office.deliver(EventIn(instance=INSTANCE, body=body))


async def row(office: TestOffice, visit: str) -> Visit:
    return await office.write(lambda session: session.get_one(Visit, visit))


async def consume(office: TestOffice, ticket: str, facts: Sequence[LineFacts]) -> str | None:
    return await office.write(lambda session: tickets.consume(session, ticket, CARRIER, facts, office.now))


async def saved(office: TestOffice, ticket: str, *quotes: Quote) -> list[str]:
    """These are saved in the ticket's tab; the kinds of question that the clerk is asked then."""
    await office.deliver(hint(*(quote.number for quote in quotes), ticket=ticket))
    await office.settle({quote.number: quote for quote in quotes})
    return sorted(ask.question.kind for ask in await office.asks())


async def quoted(office: TestOffice, seen_by: dict[str, Sequence[str]], state: str = "QUOTED") -> str:
    """A proposal with lines, each seen through these accounts."""

    def work(session: Session) -> str:
        made = Proposal(
            state=state,
            carrier=CARRIER,
            login=LOGIN,
            device_id=office.desk,
            created_at=office.now,
            updated_at=office.now,
        )
        session.add(made)
        session.flush()
        for number, logins in seen_by.items():
            kind = "compulsory" if number.startswith("TDZA") else "commercial"
            line = Line(carrier=CARRIER, number=number, proposal_id=made.id, kind=kind, plate="粤B12345")
            session.add(line)
            session.flush()
            for login in logins:
                session.add(LineAccount(line_id=line.id, origin=ORIGIN, login=login))
        return made.id

    return await office.write(work)


async def choices(office: TestOffice, proposal: str, purpose: Any = "quote") -> list[VisitChoice]:
    return await office.write(
        lambda session: visits.choices(session, purpose, session.get_one(Proposal, proposal), office.desk)
    )


async def refused(office: TestOffice, proposal: str | None, purpose: str, **more: Any) -> str:
    with pytest.raises(visits.NotNow) as why:
        await press(office, proposal, purpose, **more)
    return str(why.value)


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
