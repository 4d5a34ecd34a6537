"""Host, daemon and browser die at random points of the main job: every quote becomes one proposal."""

from pathlib import Path

import pytest

from scripts.stage.package import build
from scripts.trials.path import KILLS, Victim, path


@pytest.mark.browser
@pytest.mark.parametrize(("victim", "kills"), KILLS["small"].items())
def test_every_quote_becomes_one_proposal(tmp_path: Path, victim: Victim, kills: int) -> None:
    (tmp_path / "stage").mkdir()
    outcome = path(tmp_path / "stage", build(tmp_path / "packages"), victim, kills, seed=20261120)
    assert outcome.troubles == []
    assert outcome.good, outcome
