"""A real desk.db for each test that wants one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from companion.db.engine import Database
from companion.db.migrations import migrate
from companion.desk.inbox import Inbox
from tests.unit.desk.parts import ManualClock

KEY = bytes(range(32))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def desk_db(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database.sqlite(tmp_path / "desk.db", KEY)
    await migrate(database, "companion.desk.migrations")
    yield database
    await database.close()


@pytest.fixture
async def inbox(desk_db: Database, clock: ManualClock) -> Inbox:
    return Inbox(desk_db, clock)
