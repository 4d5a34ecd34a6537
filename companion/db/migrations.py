"""Bringing a database to the present schema. Alembic is imported only when there is something to do.

A package of migrations holds `HEAD` in its `__init__` (the newest revision) and its revisions in
`versions/`; the environment beside this file serves them all. `python -m scripts.revision` writes one.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

from companion.db.engine import Database
from companion.db.errors import UnknownSchema

if TYPE_CHECKING:
    from alembic.config import Config

ENVIRONMENT = Path(__file__).parent / "environment"


async def migrate(database: Database, package: str) -> None:
    """Bring the schema to the head of a package such as `companion.management.store.migrations`.

    All steps are one transaction. Raises UnknownSchema for data of a newer program, which stay untouched,
    and StoreError.
    """
    if await revision(database) != head(package):
        await database.alter(lambda connection: _upgrade(connection, package))


def head(package: str) -> str:
    """The newest revision of a package of migrations."""
    return str(import_module(package).HEAD)


async def revision(database: Database) -> str | None:
    """The revision a database is at; None when it is empty."""
    return await database.read(_stored)


def config(package: str, connection: Connection) -> "Config":
    """Alembic's configuration for a package, bound to an open transaction."""
    from alembic.config import Config

    versions = Path(str(import_module(package).__file__)).parent / "versions"
    configured = Config(attributes={"connection": connection})
    for option, value in {
        "script_location": str(ENVIRONMENT),
        "path_separator": "os",
        "version_locations": str(versions),
    }.items():
        configured.set_main_option(option, value.replace("%", "%%"))
    return configured


def _upgrade(connection: Connection, package: str) -> None:
    from alembic import command

    configured = config(package, connection)
    stored = _stored_by(connection)
    if stored is not None and not _is_known(configured, stored):
        raise UnknownSchema(f"the data are at revision {stored}, which this program does not know")
    command.upgrade(configured, head(package))


def _stored(session: Session) -> str | None:
    return _stored_by(session.connection())


def _stored_by(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _is_known(configured: "Config", stored: str) -> bool:
    from alembic.script import ScriptDirectory

    return any(known.revision == stored for known in ScriptDirectory.from_config(configured).walk_revisions())
