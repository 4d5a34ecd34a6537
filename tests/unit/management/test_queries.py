"""Lists as the console shows them: filtered, ordered, paged; the same on both databases."""

import pytest

from companion.clock import to_ms
from companion.management import queries
from companion.management.views import DownloadQuery, ProposalQuery
from companion.management.wire import Page
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import Quote, answer, hint

NUMBERS = [f"TDAA0000000{n}" for n in range(5)]


async def five(office: TestOffice) -> None:
    """Five proposals, a minute apart; the last download fails for want of the right login."""
    for number in NUMBERS:
        quotes = {number: Quote(number)}
        office.clock.advance(60)
        await office.deliver(hint(number))
        await office.settle(quotes)
        (ask,) = await office.asks()
        await office.deliver(answer(ask.question.id, "download_only"))
        await office.settle(quotes, "other_login" if number == NUMBERS[-1] else "answered")


async def proposals(office: TestOffice, query: ProposalQuery) -> list[str]:
    page: Page = await office.database.read(lambda session: queries.proposals(session, query))
    return [row.numbers[0] for row in page.rows]


async def test_proposals_newest_first_page_by_page(both: TestOffice) -> None:
    await five(both)
    first = await both.database.read(lambda session: queries.proposals(session, ProposalQuery(limit=2)))
    assert (first.total, [row.numbers for row in first.rows]) == (5, [[NUMBERS[4]], [NUMBERS[3]]])
    last = ProposalQuery(limit=2, offset=4, sort="created_at")
    assert await proposals(both, last) == [NUMBERS[0]]
    assert await proposals(both, ProposalQuery(sort="plate", order="asc", limit=1))
    assert await proposals(both, ProposalQuery(text=" tdaa00000003 ")) == [NUMBERS[3]]
    assert len(await proposals(both, ProposalQuery(text="粤b"))) == 5
    assert await proposals(both, ProposalQuery(text="%")) == []
    assert await proposals(both, ProposalQuery(state="VOID")) == []
    since = to_ms(both.now)
    assert await proposals(both, ProposalQuery(since=since)) == [NUMBERS[4]]
    assert len(await proposals(both, ProposalQuery(until=since))) == 4


async def test_the_download_log(both: TestOffice) -> None:
    """I-7.1."""
    await five(both)

    async def log(query: DownloadQuery) -> list[str]:
        page = await both.database.read(lambda session: queries.downloads(session, query))
        return [row.proposal_numbers[0] for row in page.rows]

    assert await log(DownloadQuery()) == NUMBERS[::-1]
    assert await log(DownloadQuery(state="failed")) == [NUMBERS[4]]
    assert await log(DownloadQuery(text=NUMBERS[1], source="auto_quote", kind="proposal")) == [NUMBERS[1]]
    assert len(await log(DownloadQuery(sort="insured", order="asc", login="clerk01"))) == 5
    counts = await both.database.read(queries.download_counts)
    assert counts == {"done": 4, "failed": 1}


async def test_the_fingerprint_changes_with_what_is_shown(both: TestOffice) -> None:
    seen = [await both.database.read(queries.fingerprint)]
    await both.deliver(hint(NUMBERS[0]))
    seen.append(await both.database.read(queries.fingerprint))
    await both.settle({NUMBERS[0]: Quote(NUMBERS[0])})
    seen.append(await both.database.read(queries.fingerprint))
    assert len(set(seen)) == 3
    assert await both.database.read(queries.fingerprint) == seen[-1]


@pytest.mark.parametrize("limit", [1, 3])
async def test_the_timeline_of_everything(office: TestOffice, limit: int) -> None:
    await office.deliver(hint(*NUMBERS[:2]))
    await office.settle({})
    page = await office.database.read(lambda session: queries.timeline(session, 0, limit))
    assert (page.total, len(page.rows)) == (2, min(limit, 2))
    assert page.rows[0].kind == "query_not_found"
    assert page.rows[0].numbers == NUMBERS[:2]
