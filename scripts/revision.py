"""Write a migration: what the tables say now, compared with what the migrations make.

    python -m scripts.revision companion.management.store.migrations \\
        companion.management.store.tables:metadata 0002 "add policies"

Afterwards read the new file, tidy it, and set HEAD in the package's `__init__`.
"""

import asyncio
import secrets
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, MetaData

from companion.db.engine import Database
from companion.db.migrations import config, head, migrate


async def write(package: str, metadata: MetaData, number: str, message: str) -> None:
    """Write revision `number` into the package's `versions/`."""
    from alembic import command

    def compare(connection: Connection) -> None:
        configured = config(package, connection)
        configured.attributes["metadata"] = metadata
        command.revision(configured, message, autogenerate=True, rev_id=number)

    with tempfile.TemporaryDirectory() as folder:
        database = Database.sqlite(Path(folder) / "empty.db", secrets.token_bytes(32))
        if head(package):
            await migrate(database, package)
        await database.alter(compare)
        await database.close()


def main(package: str, tables: str, number: str, message: str) -> None:
    """Read the command line's words."""
    module, _, name = tables.partition(":")
    asyncio.run(write(package, getattr(import_module(module), name), number, message))


if __name__ == "__main__":
    main(*sys.argv[1:])
