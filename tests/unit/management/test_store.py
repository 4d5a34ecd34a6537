"""Tables and migrations say the same, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from companion.db.engine import Database
from companion.db.migrations import config, migrate, revision
from companion.management.store.insert import insert_if_new
from companion.management.store.migrations import HEAD, PACKAGE
from companion.management.store.tables import METADATA, Device, Line
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import CARRIER, START


async def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    await migrate(database, PACKAGE)

    def compare(connection: Connection) -> tuple[list[object], list[str]]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        scripts = ScriptDirectory.from_config(config(PACKAGE, connection))
        return compare_metadata(context, METADATA), scripts.get_heads()

    different, heads = await database.alter(compare)
    assert (different, heads) == ([], [HEAD])
    await migrate(database, PACKAGE)
    assert await revision(database) == HEAD


async def test_of_two_equal_rows_the_first_stays(both: TestOffice) -> None:
    first, second = (Line(carrier=CARRIER, number="TDAA00000001") for _ in range(2))
    assert await both.write(lambda session: insert_if_new(session, first))
    assert not await both.write(lambda session: insert_if_new(session, second))
    assert [row.id for row in await both.rows(Line)] == [first.id]


async def test_there_is_one_desk_beside_it(office: TestOffice) -> None:
    await office.present()
    assert [row.name for row in await office.rows(Device)] == ["local"]
    assert (await office.rows(Device))[0].created_at == START
