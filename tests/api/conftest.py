"""A running management system on a real socket and on real loopback TCP, once on each database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from companion.clock import SystemClock
from companion.db.engine import Database
from companion.management.client import OfficeClient
from companion.management.server import Office, Running, start
from companion.settings import Settings
from tests.postgres import KEY


@dataclass
class Served:
    """What tests reach it by."""

    running: Running
    socket: Path

    @property
    def office(self) -> Office:
        return self.running.office

    @property
    def url(self) -> str:
        assert self.running.url
        return self.running.url


async def serve(database: Database, folder: Path) -> Served:
    office = Office(database, SystemClock(), Settings())
    socket = folder / "office"
    return Served(await start(office, socket=socket, listen=("127.0.0.1", 0)), socket)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """On the embedded database."""
    database = Database.sqlite(tmp_path / "management.db", KEY)
    served = await serve(database, tmp_path)
    yield served
    await served.running.close()
    await database.close()


@pytest.fixture
async def served_on_both(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    """Once on each database."""
    served = await serve(database, tmp_path)
    yield served
    await served.running.close()


@pytest.fixture
async def client(served: Served) -> AsyncIterator[OfficeClient]:
    """The desk beside it."""
    async with OfficeClient(f"unix:{served.socket}") as client:
        yield client
