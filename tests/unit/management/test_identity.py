"""Quotations whose lines get numbers of their own, tickets, and changes that only the details show."""

from dataclasses import replace

from sqlmodel import Session

from companion.management import people
from companion.management.issuing import visits
from companion.management.issuing.applications import keep
from companion.management.store.tables import Line, Proposal
from companion.management.store.visit_tables import Visit
from companion.management.store.work_tables import Confirm, Download, Question
from companion.management.visit_views import ProposalIn, VisitIn
from companion.management.wire import AccountIn
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import CARRIER, LOGIN, ORIGIN, Quote, answer, hint, result, somebody
from tests.unit.management.test_path import asked, filed
from tests.unit.management.test_signals import open_kinds, portal, seen, state

Q = Quote("QQ00000001", both=True)
A, B = (Quote(number, quote=Q.number) for number in ("TDAA00000001", "TDZA00000002"))


async def test_lines_of_a_known_quotation_belong_where_it_belongs(both: TestOffice) -> None:
    await filed(both, Q)
    await seen(both, "underwriting", A.decided("pending"), B.decided("pending"), about=(Q.number,))
    (proposal,) = await both.proposals()
    assert (proposal.numbers, proposal.state) == ([A.number, B.number], "QUOTED")
    assert proposal.premium == A.facts.premium * 2  # type: ignore[operator]
    assert (await open_kinds(both), len(await both.rows(Question))) == ([], 1)
    assert "numbers_given" in [step.kind for step in proposal.timeline]
    (quotation,) = [line for line in await both.rows(Line) if line.number == Q.number]
    assert (quotation.replaced, quotation.voided) == (True, False)


async def test_underwriting_of_a_quotation_is_that_of_its_lines(office: TestOffice) -> None:
    await filed(office, Q)
    await seen(office, "underwriting", A.decided(), B.decided("refused"), about=(Q.number,))
    assert await open_kinds(office) == []
    await seen(office, "underwriting", A.decided(), B.decided(), about=(B.number,))
    (ask,) = await office.asks()
    assert (ask.question.kind, ask.question.numbers) == ("D2", [A.number, B.number])


async def test_an_open_question_about_a_quotation_goes_on_about_its_lines(office: TestOffice) -> None:
    question = await asked(office, Q)
    await seen(office, "quote_saved", A, B, about=(Q.number,))
    (ask,) = await office.asks()
    assert (ask.question.id, ask.question.numbers) == (question, [A.number, B.number])
    await office.deliver(answer(question, "download_only"))
    (proposal,) = await office.proposals()
    assert proposal.numbers == [A.number, B.number]
    assert {line.proposal_id for line in await office.rows(Line)} == {proposal.id}


async def test_a_cancelled_quotation_is_not_asked_about_under_its_new_numbers(office: TestOffice) -> None:
    await office.deliver(answer(await asked(office, Q), "cancel"))
    await seen(office, "quote_saved", A, B, about=(A.number, B.number))
    assert await open_kinds(office) == []
    await seen(office, "underwriting", A.decided(), B.decided(), about=(A.number, B.number))
    assert await open_kinds(office) == ["D2b"]


async def test_two_answers_that_name_one_quotation_are_one_car(office: TestOffice) -> None:
    """Even when the quotation itself was never seen."""
    await seen(office, "quote_saved", A, about=(A.number,))
    await seen(office, "quote_saved", B, about=(B.number,))
    (ask,) = await office.asks()
    assert sorted(ask.question.numbers) == [A.number, B.number]


async def test_a_quotation_that_is_listed_beside_its_lines_is_not_counted(office: TestOffice) -> None:
    await seen(office, "quote_saved", Q, A, B, about=(Q.number,))
    (ask,) = await office.asks()
    assert (ask.question.numbers, ask.question.premium) == ([A.number, B.number], A.facts.premium * 2)  # type: ignore[operator]
    await office.deliver(answer(ask.question.id, "download_only"))
    await office.settle(portal(Q, A, B))
    (proposal,) = await office.proposals()
    assert (proposal.numbers, proposal.downloads[0].state) == ([A.number, B.number], "done")


async def test_when_all_of_its_lines_are_deleted_the_quotation_counts_again(office: TestOffice) -> None:
    await filed(office, Q)
    await seen(office, "quote_saved", A, B, about=(Q.number,))
    await seen(office, "deleted", A.gone(), B.gone(), Q, about=(A.number, B.number))
    assert await state(office) == "VOID"
    await filed(office, Quote("QQ00000009", both=True))
    lines = {line.number: line for line in await office.rows(Line)}
    assert lines["QQ00000009"].replaced is False


async def test_deleted_lines_with_the_quotation_still_there_leave_it_quoted(office: TestOffice) -> None:
    await filed(office, Q)
    await seen(office, "quote_saved", A, B, about=(Q.number,))
    await seen(office, "deleted", A.gone(), B.gone(), Q, about=(Q.number,))
    (proposal,) = await office.proposals()
    assert proposal.state == "QUOTED"


async def test_data_asked_by_the_quotation_tells_its_lines(office: TestOffice) -> None:
    """The lines got their numbers between the answer and the download."""
    await office.deliver(answer(await asked(office, Q), "download_only"))
    await office.settle(portal(A, B))
    (proposal,) = await office.proposals()
    assert (proposal.numbers, proposal.downloads[0].state) == ([A.number, B.number], "done")
    assert proposal.vin is not None


# ---------------------------------------------------------------------- I-2.7


async def test_a_change_that_only_the_details_show_is_noticed_at_the_save_button(both: TestOffice) -> None:
    plain = Quote("TDAA00000007")
    await filed(both, plain)
    await seen(both, "quote_saved", replace(plain, phone="13900009999"))
    (proposal,) = await both.proposals()
    assert [row.state for row in proposal.downloads] == ["done", "done"]
    kinds = [step.kind for step in proposal.timeline]
    assert (kinds.count("quote_changed"), kinds.count("data_changed")) == (1, 1)
    assert (await both.rows(Line))[0].insured_phone == "13900009999"
    (confirm,) = await both.rows(Confirm)
    assert (confirm.query, confirm.due_at, confirm.state) == ("confirm", None, "confirmed")


async def test_a_save_without_any_change_is_looked_at_and_is_nothing_new(office: TestOffice) -> None:
    plain = Quote("TDAA00000007")
    await filed(office, plain)
    before = await office.told()
    await seen(office, "quote_saved", plain)
    assert (await office.told())[len(before) :] == ["hint_again", "confirmed_same"]
    assert len(await office.rows(Download)) == 1


async def test_a_hint_during_the_look_at_the_details_is_asked_about(office: TestOffice) -> None:
    plain = Quote("TDAA00000007")
    await filed(office, plain)
    await office.deliver(hint(plain.number))
    await office.tick()
    await office.work(portal(plain))
    await office.tick()
    ((_, query),) = await office.queries()
    assert query.query == "detail"
    await office.deliver(hint(plain.number))
    await office.settle(portal(plain.saved()))
    assert (await office.rows(Line))[0].premium == plain.saved().facts.premium


async def test_a_save_that_overtakes_the_query_of_the_last_one_is_asked_about(office: TestOffice) -> None:
    plain = Quote("TDAA00000007")
    await filed(office, plain)
    await office.deliver(hint(plain.number))
    await office.tick()
    ((command, query),) = await office.queries()
    await office.deliver(hint(plain.number))
    await office.report(command, result(command, query, portal(plain)))
    await office.settle(portal(plain.saved()))
    assert (await office.rows(Line))[0].premium == plain.saved().facts.premium


# ---------------------------------------------------------------------- tickets (I-1.9, I-2.3)


async def ticket(office: TestOffice, *, customer: bool) -> str:
    """去报价 of a typed proposal; the ticket's id."""
    account = AccountIn(carrier=CARRIER, origin=ORIGIN, login=LOGIN, institution="机构甲")
    typed = ProposalIn(
        carrier=CARRIER,
        plate="粤B12345",
        vin="LSVAA4182E2123456",
        engine_number="E123456",
        brand_model="测试牌A1",
        registered_on="2020-01-02",
        insured="测试甲",
        insured_id_number="110101199003070011",
        submit=True,
    )

    def work(session: Session) -> str:
        people.put_account(session, account, office.now)
        proposal = keep(session, typed, None, office.desk, office.now)
        if customer:
            proposal.customer_id = people.choose_customer(session, somebody(), office.now)
        return visits.begin(session, VisitIn(purpose="quote"), proposal.id, office.desk, office.now).id

    return await office.write(work)


async def test_the_first_number_of_a_ticket_is_its_proposals(both: TestOffice) -> None:
    plain = Quote("TDAA00000007")
    used = await ticket(both, customer=True)
    await both.deliver(hint(plain.number, ticket=used))
    await both.settle(portal(plain))
    (ask,) = await both.asks()
    assert (ask.question.kind, ask.question.choices) == ("D1a", ["yes", "no"])
    assert await state(both) == "QUOTED"
    await both.deliver(answer(ask.question.id, "no"))
    await both.settle(portal(plain))
    (proposal,) = await both.proposals()
    assert (proposal.numbers, proposal.downloads[0].state) == ([plain.number], "done")
    (visit,) = await both.rows(Visit)
    assert visit.state == "used"


async def test_without_a_push_target_a_ticket_asks_d1(office: TestOffice) -> None:
    plain = Quote("TDAA00000007")
    used = await ticket(office, customer=False)
    await office.deliver(hint(plain.number, ticket=used))
    await office.settle(portal(plain))
    (ask,) = await office.asks()
    assert (ask.question.kind, ask.question.customer_needed) == ("D1", True)


async def test_another_car_in_the_tickets_tab_is_unknown(office: TestOffice) -> None:
    used = await ticket(office, customer=True)
    await office.write(lambda session: _another_car(session, used))
    await office.deliver(hint("TDAA00000007", ticket=used))
    await office.settle(portal(Quote("TDAA00000007")))
    assert (await open_kinds(office), [row.state for row in await office.rows(Proposal)]) == (
        ["D1b"],
        ["TO_QUOTE"],
    )


async def test_a_ticket_quoted_in_another_account_is_downloaded_through_that(both: TestOffice) -> None:
    """A copy keeps the account of the original until it is quoted itself."""
    plain, used = Quote("TDAA00000007"), await ticket(both, customer=True)
    await both.write(lambda session: _lies_in_another_account(session, used))
    await both.deliver(hint(plain.number, ticket=used, login="clerk02"))
    await both.settle(portal(plain))
    (ask,) = await both.asks()
    await both.deliver(answer(ask.question.id, "no"))
    await both.settle(portal(plain))
    (row,) = await both.rows(Download)
    assert (row.origin, row.login, row.state, row.source) == (ORIGIN, "clerk02", "done", "ticket_quote")
    assert [row.login for row in await both.rows(Proposal)] == ["clerk02"]


async def test_only_the_first_save_of_a_ticket_is_a_generated_quote(office: TestOffice) -> None:
    """I-7.2: 报价生成."""
    one, other = Quote("TDAA00000007"), Quote("TDZA00000008")
    used = await ticket(office, customer=True)
    for quote in (one, other):
        await office.deliver(hint(quote.number, ticket=used))
        await office.settle(portal(quote))
        (ask,) = await office.asks()
        await office.deliver(answer(ask.question.id, "no"))
        await office.settle(portal(one, other))
    assert [row.source for row in await office.rows(Download)] == ["ticket_quote", "auto_quote"]


async def test_an_old_ticket_does_not_shorten_the_question_of_a_known_car(office: TestOffice) -> None:
    """D1a is asked of what came by a ticket, not of what happened in a tab that once had one."""
    known, new = Quote("TDAA00000001"), Quote("TDZA00000002")
    used = await ticket(office, customer=True)
    await filed(office, known)
    await office.deliver(hint(known.number, new.number, ticket=used))
    await office.settle(portal(known, new))
    assert await open_kinds(office) == ["D1"]


def _lies_in_another_account(session: Session, used: str) -> None:
    session.get_one(Proposal, session.get_one(Visit, used).proposal_id).login = "clerk09"


def _another_car(session: Session, used: str) -> None:
    session.get_one(Proposal, session.get_one(Visit, used).proposal_id).plate = "粤B99999"
