"""The one source of time: every rule takes `now` as data, every loop takes a Clock."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Something that knows the present instant."""

    def now(self) -> datetime:
        """Return the present instant, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The machine's own wall clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def to_ms(instant: datetime) -> int:
    """Milliseconds since the Unix epoch, the unit of time in every message."""
    return round(instant.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """The UTC instant of a message's time stamp."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
