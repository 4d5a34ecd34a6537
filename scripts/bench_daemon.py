"""The daemon's part of a measurement: the real link server, with or without the real inbox behind it.

    bench_daemon.py link SOCKET            every hint is acknowledged at once
    bench_daemon.py inbox SOCKET DATABASE  every hint is acknowledged when it is committed
    bench_daemon.py store DATABASE COUNT IN_FLIGHT
                                           rows through the group commit alone; prints what they cost

The first two print `ready` and end with their input.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from companion.clock import SystemClock
from companion.db.engine import Database
from companion.db.migrations import migrate
from companion.desk.acks import Acks
from companion.desk.inbox import Inbox
from companion.link.server import Connection, LinkServer
from companion.protocol import Ack, Hello, Hint, Place, Welcome

MIGRATIONS = "companion.desk.migrations"
KEY = bytes(range(32))
NOBODY = str(UUID(int=0))


class Desk:
    """Answers as a desk does, and nothing more."""

    def __init__(self, inbox: Inbox | None) -> None:
        self._inbox = inbox
        self._acks = Acks()
        self._tasks: set[asyncio.Task[None]] = set()

    def lost(self, connection: Connection) -> None:
        """Nothing to do."""

    def received(self, connection: Connection, message: Any) -> None:
        """Welcome a hello, acknowledge a hint."""
        if isinstance(message, Hello):
            connection.send(Welcome(re=message.id, daemon_version="0", device=NOBODY, accounts=[]))
        elif self._inbox is None:
            connection.send(Ack(re=[message.id]))
        else:
            task = asyncio.get_running_loop().create_task(self._keep(self._inbox, connection, message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _keep(self, inbox: Inbox, connection: Connection, message: Hint) -> None:
        await inbox.keep(NOBODY, message)
        self._acks.add(connection, message.id)


async def serve(socket: Path, database: Database | None) -> None:
    """Serve until the input ends."""
    inbox = None
    if database is not None:
        await migrate(database, MIGRATIONS)
        inbox = Inbox(database, SystemClock())
    server = LinkServer(socket, lambda caller: True, Desk(inbox))
    await server.start()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.close()
    if database is not None:
        await database.close()


async def store(database: Database, count: int, in_flight: int) -> dict[str, float]:
    """Put rows with so many callers waiting at a time: rows per second, CPU microseconds per row."""
    await migrate(database, MIGRATIONS)
    inbox = Inbox(database, SystemClock())
    hints = iter([hint(number) for number in range(count)])

    async def caller() -> None:
        for one in hints:
            await inbox.keep(NOBODY, one)

    begin, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller() for _ in range(in_flight)))
    seconds, used = time.perf_counter() - begin, time.process_time() - cpu
    await database.close()
    return {"per_second": count / seconds, "cpu_us": used / count * 1e6}


def hint(number: int) -> Hint:
    """A hint like those of a portal, with an id of its own."""
    return Hint(
        id=str(UUID(int=number)),
        at=1_767_225_600_000,
        carrier="practice",
        kind="quote_saved",
        numbers=["TDAA202633010000000001", "TDZA202633010000000002"],
        source="network",
        place=Place(origin="http://portal.localhost:18080", login="clerk01", tab=7, frame=2),
    )


def main(words: list[str]) -> None:
    """Run one of the three."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    if words[0] == "store":
        database = Database.sqlite(Path(words[1]), KEY)
        print(json.dumps(asyncio.run(store(database, int(words[2]), int(words[3])))))
        return
    kept = Database.sqlite(Path(words[2]), KEY) if words[0] == "inbox" else None
    asyncio.run(serve(Path(words[1]), kept))


if __name__ == "__main__":
    main(sys.argv[1:])
