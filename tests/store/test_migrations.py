"""Schemas are brought up step by step, as one transaction, and only when there is something to do."""

import asyncio
import os
import secrets
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlmodel import Session

from companion.db.engine import Database
from companion.db.errors import Corrupt, UnknownSchema
from companion.db.migrations import head, migrate, revision
from scripts.revision import write
from tests.postgres import KEY
from tests.store.tables import metadata

MAKE = """
op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("old", sa.String))
op.create_table(
    "child",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("parent", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE")),
)
op.execute("INSERT INTO parent VALUES (1, 'one')")
op.execute("INSERT INTO child VALUES (10, 1)")
"""
CHANGE = """
with op.batch_alter_table("parent") as batch:
    batch.alter_column("old", new_column_name="new", type_=sa.Text)
    batch.add_column(sa.Column("at", companion.db.types.UTCDateTime()))
"""
FAIL = """
op.execute("UPDATE parent SET old = 'lost'")
op.execute("SELECT * FROM nowhere")
"""

Package = Callable[..., str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Makes a package of migrations from the bodies of its steps and returns its name."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(*steps: str) -> str:
        name = f"migrations_{secrets.token_hex(6)}"
        (tmp_path / name / "versions").mkdir(parents=True)
        newest = f"{len(steps):04}" if steps else ""
        (tmp_path / name / "__init__.py").write_text(f'HEAD = "{newest}"\n')
        for number, body in enumerate(steps, 1):
            write_step(tmp_path / name / "versions", number, body)
        return name

    return make


def write_step(versions: Path, number: int, body: str) -> None:
    former = f'"{number - 1:04}"' if number > 1 else None
    (versions / f"{number:04}_step.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nimport companion.db.types\n"
        f'revision = "{number:04}"\ndown_revision = {former}\n'
        f"def upgrade() -> None:\n{textwrap.indent(body, '    ')}"
    )


async def rows(database: Database, statement: str) -> list[Any]:
    def work(session: Session) -> list[Any]:
        return [tuple(row) for row in session.connection().exec_driver_sql(statement)]

    return await database.read(work)


async def test_from_nothing_to_the_newest(database: Database, package: Package) -> None:
    assert await revision(database) is None
    await migrate(database, package(MAKE, CHANGE))
    assert await revision(database) == "0002"
    assert await rows(database, "SELECT id, new, at FROM parent") == [(1, "one", None)]


async def test_step_by_step_nothing_is_lost(database: Database, package: Package) -> None:
    await migrate(database, package(MAKE))
    assert await revision(database) == "0001"
    await migrate(database, package(MAKE, CHANGE))
    assert await rows(database, "SELECT id, new FROM parent") == [(1, "one")]
    assert await rows(database, "SELECT id, parent FROM child") == [(10, 1)]


async def test_a_step_that_fails_undoes_all_steps(database: Database, package: Package) -> None:
    with pytest.raises(Exception, match="nowhere"):
        await migrate(database, package(MAKE, FAIL))
    assert await revision(database) is None
    await migrate(database, package(MAKE))
    with pytest.raises(Exception, match="nowhere"):
        await migrate(database, package(MAKE, FAIL))
    assert await revision(database) == "0001"
    assert await rows(database, "SELECT old FROM parent") == [("one",)]


async def test_data_of_a_newer_program_stay_untouched(database: Database, package: Package) -> None:
    await migrate(database, package(MAKE, CHANGE))
    with pytest.raises(UnknownSchema, match="0002"):
        await migrate(database, package(MAKE))
    assert await revision(database) == "0002"


async def test_foreign_keys_are_held_again_afterwards(database: Database, package: Package) -> None:
    await migrate(database, package(MAKE, CHANGE))
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await database.write(
            lambda session: session.connection().exec_driver_sql("INSERT INTO child VALUES (11, 99)")
        )


async def test_several_programs_may_start_at_once(database: Database, package: Package) -> None:
    name = package(MAKE, CHANGE)
    await asyncio.gather(*(migrate(database, name) for _ in range(4)))
    assert await rows(database, "SELECT new FROM parent") == [("one",)]


async def test_a_step_may_not_leave_an_orphan(tmp_path: Path, package: Package) -> None:
    database = Database.sqlite(tmp_path / "desk.db", KEY)
    with pytest.raises(Corrupt):
        await migrate(database, package(MAKE, 'op.execute("DELETE FROM parent")'))
    assert await revision(database) is None
    await database.close()


@pytest.fixture
async def migrated(tmp_path: Path, package: Package) -> tuple[Path, str]:
    """A file at the head of a package."""
    path, name = tmp_path / "desk.db", package(MAKE)
    database = Database.sqlite(path, KEY)
    await migrate(database, name)
    await database.close()
    return path, name


def test_alembic_is_not_loaded_when_nothing_is_to_do(migrated: tuple[Path, str]) -> None:
    path, name = migrated
    program = f"""
import asyncio, pathlib, sys
from companion.db.engine import Database
from companion.db.migrations import migrate
asyncio.run(migrate(Database.sqlite(pathlib.Path({str(path)!r}), bytes(range(32))), {name!r}))
assert "alembic" not in sys.modules
"""
    environment = {**os.environ, "PYTHONPATH": f"{path.parent}:{Path(__file__).parents[2]}"}
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env=environment)


async def test_a_written_revision_makes_the_tables(
    database: Database, tmp_path: Path, package: Package
) -> None:
    name = package()
    await write(name, metadata, "0001", "first")
    module = tmp_path / name / "__init__.py"
    module.write_text('HEAD = "0001"\n')
    sys.modules.pop(name)
    assert head(name) == "0001"
    await migrate(database, name)
    assert await database.transact(differences) == []


def differences(connection: Connection) -> list[Any]:
    """What the tables say and the schema does not."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))
