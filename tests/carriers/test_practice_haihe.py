"""The practice portal of another style: what its quotes are numbered by."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from companion.practice import haihe
from companion.practice.ledger import Ledger

FORM = dict.fromkeys(("plate", "vin", "engine", "model", "insured", "identity", "phone", "start"), "x")


@dataclass
class Clock:
    """A clock that stands."""

    instant: datetime

    def now(self) -> datetime:
        """The instant."""
        return self.instant


def test_what_is_saved_after_a_restart_gets_other_numbers(tmp_path: Path) -> None:
    begun, numbers = datetime(2026, 3, 2, 1, 12, tzinfo=UTC), []
    for restart in range(3):
        clock = Clock(begun + timedelta(seconds=5 * restart))
        ledger = Ledger(tmp_path / f"{restart}.jsonl", clock)
        portal = haihe.Portal(ledger, clock, {}, rows=12)
        numbers += [portal.save("clerk01", FORM).number for _ in range(3)]
        assert len(portal.quotes) == 15
        ledger.close()
    assert len(set(numbers)) == 9
