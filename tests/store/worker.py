"""A process of its own that uses a store, for the tests that must starve or kill it. Speaks JSON lines."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlmodel import select

from companion.db.engine import Database
from companion.db.errors import StoreError, StoreUnavailable
from companion.db.writer import GroupCommit
from tests.postgres import KEY
from tests.store.tables import NOTE, PURSE, Note, Purse, adding, metadata, purses

LONG = "x" * 2000


def tell(**facts: object) -> None:
    """Say one line; `ack` facts are told only for what the store has confirmed."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def why(error: StoreError) -> str:
    """The kind of a trouble and its reason."""
    reason = f" {error.reason}" if isinstance(error, StoreUnavailable) else ""
    return type(error).__name__ + reason


async def opened(path: Path) -> Database:
    """A store with the small schema."""
    database = Database.sqlite(path, KEY)
    await database.alter(metadata.create_all)
    return database


async def fill(path: Path) -> None:
    """Store notes until there is no room, then make room and go on."""
    database = await opened(path)
    await database.write(adding(Purse(id="a")))
    commit = GroupCommit(database, NOTE)
    kept = 0
    try:
        while True:
            await commit.put({"id": str(kept), "purse": "a", "text": LONG})
            kept += 1
    except StoreError as error:
        tell(trouble=why(error), kept=kept)
    (path.parent / "ballast").unlink()
    await commit.put({"id": "after", "purse": "a", "text": LONG})
    rows = await database.read(lambda session: sorted(session.exec(select(Note.id))))
    await database.close()
    tell(rows=rows)


async def use(path: Path) -> None:
    """Open a store and write one row."""
    try:
        database = await opened(path)
        await database.write(adding(Purse(id="used")))
        tell(rows=await purses(database))
        await database.close()
    except StoreError as error:
        tell(trouble=why(error))


async def burst(path: Path) -> None:
    """Five batches of 64, each told when it is acknowledged."""
    database = await opened(path)
    commit = GroupCommit(database, PURSE)
    tell(ready=True)
    for batch in range(5):
        await asyncio.gather(*(commit.put({"id": f"{batch}-{number}"}) for number in range(64)))
        tell(ack=batch)
    await database.close()


async def stream(path: Path) -> None:
    """Store rows without an end, 8 in flight, and tell each one that is acknowledged."""
    database = await opened(path)
    commit = GroupCommit(database, PURSE)

    async def put(lane: int) -> None:
        number = 0
        while True:
            await commit.put({"id": f"{lane}-{number}"})
            tell(ack=f"{lane}-{number}")
            number += 1

    await asyncio.gather(*(put(lane) for lane in range(8)))


async def hold(path: Path) -> None:
    """Hold the file's write lock until standard input ends."""
    database = await opened(path)

    def work(_session: object) -> None:
        tell(holding=True)
        sys.stdin.read()

    await database.write(work)
    await database.close()


ROLES: dict[str, Callable[[Path], Awaitable[None]]] = {
    role.__name__: role for role in (fill, use, burst, stream, hold)
}

if __name__ == "__main__":
    asyncio.run(ROLES[sys.argv[1]](Path(sys.argv[2])))  # type: ignore[arg-type]
