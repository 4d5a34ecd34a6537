"""What the portals share: their moods, their clock and ledger, and how they complain."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from companion.clock import Clock
from companion.practice import moods
from companion.practice.ledger import Ledger
from companion.practice.moods import Moods
from companion.practice.sessions import IDLE

ZONE = ZoneInfo("Asia/Shanghai")
FORWARD = "forward="


class Complaint(Exception):
    """Why a portal refuses something, in its own words."""


@dataclass
class AheadClock:
    """A clock that can be put forward, for those who do not want to wait."""

    clock: Clock
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """The instant that counts in the portal."""
        return self.clock.now() + self.ahead


class Practice:
    """A practice portal. Every change and every answer is written into its ledger."""

    MOODS: ClassVar[frozenset[str]] = moods.COMMON
    """The moods it has."""

    def __init__(self, ledger: Ledger, clock: Clock, wanted: Moods) -> None:
        self.ledger = ledger
        self.clock = AheadClock(clock)
        self.moods = wanted
        self._coming: dict[asyncio.TimerHandle, tuple[datetime, Callable[[], Any]]] = {}

    @property
    def idle(self) -> timedelta:
        """How long a session lives without a request."""
        return timedelta(seconds=self.moods["short_session"]) if "short_session" in self.moods else IDLE

    def change(self, words: list[str]) -> Moods:
        """Put other moods in force; `forward=SECONDS` alone lets so much time pass at once.

        Raises ValueError for a mood it does not have.
        """
        if words and words[0].startswith(FORWARD):
            self._forward(timedelta(seconds=float(words[0].removeprefix(FORWARD))))
        else:
            self.moods = moods.parse(words, self.MOODS)
        return self.moods

    def visible_from(self, now: datetime) -> datetime:
        """From when on queries find what is saved now."""
        return now + timedelta(seconds=self.moods.get("late_query", 0.0))

    def later(self, seconds: float | None, act: Callable[[], Any]) -> None:
        """Do something after so many seconds, or at once."""
        if seconds is None:
            act()
            return

        def due() -> None:
            self._coming.pop(timer)
            act()

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._coming[timer] = (self.clock.now() + timedelta(seconds=seconds), act)

    def _forward(self, time: timedelta) -> None:
        self.clock.ahead += time
        now = self.clock.now()
        for timer, (due, act) in sorted(self._coming.items(), key=lambda one: one[1][0]):
            if due <= now:
                timer.cancel()
                del self._coming[timer]
                act()
