"""Databases with the small schema."""

import pytest

from companion.db.engine import Database
from tests.store.tables import metadata


@pytest.fixture
async def store(database: Database) -> Database:
    """Each kind of database, with the tables of tests/store/tables.py."""
    await database.alter(metadata.create_all)
    return database
