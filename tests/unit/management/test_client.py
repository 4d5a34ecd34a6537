"""The desk's client before something that is no management system, or a newer one."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from companion.management.client import OfficeAway, OfficeClient, OfficeRefused, _command
from companion.management.wire import EventIn
from tests.unit.desk.parts import INSTANCE, hint, new_id

HTML = "<html><body>nginx</body></html>"
PROBLEM: dict[str, Any] = {"type": "about:blank", "title": "", "status": 422, "code": 113, "detail": "x"}
Says = Callable[[int, str], AbstractAsyncContextManager[OfficeClient]]


@pytest.fixture
def says(tmp_path: Path) -> Says:
    """A client whose other end says the same to everything."""

    @asynccontextmanager
    async def answering(status: int, text: str) -> AsyncIterator[OfficeClient]:
        async def answer(_request: web.Request) -> web.Response:
            return web.Response(status=status, text=text)

        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.UnixSite(runner, str(tmp_path / "office")).start()
        try:
            async with OfficeClient(f"unix:{tmp_path / 'office'}") as client:
                yield client
        finally:
            await runner.cleanup()

    return answering


def problem(**more: Any) -> str:
    return web.json_response(PROBLEM | more).text or ""


@pytest.mark.parametrize("status", [200, 204, 400, 404, 405, 408, 413, 422, 429, 500, 502])
async def test_what_is_no_answer_of_ours_says_nothing_about_the_event(says: Says, status: int) -> None:
    async with says(status, "" if status == 204 else HTML) as client:
        with pytest.raises(OfficeAway) as away:
            await client.post_event(EventIn(instance=INSTANCE, body=hint()))
        assert away.value.why == "silent"


@pytest.mark.parametrize("text", [HTML, '{"rows": [{"surprise": 1}]}'])
async def test_a_search_and_the_last_steps_say_so_too(says: Says, text: str) -> None:
    async with says(200, text) as client:
        for asked in (client.customers("张"), client.recent(), client.accounts()):
            with pytest.raises(OfficeAway):
                await asked


@pytest.mark.parametrize("status", [401, 403])
async def test_who_is_turned_away_is_turned_away_by_anybody(says: Says, status: int) -> None:
    async with says(status, HTML) as client:
        with pytest.raises(OfficeRefused) as refused:
            await client.health()
    assert (refused.value.status, refused.value.code) == (status, 0)


async def test_a_refusal_of_a_newer_server_keeps_its_number(says: Says) -> None:
    async with says(422, problem(instance="/events/1")) as client:
        with pytest.raises(OfficeRefused) as refused:
            await client.health()
    assert refused.value.code == 113


async def test_a_newer_server_may_say_more_than_this_desk_knows(says: Says) -> None:
    account = {"id": new_id(), "carrier": "picc", "login": "clerk01", "origin": "https://portal.example"}
    text = web.json_response({"accounts": [account | {"newer": 1}], "newer": {}}).text or ""
    async with says(200, text) as client:
        [found] = await client.accounts()
    assert found.model_dump() == account


def test_a_command_of_a_newer_server_is_carried_out() -> None:
    body: dict[str, Any] = {"kind": "toast", "toast": "done", "params": {}, "proposal": None, "newer": 1}
    command = _command(web.json_response({"id": new_id(), "body": body, "newer": 1}).text or "")
    assert command is not None
