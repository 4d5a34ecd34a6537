"""Hint in, proposal stored, toast reported: through the real client, sockets, channel and tick."""

import asyncio
import stat
from contextlib import aclosing
from datetime import datetime
from functools import partial

import aiohttp
import pytest
from sqlmodel import Session

from companion.management import queries
from companion.management.client import OfficeAway, OfficeClient, OfficeRefused
from companion.management.store.tables import Device
from companion.management.views import ProposalQuery
from companion.management.wire import AccountIn, AnswerIn, AskBody, ProposalDetail
from companion.protocol import ErrorCode
from tests.api.conftest import Served
from tests.api.desk import DEADLINE, of_kind, working
from tests.unit.management.portal import CARRIER, LOGIN, ORIGIN, Quote, answer, hint, somebody, uid

A = Quote("TDAA00000001")


async def proposals(served: Served) -> list[ProposalDetail]:
    def work(session: Session) -> list[ProposalDetail]:
        rows = queries.proposals(session, ProposalQuery()).rows
        found = [queries.proposal(session, row.id) for row in rows]
        return [one for one in found if one]

    return await served.office.database.read(work)


async def test_by_the_desk_beside_it(served_on_both: Served) -> None:
    async with OfficeClient(f"unix:{served_on_both.socket}") as client, working(client, A) as desk:
        event = hint(A.number)
        assert (await client.post_event(event)).new
        assert not (await client.post_event(event)).new
        (ask,) = await desk.told(of_kind("ask"))
        assert isinstance(ask.body, AskBody)
        waiting = await served_on_both.office.database.read(queries.questions)
        assert [row.question.id for row in waiting] == [ask.body.question.id]
        assert await client.open_questions() == {ask.body.question.id}
        await client.post_event(answer(ask.body.question.id, "yes", somebody()))
        await desk.told(of_kind("closed"))
        assert await client.open_questions() == set()
        (toast,) = await desk.told(of_kind("toast"))
        assert toast.body.kind == "toast"
        assert toast.body.toast == "download_done"
    (proposal,) = await proposals(served_on_both)
    assert (proposal.state, proposal.vin) == ("QUOTED", "LSVAA4182E2123456")
    assert [download.state for download in proposal.downloads] == ["done"]
    assert proposal.timeline[-1].kind == "toast_delivered"


async def test_by_a_desk_with_a_token(served: Served) -> None:
    code = await served.office.enrolment_code()
    async with OfficeClient(served.url) as nobody:
        with pytest.raises(OfficeRefused) as refused:
            await nobody.accounts()
        assert (refused.value.status, refused.value.code) == (401, 121)
        enrolled = await nobody.enrol(code.lower().replace("-", " "), "柜台一")
        with pytest.raises(OfficeRefused):
            await nobody.enrol(code, "柜台二")
    async with OfficeClient(served.url, enrolled.token) as client, working(client, A) as desk:
        assert (await client.me()).name == "柜台一"
        await client.post_event(hint(A.number))
        (ask,) = await desk.told(of_kind("ask"))
        assert isinstance(ask.body, AskBody)
        given = AnswerIn(choice="download_only", remark=None, customer=None)
        await served.office.answer(ask.body.question.id, given, "柜台一")
        await desk.told(of_kind("toast"))
    assert len(await proposals(served)) == 1


def _revoke(device: str, now: datetime, session: Session) -> None:
    session.get_one(Device, device).revoked_at = now


async def test_a_revoked_token_opens_nothing(served: Served) -> None:
    code = await served.office.enrolment_code()
    async with OfficeClient(served.url) as nobody:
        enrolled = await nobody.enrol(code, "柜台一")
    await served.office.database.write(partial(_revoke, enrolled.device, served.office.clock.now()))
    async with OfficeClient(served.url, enrolled.token) as client:
        with pytest.raises(OfficeRefused):
            await client.me()
        with pytest.raises(OfficeRefused):
            await anext(client.commands())


async def test_a_desk_revoked_while_it_listens_hears_no_more(served: Served) -> None:
    async with OfficeClient(served.url) as nobody:
        enrolled = await nobody.enrol(await served.office.enrolment_code(), "柜台一")
    async with (
        OfficeClient(served.url, enrolled.token) as client,
        aclosing(client.commands()) as commands,
        asyncio.timeout(DEADLINE),
    ):
        await client.post_event(hint(A.number))
        assert (await anext(commands)).body.kind == "query"
        await served.office.write(partial(_revoke, enrolled.device, served.office.clock.now()))
        with pytest.raises(OfficeRefused):
            await anext(commands)


async def test_who_answers_and_decides_through_the_api_stands_on_the_timeline(served: Served) -> None:
    async with OfficeClient(served.url) as nobody:
        enrolled = await nobody.enrol(await served.office.enrolment_code(), "柜台一")
    headers = {"Authorization": f"Bearer {enrolled.token}"}
    async with (
        OfficeClient(served.url, enrolled.token) as client,
        working(client, A) as desk,
        aiohttp.ClientSession(f"{served.url}/api/v1/", headers=headers) as caller,
    ):
        await client.post_event(hint(A.number))
        (ask,) = await desk.told(of_kind("ask"))
        assert isinstance(ask.body, AskBody)
        given = {"choice": "download_only", "remark": None, "customer": None}
        async with caller.post(f"questions/{ask.body.question.id}/answer", json=given) as answered:
            assert answered.status == 200
        (proposal,) = await proposals(served)
        async with caller.post(f"proposals/{proposal.id}/decision") as decided:
            assert decided.status == 200
    (proposal,) = await proposals(served)
    by = {step.kind: step.params["by"] for step in proposal.timeline if "by" in step.params}
    assert by == {"answered_download_only": "柜台一", "state_confirmed_to_submit": "柜台一"}


async def test_what_is_undone_comes_again_after_the_connection_broke(
    served: Served, client: OfficeClient
) -> None:
    await client.post_event(hint(A.number))
    stands: list[bool] = []
    first = OfficeClient(f"unix:{served.socket}", channel=stands.append)
    commands = first.commands()
    command = await anext(commands)
    await commands.aclose()
    await first.close()
    assert stands == [True, False]
    async with working(client, A) as desk:
        (again,) = await desk.told(of_kind("query"))
        assert again.id == command.id
        await desk.told(of_kind("ask"))


async def test_the_tick_climbs_the_ladder(client: OfficeClient) -> None:
    """Nothing happens but time: the portal knows the number only at the third query."""
    async with working(client) as desk:
        await client.post_event(hint(A.number))
        await desk.told(of_kind("query"), 2)
        desk.quotes = {A.number: A}
        await desk.told(of_kind("ask"))
        assert len(await desk.told(of_kind("query"))) == 3


async def test_a_changed_question_is_shown_again_and_a_closed_one_is_taken_off(
    served: Served, client: OfficeClient
) -> None:
    async with working(client, A) as desk:
        await client.post_event(hint(A.number))
        (first,) = await desk.told(of_kind("ask"))
        desk.quotes = {A.number: A.saved()}
        await client.post_event(hint(A.number))
        _, second = await desk.told(of_kind("ask"), 2)
        assert isinstance(first.body, AskBody)
        assert isinstance(second.body, AskBody)
        assert first.body.question.id == second.body.question.id
        assert second.body.question.premium == A.saved().facts.premium
        await served.office.answer(
            first.body.question.id, AnswerIn(choice="cancel", remark=None, customer=None), "柜台一"
        )
        (closed,) = await desk.told(of_kind("closed"))
        assert closed.id not in (first.id, second.id)


async def test_a_desk_that_comes_back_hears_what_was_closed_meanwhile(
    served: Served, client: OfficeClient
) -> None:
    async with working(client, A) as desk:
        await client.post_event(hint(A.number))
        (ask,) = await desk.told(of_kind("ask"))
    assert isinstance(ask.body, AskBody)
    await client.post_event(answer(ask.body.question.id, "cancel"))
    async with working(client, A) as desk:
        await desk.told(of_kind("closed"))
        assert not [command for command in desk.commands if command.body.kind == "ask"]


async def test_a_management_system_that_is_away_is_away(served: Served, client: OfficeClient) -> None:
    await client.health()
    await served.running.close()
    with pytest.raises(OfficeAway):
        await client.health()


async def test_a_store_that_cannot_be_used_is_worth_a_retry(served: Served, client: OfficeClient) -> None:
    await client.health()
    await served.office.database.close()
    for ask in (client.health, partial(client.post_event, hint(A.number))):
        with pytest.raises(OfficeAway, match="503 201") as away:
            await ask()
        assert away.value.why == "store"


async def test_the_same_account_again_changes_its_institution(client: OfficeClient) -> None:
    account = AccountIn(carrier=CARRIER, origin=ORIGIN, login=LOGIN, institution="机构甲")
    first = await client.add_account(account)
    second = await client.add_account(account.model_copy(update={"institution": "机构乙"}))
    assert first == second
    assert await client.accounts() == [first]


async def test_customers_are_found_by_name_phone_tail_and_plate(served: Served, client: OfficeClient) -> None:
    async with working(client, A) as desk:
        await client.post_event(hint(A.number))
        (ask,) = await desk.told(of_kind("ask"))
        assert isinstance(ask.body, AskBody)
        await client.post_event(answer(ask.body.question.id, "yes", somebody("欧阳测试")))
        await desk.told(of_kind("toast"))
    for text in ("测试", "1402", "B123", ""):
        assert [(found.name, found.tail) for found in await client.customers(text)] == [("欧阳测试", "1402")]
    assert await client.customers("%") == []
    assert await client.customers("138") == []


async def test_the_last_steps_name_what_they_are_about(client: OfficeClient) -> None:
    await client.post_event(hint(A.number))
    (last, *_) = await client.recent()
    assert (last.step, last.carrier, last.number) == ("hint_network", CARRIER, A.number)


async def test_a_link_needs_a_console(served: Served, client: OfficeClient) -> None:
    with pytest.raises(OfficeRefused) as refused:
        await client.link("/console")
    assert refused.value.status == 409


async def test_an_answer_to_nothing_is_refused_for_good(client: OfficeClient) -> None:
    with pytest.raises(OfficeRefused) as refused:
        await client.post_event(answer(uid(), "cancel"))
    assert (refused.value.status, refused.value.code) == (404, ErrorCode.NOT_HERE)


async def test_the_socket_is_its_users_alone(served: Served) -> None:
    assert stat.S_IMODE(served.socket.stat().st_mode) == 0o600
