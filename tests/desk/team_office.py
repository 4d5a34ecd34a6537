"""A team's management system in a process of its own: `python -m tests.desk.team_office DIRECTORY PORT`.

On an encrypted SQLite file, so that desks can be tested against it where no PostgreSQL is wanted. Prints its
URL and an enrolment code.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path

from companion.clock import SystemClock
from companion.db.engine import Database
from companion.management.console import make_console
from companion.management.links import TableLinks
from companion.management.server import Office, start
from companion.settings import Settings

KEY = bytes(range(32))


async def serve(directory: Path, port: int) -> None:
    """Serve until SIGTERM."""
    database, clock = Database.sqlite(directory / "team.db", KEY), SystemClock()
    office = Office(database, clock, Settings())
    office.links = TableLinks(database, clock)
    running = await start(office, listen=("127.0.0.1", port), console=make_console(office))
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    told = {"url": running.url, "code": await office.enrolment_code()}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    await ended.wait()
    await running.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
