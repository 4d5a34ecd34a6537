"""What goes wrong on the path: it waits, it is tried again, it is visible, and nothing is lost or doubled."""

import asyncio

import pytest

from companion.management import queries
from companion.management.issuing import confirming, downloads
from companion.management.people import NotThere
from companion.management.store.work_tables import Confirm, Download, Notification, Question
from companion.management.wire import QueryBody
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import INSTANCE, LOGIN, Outcome, Quote, answer, hint, result, shown, uid

A, B = Quote("TDAA00000001"), Quote("TDZA00000002")
CAR = {quote.number: quote for quote in (A, B)}


async def standing(office: TestOffice) -> list[str]:
    rows = await office.database.read(lambda session: queries.unconfirmed(session, office.now))
    return [row.standing for row in rows]


async def in_flight(office: TestOffice) -> tuple[str, QueryBody]:
    (found,) = await office.queries()
    return found


async def downloading(office: TestOffice) -> None:
    """A proposal whose download is due."""
    await office.deliver(hint(A.number))
    await office.settle(CAR)
    (ask,) = await office.asks()
    await office.deliver(answer(ask.question.id, "download_only"))


async def test_the_ladder_ends_unconfirmed_and_a_later_hint_starts_it_over(office: TestOffice) -> None:
    await office.deliver(hint(A.number))
    hinted, asked_at = office.now, []
    for _ in range(60):
        if await office.tick():
            asked_at.append((office.now - hinted).total_seconds())
            await office.work({})
        office.clock.advance(1)
    assert asked_at == [0, 1, 2, 4, 8, 15, 30]
    assert await standing(office) == ["not_found"]
    assert (await office.told())[-1] == "unconfirmed_not_found"
    await office.deliver(hint(A.number))
    await office.settle(CAR)
    assert (await standing(office), len(await office.asks())) == ([], 1)


async def test_what_only_the_last_rung_finds_in_part_is_filed_in_part(office: TestOffice) -> None:
    await office.deliver(hint(A.number, B.number))
    for _ in range(40):
        await office.settle({A.number: A})
        office.clock.advance(1)
    (ask,) = await office.asks()
    assert ask.question.numbers == [A.number]


@pytest.mark.parametrize("outcome", ["no_session", "logged_out"])
async def test_without_a_session_it_waits_and_starts_over_when_one_appears(
    office: TestOffice, outcome: Outcome
) -> None:
    await office.deliver(hint(A.number))
    await office.tick()
    await office.work(CAR, outcome)
    assert (await standing(office), await office.tick(30)) == (["waiting_session"], 0)
    await office.log_in("clerk02")
    assert await office.tick() == 0
    await office.log_in(tab=9)
    assert await office.tick() == 1
    _, query = await in_flight(office)
    assert (query.instance, query.tab) == (INSTANCE, 9)
    await office.work(CAR)
    assert len(await office.asks()) == 1
    assert (await office.told())[:3] == ["hint_network", "waiting_session", "session_back"]


async def test_a_session_that_came_while_the_desk_said_none_is_not_missed(office: TestOffice) -> None:
    await office.deliver(hint(A.number))
    await office.tick()
    office.clock.advance(1)
    await office.log_in()
    await office.work(CAR, "no_session")
    assert await office.tick() == 1


async def test_a_waiting_row_is_tried_now_and_then_though_nobody_told_of_a_session(
    office: TestOffice,
) -> None:
    await office.deliver(hint(A.number))
    await office.tick()
    await office.work(CAR, "no_session")
    assert await office.tick(299) == 0
    assert await office.tick(2) == 1
    await office.work(CAR, "no_session")
    assert (await office.told()).count("waiting_session") == 1


async def test_a_failed_query_is_repeated_and_is_no_try(office: TestOffice) -> None:
    await office.deliver(hint(A.number))
    pauses = []
    for outcome in ("failed", "nobody", "failed", "failed"):
        await office.settle(CAR, outcome)
        (row,) = await office.rows(Confirm)
        assert row.due_at
        pauses.append((row.due_at - office.now).total_seconds())
        assert (row.tries, await standing(office)) == (0, ["failing"])
        office.clock.advance(pauses[-1])
    assert pauses == [1, 2, 4, 8]
    assert (await office.told()).count("query_failed") == 1
    await office.settle(CAR)
    assert len(await office.asks()) == 1


async def test_an_answer_read_by_another_login_is_never_filed(office: TestOffice) -> None:
    """I-1.11."""
    await office.deliver(hint(A.number))
    await office.settle(CAR, "other_login")
    assert (await standing(office), await office.asks()) == (["other_login"], [])
    (row,) = await office.rows(Confirm)
    assert await office.write(lambda session: confirming.retry(session, row.id, office.now))
    await office.settle(CAR)
    assert (len(await office.asks()), (await office.told())[2]) == (1, "confirm_retried")


async def test_retrying_what_is_not_unconfirmed_does_nothing(office: TestOffice) -> None:
    await office.deliver(hint(A.number))
    (row,) = await office.rows(Confirm)
    assert not await office.write(lambda session: confirming.retry(session, row.id, office.now))
    with pytest.raises(NotThere):
        await office.write(lambda session: confirming.retry(session, uid(), office.now))


async def test_a_silent_desk_is_asked_again_and_its_late_result_is_dropped(
    office: TestOffice,
) -> None:
    await office.deliver(hint(A.number))
    await office.tick()
    lost, query = await in_flight(office)
    assert await office.tick(39) == 0
    await office.tick(2)
    assert (await office.tick(1), (await office.told())[-1]) == (1, "query_unanswered")
    assert not await office.report(lost, result(lost, query, CAR))
    assert await office.asks() == []
    await office.work(CAR)
    assert len(await office.asks()) == 1


async def test_a_result_told_twice_counts_once(office: TestOffice) -> None:
    await office.deliver(hint(A.number))
    await office.tick()
    command, query = await in_flight(office)
    told = result(command, query, CAR)
    assert [await office.report(command, told), await office.report(command, told)] == [True, False]
    assert (await office.told()).count("confirmed") == 1


async def test_a_save_during_the_query_is_asked_about_once_more(office: TestOffice) -> None:
    """The answer under way may be older than the second save: its change must not be lost."""
    await office.deliver(hint(A.number))
    await office.tick()
    command, query = await in_flight(office)
    office.clock.advance(1)
    await office.deliver(hint(A.number))
    await office.report(command, result(command, query, CAR))
    await office.settle({A.number: A.saved()})
    (ask,) = await office.asks()
    assert ask.question.premium == A.saved().facts.premium


async def test_two_claims_at_once_ask_once(both: TestOffice) -> None:
    for number in range(20):
        await both.deliver(hint(f"TDAA1000{number:04}"))
    claimed = await asyncio.gather(*(both.tick() for _ in range(4)))
    assert sum(claimed) == 20
    assert len({command for command, _ in await both.queries()}) == 20


async def test_only_desks_that_are_here_are_given_work(office: TestOffice) -> None:
    await office.deliver(hint(A.number))
    here, office.desk = office.desk, uid()
    assert await office.tick(10) == 0
    assert await standing(office) == ["desk_away"]
    office.desk = here
    assert await office.tick() == 1


async def test_a_download_waits_for_its_session(office: TestOffice) -> None:
    await downloading(office)
    await office.tick()
    assert [row.state for row in await office.rows(Download)] == ["running"]
    await office.work(CAR, "logged_out")
    assert [row.state for row in await office.rows(Download)] == ["waiting"]
    await office.log_in()
    await office.settle(CAR)
    assert [row.state for row in await office.rows(Download)] == ["done"]
    assert {"download_waiting_session", "download_session_back"} <= set(await office.told())


@pytest.mark.parametrize(("outcome", "error"), [("failed", "portal_failed"), ("not_found", "not_found")])
async def test_a_download_that_keeps_failing_fails_with_the_toast_and_can_be_retried(
    office: TestOffice, outcome: Outcome, error: str
) -> None:
    """I-2.6, I-7.1."""
    await downloading(office)
    for _ in range(downloads.ATTEMPTS):
        await office.settle(CAR, outcome)
        office.clock.advance(60)
    (row,) = await office.rows(Download)
    assert (row.state, row.error, row.attempts, await office.tick(3600)) == ("failed", error, 5, 0)
    assert [toast.toast for toast in await office.rows(Notification)] == ["download_failed"]
    assert await office.write(lambda session: downloads.retry(session, row.id, office.now))
    assert not await office.write(lambda session: downloads.retry(session, row.id, office.now))
    await office.settle(CAR)
    assert [(row.state, row.error) for row in await office.rows(Download)] == [("done", None)]


async def test_a_download_read_by_another_login_fails_and_stores_nothing(office: TestOffice) -> None:
    await downloading(office)
    await office.settle(CAR, "other_login")
    (proposal,) = await office.proposals()
    assert (proposal.downloads[0].state, proposal.downloads[0].error) == ("failed", "other_login")
    assert proposal.vin is None


async def test_a_crash_leaves_nothing_in_download(office: TestOffice) -> None:
    """I-7.3."""
    await downloading(office)
    await office.tick()
    here, office.desk = office.desk, uid()
    await office.tick(41)
    assert [row.state for row in await office.rows(Download)] == ["waiting"]
    office.desk = here
    await office.tick(60)
    await office.work(CAR)
    assert [row.state for row in await office.rows(Download)] == ["done"]


async def test_the_later_of_two_downloads_waits_for_the_earlier(both: TestOffice) -> None:
    await downloading(both)
    await both.tick()
    first, query = await in_flight(both)
    await both.deliver(hint(A.number))
    both.clock.advance(1)
    changed = {A.number: A.saved()}
    await both.tick()
    for command, body in await both.queries():
        if body.query == "confirm":
            await both.report(command, result(command, body, changed))
    assert [row.state for row in await both.rows(Download)].count("waiting") == 1
    assert await both.tick(1) == 0
    await both.report(first, result(first, query, CAR))
    await both.settle(changed)
    (proposal,) = await both.proposals()
    assert [row.state for row in proposal.downloads] == ["done", "done"]
    assert proposal.premium == A.saved().facts.premium


async def test_a_page_that_shows_a_question_late_or_twice_is_no_news(office: TestOffice) -> None:
    await office.deliver(hint(A.number))
    await office.settle(CAR)
    (ask,) = await office.asks()
    await office.deliver(shown(ask.question.id))
    await office.deliver(shown(ask.question.id))
    await office.deliver(answer(ask.question.id, "cancel"))
    await office.deliver(shown(ask.question.id))
    assert (await office.told()).count("question_shown") == 1
    assert [row.shown_at is not None for row in await office.rows(Question)] == [True]


async def test_a_hint_without_login_is_filed_under_whoever_was_logged_in(office: TestOffice) -> None:
    await office.deliver(hint(A.number, login=None))
    await office.settle(CAR)
    (ask,) = await office.asks()
    await office.deliver(answer(ask.question.id, "download_only"))
    assert [row.login for row in await office.rows(Download)] == [LOGIN]
