"""The daemon dies in the middle of bursts of events: nothing acknowledged is lost, nothing is doubled."""

from pathlib import Path

import pytest

from scripts.trials.mutants import MUTANTS, mutate
from scripts.trials.storm import BURST, STORM, storm


def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    kills = STORM["small"]
    outcome = storm(tmp_path, kills, seed=20261120)
    assert outcome.acknowledged == kills * BURST
    assert (outcome.lost, outcome.doubled) == (0, 0)


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_broken_promise_is_noticed(tmp_path: Path, name: str) -> None:
    (tmp_path / "run").mkdir()
    outcome = storm(tmp_path / "run", kills=5, seed=20261120, tree=mutate(name, tmp_path))
    assert outcome.lost > 0
