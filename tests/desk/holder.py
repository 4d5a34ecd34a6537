"""Another program that holds one of a desk's databases: `python -m tests.desk.holder HOME FILE`.

Takes the write lock with the desk's own key, says so in one JSON line, and lets go when its input ends.
"""

import asyncio
import json
import sys
from pathlib import Path

from companion.db.engine import Database
from companion.db.keying import kept_key, open_keyring
from companion.home import Home


async def hold(home: Home, file: str) -> None:
    """Hold the write lock until standard input ends."""
    key = await kept_key(home, open_keyring())
    assert key is not None, "this desk has no data yet"
    database = Database.sqlite(home.path / file, key)

    def work(_session: object) -> None:
        sys.stdout.write(json.dumps({"holding": file}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()

    await database.write(work)
    await database.close()


if __name__ == "__main__":
    asyncio.run(hold(Home(Path(sys.argv[1])), sys.argv[2]))
