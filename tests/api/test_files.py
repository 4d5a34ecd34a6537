"""Files through the API: streamed both ways, named by their content, whatever breaks off."""

import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlmodel import Session

from companion.clock import SystemClock
from companion.db.engine import Database
from companion.db.sealed import PART
from companion.management import files, people
from companion.management.client import OfficeAway, OfficeClient, OfficeRefused
from companion.management.server import Office, start
from companion.management.store.tables import Proposal
from companion.settings import Settings
from tests.api.conftest import Served
from tests.postgres import KEY
from tests.unit.desk.parts import eventually
from tests.unit.management.portal import CARRIER, LOGIN, START

MEGABYTE = 1024 * 1024
POLICY = "PDAA00000001"


def content(size: int) -> bytes:
    return bytes(range(256)) * (size // 256) + b"x" * (size % 256)


def name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def pieces(data: bytes, size: int = 300_000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def get(served: Served, digest: str, method: str = "GET") -> tuple[int, bytes, int]:
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(served.socket))) as session,
        session.request(method, f"http://office/api/v1/files/{digest}") as response,
    ):
        return response.status, await response.read(), response.content_length or 0


async def test_a_file_goes_in_and_comes_out(served_on_both: Served) -> None:
    data = content(2 * MEGABYTE + 7)
    digest = name(data)
    async with OfficeClient(f"unix:{served_on_both.socket}") as client:
        await client.put_file(digest, lambda: pieces(data))
        await client.put_file(digest, lambda: pieces(data))
    assert await get(served_on_both, digest) == (200, data, len(data))
    assert await get(served_on_both, digest, "HEAD") == (200, b"", len(data))
    assert (await get(served_on_both, name(b"another")))[0] == 404
    assert (await get(served_on_both, "A" * 64))[0] == 422


async def test_what_is_known_is_not_sent_again(served: Served, client: OfficeClient) -> None:
    data = content(9)
    await client.put_file(name(data), lambda: pieces(data))

    def unwanted() -> AsyncIterator[bytes]:
        raise AssertionError("asked for its bytes")

    await client.put_file(name(data), unwanted)


async def test_another_content_is_refused(served: Served, client: OfficeClient) -> None:
    with pytest.raises(OfficeRefused) as refusal:
        await client.put_file(name(b"one"), lambda: pieces(b"two"))
    assert (refusal.value.status, refusal.value.code) == (422, 113)
    assert (await get(served, name(b"one")))[0] == 404


async def test_too_much_is_refused(
    served: Served, client: OfficeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.management.vault.LARGEST", MEGABYTE)
    data = content(2 * MEGABYTE)
    with pytest.raises(OfficeRefused) as refusal:
        await client.put_file(name(data), lambda: pieces(data))
    assert (refusal.value.status, refusal.value.code) == (413, 101)


async def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "management.db", KEY)
    folder = tmp_path / "files"
    office = Office(database, SystemClock(), Settings(), folder)
    running = await start(office, socket=tmp_path / "office")
    data = content(4 * PART)

    async def broken() -> AsyncIterator[bytes]:
        yield data[: 2 * PART + 5]
        await eventually(lambda: list(folder.glob("*")))
        raise OSError("the cable")

    async with OfficeClient(f"unix:{tmp_path / 'office'}") as client:
        with pytest.raises(OfficeAway):
            await client.put_file(name(data), broken)
        await eventually(lambda: not list(folder.glob("*")))
        await client.put_file(name(data), lambda: pieces(data))
    assert len(list(folder.glob("*"))) == 1
    await running.close()
    await database.close()


async def test_only_a_desk_may(served: Served) -> None:
    async with aiohttp.ClientSession() as session:
        for method in ("GET", "PUT", "HEAD"):
            async with session.request(
                method, f"{served.url}/api/v1/files/{name(b'x')}", data=b"x"
            ) as answer:
                assert answer.status == 401


async def test_a_damaged_file_is_a_problem(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "management.db", KEY)
    office = Office(database, SystemClock(), Settings(), tmp_path / "files")
    running = await start(office, socket=tmp_path / "office")
    served, data = Served(running, tmp_path / "office"), content(3 * PART)
    async with OfficeClient(f"unix:{served.socket}") as client:
        await client.put_file(name(data), lambda: pieces(data))
    [path] = (tmp_path / "files").iterdir()
    whole = path.read_bytes()
    path.write_bytes(b"\0" + whole[1:])
    status, answer, _ = await get(served, name(data))
    assert (status, b"201" in answer) == (503, True)
    path.write_bytes(whole[:-1])
    with pytest.raises(aiohttp.ClientError):
        await get(served, name(data))
    await running.close()
    await database.close()


async def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "management.db", KEY)
    office = Office(database, SystemClock(), Settings(), tmp_path / "files")
    running = await start(office, socket=tmp_path / "office")
    block, blocks = content(MEGABYTE), 50
    digest = hashlib.sha256(block * 2 + block * (blocks - 2)).hexdigest()

    async def much() -> AsyncIterator[bytes]:
        for _ in range(blocks):
            yield block

    async with OfficeClient(f"unix:{tmp_path / 'office'}") as client:
        await client.put_file(name(block), lambda: pieces(block))
        tracemalloc.start()
        await client.put_file(digest, much)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 12 * MEGABYTE, f"{peak} bytes for a file of {blocks} MB"
    await running.close()
    await database.close()


async def test_files_of_a_proposal_are_listed(served: Served, client: OfficeClient) -> None:
    data = content(5)
    await client.put_file(name(data), lambda: pieces(data))

    def file(session: Session) -> tuple[str, str, str]:
        device = people.local_device(session, START)
        proposal = Proposal(
            state="ISSUED", carrier=CARRIER, login=LOGIN, device_id=device, created_at=START, updated_at=START
        )
        session.add(proposal)
        session.flush()
        given = {"proposal": proposal.id, "download": None, "policy_number": POLICY, "digest": name(data)}
        first = files.attach(session, **given, kind="policy", now=START)  # type: ignore[arg-type]
        again = files.attach(session, **given, kind="policy", now=START)  # type: ignore[arg-type]
        files.attach(session, **given, kind="e_policy", now=START)  # type: ignore[arg-type]
        with pytest.raises(files.NotStored):
            files.attach(session, **given | {"digest": name(b"none")}, kind="policy", now=START)  # type: ignore[arg-type]
        return proposal.id, first, again

    proposal, first, again = await served.office.write(file)
    assert first == again
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(served.socket))) as session,
        session.get(f"http://office/api/v1/proposals/{proposal}/files") as response,
    ):
        page = await response.json()
    assert page["total"] == 2
    assert {row["kind"] for row in page["rows"]} == {"policy", "e_policy"}
    assert {(row["policy_number"], row["digest"], row["size"]) for row in page["rows"]} == {
        (POLICY, name(data), len(data))
    }
