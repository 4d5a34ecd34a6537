"""`python -m companion.practice picc`: a carrier portal to learn, show and test with."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from companion.clock import Clock, SystemClock
from companion.practice import cpic, haihe, moods, picc, pingan
from companion.practice.ledger import Ledger
from companion.practice.portal import Practice
from companion.practice.serving import serve, serve_sites

Starter = Callable[[argparse.Namespace, Ledger, Clock, moods.Moods], Awaitable[None]]


async def _picc(arguments: argparse.Namespace, ledger: Ledger, clock: Clock, wanted: moods.Moods) -> None:
    portal = picc.Portal(ledger, clock, wanted, arguments.rows)
    await serve(picc.make_app(portal), picc.HOST, arguments.port, portal.change)


async def _pingan(arguments: argparse.Namespace, ledger: Ledger, clock: Clock, wanted: moods.Moods) -> None:
    portal = pingan.Portal(ledger, clock, wanted)
    pingan.fill(portal, arguments.rows)
    await serve_sites(pingan.make_sites(portal), arguments.port, portal.change, portal.told)


async def _cpic(arguments: argparse.Namespace, ledger: Ledger, clock: Clock, wanted: moods.Moods) -> None:
    portal = cpic.Portal(ledger, clock, wanted, arguments.rows)
    await serve(cpic.make_app(portal), cpic.HOST, arguments.port, portal.change)


async def _haihe(arguments: argparse.Namespace, ledger: Ledger, clock: Clock, wanted: moods.Moods) -> None:
    portal = haihe.Portal(ledger, clock, wanted, arguments.rows)
    await serve(haihe.make_app(portal), haihe.HOST, arguments.port, portal.change)


PORTALS: dict[str, tuple[type[Practice], Starter]] = {
    "picc": (picc.Portal, _picc),
    "cpic": (cpic.Portal, _cpic),
    "pingan": (pingan.Portal, _pingan),
    "haihe": (haihe.Portal, _haihe),
}


def main() -> None:
    """Serve the portal named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m companion.practice", description=__doc__)
    parser.add_argument("portal", choices=sorted(PORTALS))
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--rows", type=int, default=0, help="how many rows its lists begin with")
    parser.add_argument("--ledger", type=Path, help="file to which JSON lines are added")
    parser.add_argument("--mood", action="append", default=[], metavar="NAME[=SECONDS]")
    arguments = parser.parse_args()
    portal, start = PORTALS[arguments.portal]
    try:
        wanted = moods.parse(arguments.mood, portal.MOODS)
    except ValueError as error:
        parser.error(str(error))
    asyncio.run(_run(start, arguments, wanted))


async def _run(start: Starter, arguments: argparse.Namespace, wanted: moods.Moods) -> None:
    clock = SystemClock()
    ledger = Ledger(arguments.ledger, clock)
    try:
        await start(arguments, ledger, clock, wanted)
    finally:
        ledger.close()


if __name__ == "__main__":
    main()
