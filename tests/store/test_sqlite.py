"""SQLCipher files: durable, unreadable without the key, and honest about what is wrong with them."""

import os
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from companion.db import sqlite
from companion.db.engine import Database
from companion.db.errors import Corrupt, StoreError, StoreUnavailable, TooOld, WrongKey
from tests.postgres import KEY
from tests.store.tables import Note, Purse, adding, metadata, purses


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
async def written(path: Path) -> Path:
    """A file of some pages, properly closed."""
    database = Database.sqlite(path, KEY)
    await database.alter(metadata.create_all)
    notes = [Note(id=str(number), purse="a", text="x" * 1000) for number in range(100)]
    await database.write(adding(Purse(id="a"), *notes))
    await database.close()
    return path


def pragma(name: str) -> Callable[[Session], object]:
    return lambda session: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()


def flip(path: Path, at: int) -> None:
    """Change one bit of a file."""
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


async def read_all(path: Path, key: bytes = KEY) -> None:
    database = Database.sqlite(path, key)
    try:
        await database.read(lambda session: session.connection().exec_driver_sql("SELECT * FROM note").all())
    finally:
        await database.close()


async def test_durable_by_its_settings(path: Path) -> None:
    database = Database.sqlite(path, KEY)
    full = 2
    assert await database.write(pragma("synchronous")) == full
    assert await database.write(pragma("journal_mode")) == "wal"
    assert await database.write(pragma("foreign_keys")) == 1
    assert await database.write(pragma("fullfsync")) == 1
    assert await database.read(pragma("query_only")) == 1
    await database.close()


async def test_nothing_can_be_read_without_the_key(path: Path) -> None:
    canary = f"粤B-{secrets.token_hex(8)}"
    database = Database.sqlite(path, KEY)
    await database.alter(metadata.create_all)
    await database.write(adding(Purse(id=canary), Note(id="n", purse=canary, text=canary * 50)))
    files = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    await database.close()
    files["closed"] = path.read_bytes()
    assert {"desk.db", "desk.db-wal", "closed"} <= set(files)
    assert len(files["desk.db-wal"]) > len(canary) * 50
    for name, content in files.items():
        assert canary.encode() not in content, name
        assert b"CREATE TABLE" not in content, name
        assert not content.startswith(b"SQLite format"), name


async def test_only_its_owner_may_open_it(path: Path) -> None:
    database = Database.sqlite(path, KEY)
    await database.alter(metadata.create_all)
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {"desk.db": 0o600, "desk.db-wal": 0o600, "desk.db-shm": 0o600}
    await database.close()


async def test_a_wrong_key(written: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(WrongKey) as caught:
        Database.sqlite(written, bytes(32))
    assert KEY.hex() not in str(caught.value)
    assert bytes(32).hex() not in str(caught.value)
    await read_all(written)
    assert capfd.readouterr().err == ""


def test_a_key_is_never_a_password(path: Path) -> None:
    with pytest.raises(ValueError, match="32"):
        Database.sqlite(path, b"secret")


@pytest.mark.parametrize("place", [100, 5 * sqlite.PAGE + 5, 7 * sqlite.PAGE + 4000, 10 * sqlite.PAGE - 1])
async def test_one_flipped_bit_is_noticed(written: Path, place: int) -> None:
    assert place < written.stat().st_size
    flip(written, place)
    with pytest.raises(Corrupt):
        await read_all(written)


@pytest.mark.parametrize("size", [sqlite.PAGE * 4, sqlite.PAGE * 4 + 33, 50])
async def test_a_truncated_file_is_noticed(written: Path, size: int) -> None:
    assert written.stat().st_size > size
    os.truncate(written, size)
    with pytest.raises(Corrupt):
        await read_all(written)


async def test_a_plain_database_is_not_taken_for_ours(path: Path) -> None:
    plain = sqlite3.connect(path)
    plain.execute("CREATE TABLE note (id)")
    plain.close()
    with pytest.raises((Corrupt, WrongKey)):
        await read_all(path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        Database.sqlite(tmp_path / "nowhere" / "desk.db", KEY)


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_a_library_that_destroys_data_is_refused(version: tuple[int, ...]) -> None:
    with pytest.raises(TooOld):
        sqlite.refuse_old(version)
    sqlite.refuse_old(sqlite.OLDEST)


async def test_a_database_that_is_full_by_its_own_limit(path: Path) -> None:
    database = Database.sqlite(path, KEY)
    await database.alter(metadata.create_all)
    await database.write(adding(Purse(id="a")))
    await database.write(pragma("max_page_count = 10"))
    with pytest.raises(StoreError) as caught:
        await database.write(adding(*(Note(id=str(n), purse="a", text="x" * 5000) for n in range(50))))
    assert isinstance(caught.value, StoreUnavailable)
    assert caught.value.reason == "full"
    assert await purses(database) == ["a"]
    await database.close()
