"""Offices: on both databases where they may differ, else on the embedded one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from companion.db.engine import Database
from tests.postgres import KEY
from tests.unit.management.office import TestOffice


@pytest.fixture
async def both(database: Database) -> TestOffice:
    """A management system, once on each database."""
    return await TestOffice(database).prepare()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[TestOffice]:
    """A management system on the embedded database."""
    database = Database.sqlite(tmp_path / "management.db", KEY)
    yield await TestOffice(database).prepare()
    await database.close()
