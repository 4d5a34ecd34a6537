"""The vault, in a folder and in both databases: what is stored comes back, nothing else stays."""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import delete
from sqlmodel import Session, func, select

from companion.db.engine import Database
from companion.db.errors import Corrupt, StoreUnavailable
from companion.db.sealed import PART
from companion.management import vault as vaults
from companion.management.shelves import UNFINISHED, FolderShelf, TableShelf
from companion.management.store.file_tables import FilePart, StoredFile
from companion.management.store.work_tables import METADATA
from companion.management.vault import NotAsNamed, TooLong, Vault
from tests.unit.management.portal import Clock

T = TypeVar("T")
SIZES = (0, 1, PART - 1, PART, PART + 1, 3 * PART + 17)
MARK = b"TDAA202644030000000001"


@pytest.fixture(params=["folder", "database"])
async def vault(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Vault:
    await database.alter(METADATA.create_all)
    return Vault(database, Clock(), tmp_path / "files" if request.param == "folder" else None)


def content(size: int) -> bytes:
    return (MARK * (size // len(MARK) + 1))[:size]


def name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def pieces(data: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def read(vault: Vault, digest: str) -> bytes | None:
    file = await vault.find(digest)
    return None if file is None else b"".join([part async for part in vault.read(file)])


async def left(database: Database, folder: Path) -> int:
    """How many files or parts lie anywhere."""
    rows = await database.read(lambda session: session.exec(select(func.count()).select_from(FilePart)).one())
    return rows + sum(path.is_file() and path.suffix != ".db" for path in folder.glob("*"))


@pytest.mark.parametrize("size", SIZES)
async def test_a_file_comes_back(vault: Vault, size: int) -> None:
    data = content(size)
    assert await vault.put(name(data), pieces(data))
    assert await read(vault, name(data)) == data
    assert not await vault.put(name(data), pieces(data)), "the same again is nothing new"
    assert await read(vault, name(data)) == data


async def test_nothing_can_be_read_where_it_lies(vault: Vault, database: Database, tmp_path: Path) -> None:
    data = content(PART + 5)
    await vault.put(name(data), pieces(data))
    parts = await database.read(lambda session: session.exec(select(FilePart.sealed)).all())
    files = list((tmp_path / "files").glob("*"))
    lying = b"".join(parts) + b"".join(path.read_bytes() for path in files)
    assert len(lying) > len(data)
    assert MARK not in lying
    assert name(data) not in {path.name for path in files}
    assert all(path.stat().st_mode & 0o77 == 0 for path in files)


@pytest.mark.parametrize("how", ["other content", "too long", "broken off"])
async def test_what_failed_leaves_nothing(
    vault: Vault, database: Database, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = content(3 * PART)
    digest = name(data)
    error: type[Exception] = NotAsNamed

    async def broken() -> AsyncIterator[bytes]:
        yield data[: 2 * PART + 1]
        raise ConnectionError

    given = pieces(data)
    if how == "other content":
        digest = name(b"something else")
    elif how == "too long":
        monkeypatch.setattr(vaults, "LARGEST", 2 * PART)
        error = TooLong
    else:
        given, error = broken(), ConnectionError
    with pytest.raises(error):
        await vault.put(digest, given)
    assert await left(database, tmp_path / "files") == 0
    assert await vault.find(digest) is None


async def test_what_a_dead_server_left_in_the_folder_is_tidied(database: Database, tmp_path: Path) -> None:
    await database.alter(METADATA.create_all)
    folder, data = tmp_path / "files", content(PART + 1)
    vault, dead = Vault(database, Clock(), folder), FolderShelf(folder, database)
    await vault.tidy()
    await vault.put(name(data), pieces(data))
    await dead.add("half", 0, b"sealed")
    await dead.add("whole", 0, b"sealed")
    await dead.settle("whole")
    assert await left(database, folder) == 3
    await vault.tidy()
    assert await left(database, folder) == 1
    assert await read(vault, name(data)) == data


async def test_what_a_dead_server_left_in_the_database_is_tidied(database: Database, tmp_path: Path) -> None:
    await database.alter(METADATA.create_all)
    clock, data = Clock(), content(PART + 1)
    vault, dead = Vault(database, clock, None), TableShelf(database, clock)
    await vault.put(name(data), pieces(data))
    await dead.add("half", 0, b"sealed")
    await vault.tidy()
    assert await left(database, tmp_path / "none") == 3, "another copy of the server may be adding it"
    clock.advance(UNFINISHED.total_seconds() + 1)
    await vault.tidy()
    assert await left(database, tmp_path / "none") == 2
    assert await read(vault, name(data)) == data


async def test_a_damaged_file_is_not_given_out(vault: Vault, database: Database, tmp_path: Path) -> None:
    data = content(2 * PART)
    await vault.put(name(data), pieces(data))
    for path in (tmp_path / "files").glob("*"):
        path.write_bytes(path.read_bytes()[:-1])

    def spoil(session: Session) -> None:
        for row in session.exec(select(FilePart)):
            row.sealed = row.sealed[:-1]

    await database.write(spoil)
    with pytest.raises(Corrupt):
        await read(vault, name(data))


@pytest.mark.parametrize("why", [StoreUnavailable("away", "cut at the commit"), asyncio.CancelledError()])
async def test_a_commit_whose_outcome_is_lost_leaves_a_file_that_can_be_read(
    vault: Vault, database: Database, monkeypatch: pytest.MonkeyPatch, why: BaseException
) -> None:
    data = content(PART + 5)
    write = database.write

    async def cut(work: Callable[[Session], T]) -> T:
        done = await write(work)
        if await vault.find(name(data)) is not None:
            raise why
        return done

    with monkeypatch.context() as patch:
        patch.setattr(database, "write", cut)
        with pytest.raises(type(why)):
            await vault.put(name(data), pieces(data))
    assert await read(vault, name(data)) == data
    assert not await vault.put(name(data), pieces(data))
    await vault.tidy()
    assert await read(vault, name(data)) == data


async def test_a_file_is_synced_through_a_handle_that_may_write(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses any other."""
    opened: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: opened.append(fcntl.fcntl(handle, fcntl.F_GETFL)))
    shelf = FolderShelf(tmp_path / "files", database)
    await shelf.add("one", 0, b"sealed")
    await shelf.settle("one")
    assert opened[0] & os.O_ACCMODE == os.O_RDWR


async def test_a_file_whose_parts_are_gone_is_stored_anew(
    vault: Vault, database: Database, tmp_path: Path
) -> None:
    data = content(PART + 5)
    await vault.put(name(data), pieces(data))
    for path in (tmp_path / "files").glob("*"):
        path.unlink()
    await database.write(lambda session: session.execute(delete(FilePart)))
    assert await vault.find(name(data)) is not None
    assert await vault.whole(name(data)) is None
    assert await vault.put(name(data), pieces(data))
    assert await vault.whole(name(data)) is not None
    assert await read(vault, name(data)) == data


async def test_without_its_row_a_file_is_gone_for_good(vault: Vault, database: Database) -> None:
    data = content(5)
    await vault.put(name(data), pieces(data))

    def forget(session: Session) -> None:
        session.delete(session.exec(select(StoredFile)).one())

    await database.write(forget)
    assert await read(vault, name(data)) is None
    assert await vault.put(name(data), pieces(data))
    assert await read(vault, name(data)) == data
