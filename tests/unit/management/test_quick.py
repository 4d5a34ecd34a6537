"""Quick downloads (I-6): the row is asked about first, then downloaded; the button shows how it goes."""

from functools import partial

import pytest

from companion.management.issuing import downloads
from companion.management.store.signal_tables import QuickDownload
from companion.management.store.tables import Line, Proposal
from companion.management.store.work_tables import Download, Push, Question
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import LOGIN, Outcome, Quote, answer, pressed, result, somebody
from tests.unit.management.test_path import asked, filed
from tests.unit.management.test_signals import PAY, open_kinds, portal, seen, state

A, B = Quote("TDAA00000001"), Quote("TDZA00000002")


async def press(office: TestOffice, *quotes: Quote, policy: str | None = None, about: str = "") -> None:
    await office.deliver(pressed(about or quotes[0].number, policy=policy))
    await office.settle(portal(*quotes))


async def toasts(office: TestOffice) -> list[str]:
    return [body.toast for _, body in await office.toasts()]


async def test_a_row_nobody_knows_becomes_a_proposal_without_a_question(both: TestOffice) -> None:
    await both.deliver(pressed(A.number, salesperson="李测试", channel="网销"))
    assert await both.progress() == [("waiting", None)]
    await both.tick()
    assert await both.progress() == [("running", None)]
    await both.settle(portal(A))
    (proposal,) = await both.proposals()
    assert (proposal.state, proposal.vin is not None) == ("QUOTED", True)
    assert proposal.agency_fields == {"salesperson": "李测试", "channel": "网销"}
    (row,) = proposal.downloads
    assert (row.source, row.kind, row.state) == ("quick_proposal", "proposal", "done")
    assert (await both.progress(), await toasts(both)) == ([("done", None)], ["quick_done"])
    assert (await both.rows(Question), await both.rows(Push)) == ([], [])
    assert [step.kind for step in proposal.timeline][:4] == [
        "proposal_created",
        "state_quoted",
        "confirmed",
        "quick_pressed",
    ]


async def test_a_policy_row_brings_data_and_both_files(both: TestOffice) -> None:
    """I-6.3."""
    issued = A.issued()
    await press(both, issued, B.issued(), policy=issued.policy)
    assert await state(both) == "ISSUED"
    rows = await both.rows(Download)
    assert {(row.kind, row.source) for row in rows} == {
        (kind, "quick_policy") for kind in ("proposal", "policy", "e_policy")
    }
    assert await both.progress() == [("running", None)]
    while await both.tick(1) or await both.files():
        (file,) = await both.files()
        assert file[1].request == (await both.rows(QuickDownload))[0].id
        await both.fetch()
    assert (await both.progress(), await toasts(both)) == ([("done", None)], ["quick_done"])


async def test_a_policy_row_without_a_proposal_number_is_asked_about_by_its_own(office: TestOffice) -> None:
    issued = A.issued()
    await office.deliver(pressed(policy=issued.policy))
    await office.tick()
    ((_, query),) = await office.queries()
    assert query.numbers == [issued.policy]
    await office.settle(portal(issued))
    (proposal,) = await office.proposals()
    assert proposal.numbers == [A.number]


async def test_what_is_deleted_at_the_carrier_is_refused(office: TestOffice) -> None:
    """D8, by the portal's query and not by the page's words."""
    await press(office, A.gone())
    assert await office.progress() == [("failed", "deleted")]
    assert (await office.proposals(), await toasts(office)) == ([], ["quick_failed_deleted"])
    assert all(line.revision is None for line in await office.rows(Line))


async def test_a_known_one_that_turns_out_deleted_is_void_as_well(office: TestOffice) -> None:
    await filed(office, A)
    await press(office, A.gone())
    assert (await office.progress(), await state(office)) == ([("failed", "deleted")], "VOID")


async def test_a_row_with_another_policy_number_is_another_row(office: TestOffice) -> None:
    await press(office, A.issued(), policy="PDAA99999999")
    assert (await office.progress(), await office.proposals()) == ([("failed", "other_policy")], [])


@pytest.mark.parametrize(("outcome", "reason"), [("other_login", "other_login"), ("not_found", "not_found")])
async def test_what_cannot_be_confirmed_is_not_downloaded(
    office: TestOffice, outcome: Outcome, reason: str
) -> None:
    await office.deliver(pressed(A.number))
    await office.tick()
    await office.work(portal(A), outcome)
    assert (await office.progress(), await office.proposals()) == ([("failed", reason)], [])


async def test_without_a_session_the_button_waits_and_goes_on(office: TestOffice) -> None:
    await office.deliver(pressed(A.number))
    await office.tick()
    await office.work(portal(A), "no_session")
    assert await office.progress() == [("waiting", "waiting_session")]
    await office.log_in(tab=9)
    await office.settle(portal(A))
    assert await office.progress() == [("done", None)]


async def test_a_portal_that_fails_is_asked_again_then_given_up(office: TestOffice) -> None:
    await office.deliver(pressed(A.number))
    for _ in range(20):
        await office.tick(10)
        await office.work(portal(A), "failed")
    assert await office.progress() == [("failed", "portal_failed")]


async def test_a_late_report_of_a_press_that_is_over_changes_nothing(office: TestOffice) -> None:
    await office.deliver(pressed(A.number))
    await office.tick()
    ((command, query),) = await office.queries()
    assert await office.report(command, result(command, query, portal(A)))
    assert not await office.report(command, result(command, query, {}, "no_session"))
    assert len(await office.rows(Proposal)) == 1


async def test_a_known_row_is_updated(office: TestOffice) -> None:
    await filed(office, A)
    office.clock.advance(5)
    await press(office, A.saved())
    (proposal,) = await office.proposals()
    assert [row.source for row in proposal.downloads] == ["auto_quote", "quick_proposal"]
    assert proposal.premium == A.saved().facts.premium


async def test_the_open_question_goes_on_about_the_proposal_that_was_made(office: TestOffice) -> None:
    question = await asked(office, A)
    await press(office, A)
    (ask,) = await office.asks()
    assert (ask.question.id, ask.question.kind) == (question, "D1")
    await office.deliver(answer(question, "yes", somebody()))
    assert (len(await office.proposals()), len(await office.rows(Push))) == (1, 1)


async def test_a_question_with_a_code_takes_it_along(office: TestOffice) -> None:
    await seen(office, "qr_fetched", A.decided(), code=PAY)
    await press(office, A.decided())
    (proposal,) = await office.proposals()
    assert (proposal.state, proposal.payment is not None) == ("AWAIT_PAY", True)
    assert await open_kinds(office) == ["D3"]


async def test_after_a_cancel_the_button_still_works(office: TestOffice) -> None:
    await office.deliver(answer(await asked(office, A), "cancel"))
    await press(office, A)
    assert len(await office.proposals()) == 1


async def test_a_quotation_whose_lines_nobody_filed_is_not_filed_by_its_old_number(
    office: TestOffice,
) -> None:
    quotation, line = Quote("QQ00000001", both=True), Quote(A.number, quote="QQ00000001")
    await seen(office, "quote_saved", line, about=(line.number,))
    (ask,) = await office.asks()
    await office.deliver(answer(ask.question.id, "cancel"))
    await press(office, quotation)
    assert (await office.progress(), await office.proposals()) == ([("failed", "not_found")], [])


async def test_two_presses_are_two_downloads(office: TestOffice) -> None:
    await office.deliver(pressed(A.number))
    await office.deliver(pressed(A.number))
    await office.settle(portal(A))
    assert [one for one, _ in await office.progress()] == ["done", "done"]
    assert len(await office.proposals()) == 1


async def test_a_button_does_not_wait_for_another_account(office: TestOffice) -> None:
    """What waits for a session of one account goes on through the account in whose list the button is."""
    await office.deliver(answer(await asked(office, A), "download_only"))
    await office.tick()
    ((command, query),) = await office.queries()
    await office.report(command, result(command, query, portal(A), "no_session"))
    (waiting,) = await office.rows(Download)
    assert waiting.waits_for_session
    await office.deliver(pressed(A.number, login="clerk02"))
    await office.settle(portal(A))
    (row,) = await office.rows(Download)
    assert (row.login, row.state, await office.progress()) == ("clerk02", "done", [("done", None)])


async def test_nobody_waits_for_a_download_that_waits_for_a_session(office: TestOffice) -> None:
    """Of two buttons the first one's account has gone: the second one's download is not behind it."""
    await office.deliver(pressed(A.number))
    await office.tick()
    ((command, query),) = await office.queries()
    await office.report(command, result(command, query, portal(A)))
    await office.tick()
    ((command, query),) = await office.queries()
    await office.report(command, result(command, query, portal(A), "no_session"))
    await office.deliver(pressed(A.number, login="clerk02"))
    await office.settle(portal(A))
    rows = await office.rows(Download)
    assert [(row.login, row.state) for row in rows] == [(LOGIN, "waiting"), ("clerk02", "done")]


async def test_the_same_press_delivered_twice_counts_once(both: TestOffice) -> None:
    event = pressed(A.number)
    assert [await both.deliver(event), await both.deliver(event)] == [True, False]
    assert len(await both.rows(QuickDownload)) == 1


async def test_a_failed_file_shows_its_reason_and_a_retry_goes_on(office: TestOffice) -> None:
    await press(office, A.issued(), policy=A.issued().policy)
    for _ in range(40):
        await office.tick(10)
        await office.fetch("not_a_pdf")
    assert await office.progress() == [("failed", "not_a_pdf")]
    assert {"policy_failed", "e_policy_failed"} <= {*await toasts(office)}
    for row in [row for row in await office.rows(Download) if row.state == "failed"]:
        await office.write(partial(downloads.retry, download_id=row.id, now=office.now))
    assert await office.progress() == [("running", None)]
    while await office.tick(1) or await office.files():
        await office.fetch()
    assert await office.progress() == [("done", None)]
