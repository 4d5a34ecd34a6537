"""Every practice portal has the moods of its README.md and no others."""

import re

import pytest

from companion.practice import cpic, haihe, moods, picc, pingan
from companion.practice.portal import Practice
from tests.carriers.conftest import ROOT, Start

CARRIER = "picc"
PORTALS: dict[str, type[Practice]] = {
    "picc": picc.Portal,
    "cpic": cpic.Portal,
    "pingan": pingan.Portal,
    "haihe": haihe.Portal,
}


@pytest.mark.parametrize("carrier", PORTALS)
def test_the_moods_are_those_that_the_manual_tells(carrier: str) -> None:
    manual = (ROOT / "companion" / "practice" / carrier / "README.md").read_text(encoding="utf-8")
    table = manual.partition("| mood |")[2].partition("\n\n")[0]
    told = dict(re.findall(r"^\| `(\w+)(?:\[=(\d+)\])?` \|", table, re.MULTILINE))
    assert told.keys() == PORTALS[carrier].MOODS
    assert {name: float(seconds) for name, seconds in told.items() if seconds} == {
        name: moods.SECONDS[name] for name in told if name in moods.SECONDS
    }


def test_every_mood_that_takes_time_belongs_to_a_portal() -> None:
    assert moods.SECONDS.keys() <= set().union(*(portal.MOODS for portal in PORTALS.values()))


def test_another_portals_mood_is_refused_and_changes_nothing(start: Start) -> None:
    portal = start("--mood", "busy_grid")
    error = portal.mood("maintenance encrypted")["error"]
    assert error.startswith("no such mood: encrypted (there are: alerts, auto_paid, ")
    assert "canvas_qr" not in error
    assert portal.mood("busy_grid=1") == {"error": "busy_grid takes no time"}
    assert portal.mood("late_query") == {"moods": {"late_query": 5}}
