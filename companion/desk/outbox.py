"""The outbox: carries what waits in the inbox to the management system, in order, for as long as it takes."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from companion.db.errors import StoreError
from companion.desk.condition import OfficeDetail, why_away
from companion.desk.inbox import Inbox, Waiting
from companion.management.client import OfficeAway, OfficeRefused
from companion.management.wire import EventIn, EventTaken, Health
from companion.protocol import ErrorCode

BATCH: Final = 200
PATIENCE: Final = 8
"""Defects over one event, with the management system well, after which it is set aside as poison."""
TURNED_AWAY: Final = (401, 403)
"""Answers that are about this desk: no event is at fault."""
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 30.0
"""Seconds between rounds that failed: doubling from the first to the longest, half of it by chance."""

log = structlog.get_logger()


class Office(Protocol):
    """What the outbox needs of the management system's client."""

    async def post_event(self, event: EventIn) -> EventTaken:
        """Hand over one event. Raises OfficeAway or OfficeRefused."""
        ...

    async def health(self) -> Health:
        """Raises OfficeAway when nobody is there, or its store is not."""
        ...


@dataclass
class _Round:
    """How the deliveries of one round went."""

    taken: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    """Lanes in which an earlier event did not go through: the later ones wait behind it."""
    office: OfficeDetail = "office_ok"
    """Otherwise the round is over: what is wrong is no event's fault, and everything stays."""


class Outbox:
    """Delivers until nothing waits. An event that cannot be delivered holds up only its own lane.

    `delivery` is told after every round how the management system is, `poisoned` of each event set aside.
    """

    def __init__(
        self,
        inbox: Inbox,
        office: Office,
        poisoned: Callable[[Waiting, int], None],
        delivery: Callable[[OfficeDetail], None],
    ) -> None:
        self._inbox = inbox
        self._office = office
        self._poisoned = poisoned
        self._delivery = delivery
        self._wake = asyncio.Event()
        self._failures = 0
        self._not_before: dict[str, float] = {}
        """When (time of the loop) an event over which the management system stumbled is tried again."""

    def wake(self) -> None:
        """Something new waits: go now."""
        self._wake.set()

    def office_is_back(self) -> None:
        """Go now, and be quick about it."""
        self._failures = 0
        self._wake.set()

    async def run(self) -> None:
        """Deliver for ever."""
        while True:
            self._wake.clear()
            if await self._round_is_over():
                self._failures = 0
                await self._wake.wait()
            else:
                self._failures += 1
                await self._pause()

    async def _round_is_over(self) -> bool:
        """Make one round; True when nothing is left that could be tried again by itself."""
        try:
            rows = await self._inbox.waiting(BATCH)
            done = await self._deliver(rows)
            if rows:
                await self._inbox.settle(done.taken, done.failed, done.refused)
        except StoreError as error:
            # What was delivered is delivered again: the management system knows it by its id.
            log.warning("outbox_store", error=type(error).__name__)
            return False
        self._delivery(done.office)
        for row in rows:
            if (code := done.refused.get(row.id)) is not None:
                log.error("event_refused", id=row.id, code=code)
                self._poisoned(row, code)
        if len(rows) == BATCH and done.taken:
            self._wake.set()
        return done.office == "office_ok" and not done.blocked

    async def _deliver(self, rows: list[Waiting]) -> _Round:
        done = _Round()
        for row in rows:
            if done.office != "office_ok":
                break
            if row.lanes & done.blocked or self._is_early(row):
                done.blocked |= row.lanes
            elif row.event is None:
                done.refused[row.id] = ErrorCode.BAD_FIELD
            else:
                await self._deliver_one(row, row.event, done)
        return done

    async def _deliver_one(self, row: Waiting, event: EventIn, done: _Round) -> None:
        try:
            await self._office.post_event(event)
        except OfficeRefused as refusal:
            if refusal.status in TURNED_AWAY:
                log.warning("office_refuses", status=refusal.status)
                done.office = "office_refused"
            else:
                done.refused[row.id] = refusal.code
        except OfficeAway as away:
            done.office = why_away(away) if away.why != "defect" else await self._health()
            if done.office == "office_ok":
                self._stumbled(row, done)
        else:
            self._not_before.pop(row.id, None)
            done.taken.append(row.id)

    def _is_early(self, row: Waiting) -> bool:
        # A new event ends the pause between rounds, but it is no reason to try this one.
        return asyncio.get_running_loop().time() < self._not_before.get(row.id, 0.0)

    async def _health(self) -> OfficeDetail:
        """Tell apart a management system in which everything fails and one that stumbles over an event."""
        try:
            await self._office.health()
        except OfficeAway as away:
            return why_away(away)
        except OfficeRefused as refusal:
            log.warning("office_refuses", status=refusal.status)
            return "office_refused"
        return "office_ok"

    def _stumbled(self, row: Waiting, done: _Round) -> None:
        done.blocked |= row.lanes
        if row.attempts + 1 >= PATIENCE:
            self._not_before.pop(row.id, None)
            done.refused[row.id] = ErrorCode.DEFECT
        else:
            self._not_before[row.id] = asyncio.get_running_loop().time() + _longest(row.attempts + 1) / 2
            done.failed.append(row.id)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_longest(self._failures) * random.uniform(0.5, 1.0)):
                await self._wake.wait()
        except TimeoutError:
            return


def _longest(failures: int) -> float:
    """Seconds of the pause after so many failures; its first half is always waited."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures, 12))
