"""The migrations of the program make exactly the tables that the program uses."""

from importlib import import_module
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlmodel import SQLModel

from companion.db.engine import Database
from companion.db.migrations import migrate, revision

DESK = ("companion.desk.migrations", "companion.desk.store")
OFFICE = ("companion.management.store.migrations", "companion.management.store.work_tables")


def tables(module: str) -> MetaData:
    metadata: MetaData = import_module(module).METADATA
    return metadata


def differences(metadata: MetaData, connection: Connection) -> list[Any]:
    """What the tables say and the schema does not, and the other way round."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


@pytest.mark.parametrize(("package", "module"), [DESK, OFFICE])
async def test_migrations_make_the_tables(database: Database, package: str, module: str) -> None:
    await migrate(database, package)
    assert await revision(database) == import_module(package).HEAD
    metadata = tables(module)
    assert metadata.tables
    assert await database.transact(lambda connection: differences(metadata, connection)) == []


def test_desk_and_management_share_no_table() -> None:
    desk, office = tables(DESK[1]), tables(OFFICE[1])
    assert not set(desk.tables) & set(office.tables)
    assert not SQLModel.metadata.tables
