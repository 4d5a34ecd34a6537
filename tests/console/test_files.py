"""Policies and e-policies in the console: listed, given out, and it stands on the timeline who took them."""

import hashlib
from collections.abc import AsyncIterator
from urllib.parse import quote

from sqlmodel import Session, col, select

from companion.management import files
from companion.management.store.tables import Proposal, Timeline
from companion.management.store.work_tables import Download
from tests.console.conftest import Console

POLICY = "PDAA202644030000000001"
DATA = b"%PDF-1.7 " + bytes(range(256)) * 2000


async def stored(console: Console) -> str:
    """Put the file into the vault; its digest."""

    async def pieces() -> AsyncIterator[bytes]:
        yield DATA

    digest = hashlib.sha256(DATA).hexdigest()
    await console.office.vault.put(digest, pieces())
    return digest


async def filed(console: Console) -> tuple[str, str]:
    """A proposal whose last download brought an e-policy home; its id and the file's."""
    digest = await stored(console)
    proposal = await console.agency(lambda agency: agency.proposal(agency._now).id)

    def work(session: Session) -> str:
        found = select(Download).where(col(Download.proposal_id) == proposal)
        download = session.exec(found).one()
        download.kind, download.state, download.error = "e_policy", "done", None
        now = console.clock.now()
        return files.attach(
            session,
            proposal=proposal,
            download=download.id,
            policy_number=POLICY,
            kind="e_policy",
            digest=digest,
            now=now,
        )

    return proposal, await console.office.write(work)


async def test_a_file_is_listed_and_given_out(console: Console) -> None:
    proposal, file = await filed(console)
    page = await console.reader.enter(f"/proposals/{proposal}")
    assert f'href="/console/files/{file}"' in page.text
    assert POLICY in page.plain
    log = await console.reader.get("/downloads")
    assert f'href="/console/files/{file}"' in log.text
    url = console.site.url(f"/console/files/{file}")
    async with console.site.client.get(url) as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")
        assert await answer.read() == DATA
        given = answer.headers["Content-Disposition"]
        assert given == f"attachment; filename*=UTF-8''{quote(f'电子保单_{POLICY}.pdf')}"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    again = await console.reader.get(f"/proposals/{proposal}")
    assert "从控制台取走了电子保单文件（管理系统）" in again.plain


async def test_without_a_session_nothing_is_given_out(console: Console) -> None:
    _, file = await filed(console)
    assert (await console.reader.get(f"/files/{file}")).status == 401
    await console.reader.enter("/downloads")
    assert (await console.reader.get("/files/00000000-0000-4000-8000-000000000000")).status == 404
    taken = select(Timeline).where(col(Timeline.kind) == "e_policy_given")
    assert await console.office.database.read(lambda session: session.exec(taken).all()) == []


async def test_a_proposal_without_files_shows_no_empty_table(console: Console) -> None:
    await console.agency(lambda agency: agency.proposal(agency._now))
    proposal = await console.office.database.read(lambda session: session.exec(select(Proposal.id)).one())
    assert 'id="files"' not in (await console.reader.enter(f"/proposals/{proposal}")).text
