"""`python -m companion.practice picc`: a carrier portal to learn, show and test with."""

import argparse
import asyncio
from pathlib import Path

from companion.clock import SystemClock
from companion.practice import moods, picc
from companion.practice.ledger import Ledger
from companion.practice.serving import serve


def main() -> None:
    """Serve the portal named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m companion.practice", description=__doc__)
    parser.add_argument("portal", choices=["picc"])
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--ledger", type=Path, help="file to which JSON lines are added")
    parser.add_argument("--mood", action="append", default=[], metavar="NAME[=SECONDS]")
    arguments = parser.parse_args()
    try:
        wanted = moods.parse(arguments.mood)
    except ValueError as error:
        parser.error(str(error))
    asyncio.run(_run(arguments.port, arguments.ledger, wanted))


async def _run(port: int, path: Path | None, wanted: moods.Moods) -> None:
    clock = SystemClock()
    ledger = Ledger(path, clock)
    portal = picc.Portal(ledger, clock, wanted)
    try:
        await serve(picc.make_app(portal), picc.HOST, port, portal.change)
    finally:
        ledger.close()


if __name__ == "__main__":
    main()
