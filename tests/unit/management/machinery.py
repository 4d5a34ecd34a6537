"""What state machines over a management system share: its loop, its database, and the playing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlmodel import Session

from companion.db.engine import Database
from companion.management.store.work_tables import METADATA
from tests.unit.management.office import TestOffice

T = TypeVar("T")


class OfficeMachine(RuleBasedStateMachine):
    """A machine that begins with an empty database each time."""

    loop: asyncio.AbstractEventLoop
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.run_(self.database.write(_empty))

    def run_(self, work: Awaitable[T]) -> T:
        """Wait for a piece of work: hypothesis itself knows no loop."""
        return self.loop.run_until_complete(_awaited(work))


def play(rules: type[OfficeMachine], opened: Callable[[], Database], examples: int, steps: int) -> None:
    """Play so many examples of at most so many steps on one database."""
    loop = asyncio.new_event_loop()
    database = opened()
    loop.run_until_complete(TestOffice(database).prepare())
    machine = type("Machine", (rules,), {"loop": loop, "database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    loop.run_until_complete(database.close())
    loop.close()


async def _awaited(work: Awaitable[T]) -> T:
    return await work


def _empty(session: Session) -> None:
    for table in reversed(METADATA.sorted_tables):
        session.execute(table.delete())
