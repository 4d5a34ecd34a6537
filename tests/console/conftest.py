"""A console over a real database with the data of a small agency."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import pytest
from sqlmodel import Session

from companion.db.engine import Database
from companion.management import people
from companion.management.console import make_console
from companion.management.server import Office
from companion.management.store.tables import Device
from companion.management.store.work_tables import METADATA
from companion.settings import Settings
from companion.web.links import entry_path
from tests.console.data import Agency
from tests.console.visit import Reader
from tests.unit.web.served import HandClock, Served, served

T = TypeVar("T")


@dataclass
class Console:
    """A served console, its office, and a reader of it."""

    office: Office
    clock: HandClock
    site: Served
    reader: Reader
    seed: int = 7
    """Of what the agency's generator adds next: every time something else."""

    async def fill(self, proposals: int = 0) -> None:
        """Put the agency's data into it."""
        await self.agency(lambda agency: agency.fill(proposals))

    async def desk(self, path: str = "/proposals", name: str = "前台二号机") -> str:
        """The reader comes from a desk of its own, through its link; the desk's id."""

        def enrol(session: Session) -> str:
            made = Device(name=name, token_digest=name, created_at=self.clock.now())
            session.add(made)
            session.flush()
            return made.id

        desk = await self.office.write(enrol)
        assert self.office.links is not None
        key = await self.office.links.create(f"/console{path}", desk)
        await self.reader.get(entry_path("", key))
        await self.reader.get(path)
        return desk

    async def agency(self, work: Callable[[Agency], T]) -> T:
        """Let the agency's generator add something; returns what it returns."""

        self.seed += 1

        def add(session: Session) -> T:
            device = people.local_device(session, self.clock.now())
            return work(Agency(session, device, self.clock.now(), self.seed))

        return await self.office.write(add)


@asynccontextmanager
async def console_over(database: Database) -> AsyncIterator[Console]:
    """Serve an empty console over an empty database."""
    await database.alter(METADATA.create_all)
    clock = HandClock()
    office = Office(database, clock, Settings())
    app = make_console(office)
    assert office.links is not None
    async with served({"/console": app}) as site:
        yield Console(office, clock, site, Reader(site, "/console", office.links))


@pytest.fixture
async def console(database: Database) -> AsyncIterator[Console]:
    """An empty console, once on each database."""
    async with console_over(database) as running:
        yield running
