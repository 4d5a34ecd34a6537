"""Several copies of the server on one PostgreSQL: it does not matter which one a desk reaches."""

import asyncio
from pathlib import Path

from companion.db.engine import Database
from companion.management.client import OfficeClient
from companion.management.store.work_tables import Question
from companion.management.wire import AskBody
from tests.api.conftest import serve
from tests.api.desk import of_kind, working
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import Quote, answer, hint, result

A, B = Quote("TDAA00000001"), Quote("TDZA00000002")


async def test_events_at_one_copy_and_commands_at_another(postgresql_url: str, tmp_path: Path) -> None:
    databases = [Database.postgresql(postgresql_url) for _ in range(2)]
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    # Both at once: the second finds the schema made.
    one, two = await asyncio.gather(*map(serve, databases, folders))
    async with OfficeClient(one.url) as nobody:
        enrolled = await nobody.enrol(await two.office.enrolment_code(), "柜台一")
    async with (
        OfficeClient(one.url, enrolled.token) as up,
        OfficeClient(two.url, enrolled.token) as down,
        working(down, A) as desk,
    ):
        await up.post_event(hint(A.number))
        (ask,) = await desk.told(of_kind("ask"))
        assert isinstance(ask.body, AskBody)
        await up.post_event(answer(ask.body.question.id, "download_only"))
        await desk.told(of_kind("toast"))
        assert len(await desk.told(of_kind("query"))) == 2
    for served, database in zip((one, two), databases, strict=True):
        await served.running.close()
        await database.close()


async def test_answers_that_meet_ask_one_question(database: Database) -> None:
    """Three queries about overlapping numbers come home in the same instant."""
    office = await TestOffice(database).prepare()
    quotes = {quote.number: quote for quote in (A, B)}
    for numbers in ([A.number], [B.number], [A.number, B.number]):
        await office.deliver(hint(*numbers))
    await office.tick()
    asked = await office.queries()
    await asyncio.gather(*(office.report(one, result(one, query, quotes)) for one, query in asked))
    # Whichever came last, the answer that names both has made them one.
    waiting = [row for row in await office.rows(Question) if row.state == "open"]
    numbers = sorted(number for row in waiting for number in row.numbers)
    assert numbers == [A.number, B.number]
    question = waiting[0].id
    given = [answer(question, choice) for choice in ("download_only", "cancel")]
    await asyncio.gather(*(office.deliver(event) for event in given))
    settled = [row for row in await office.rows(Question) if row.id == question]
    assert [(row.state, row.held) for row in settled] == [("answered", None)]
    wanted = int(settled[0].choice == "download_only")
    assert len(await office.proposals()) == wanted
