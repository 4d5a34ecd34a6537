"""What the portals share: their moods, their clock and ledger, and how they complain."""

from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from companion.clock import Clock
from companion.practice import moods
from companion.practice.ledger import Ledger
from companion.practice.moods import Moods

ZONE = ZoneInfo("Asia/Shanghai")


class Complaint(Exception):
    """Why a portal refuses something, in its own words."""


class Practice:
    """A practice portal. Every change and every answer is written into its ledger."""

    MOODS: ClassVar[frozenset[str]] = moods.COMMON
    """The moods it has."""

    def __init__(self, ledger: Ledger, clock: Clock, wanted: Moods) -> None:
        self.ledger = ledger
        self.clock = clock
        self.moods = wanted

    def change(self, words: list[str]) -> Moods:
        """Put other moods in force. Raises ValueError for a mood it does not have."""
        self.moods = moods.parse(words, self.MOODS)
        return self.moods

    def visible_from(self, now: datetime) -> datetime:
        """From when on queries find what is saved now."""
        return now + timedelta(seconds=self.moods.get("late_query", 0.0))
