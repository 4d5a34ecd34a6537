"""`scripts/run.py`, as somebody meets it for the first time: with a display, and on a tour without."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from scripts import tour
from scripts.bootstrap import ROOT
from scripts.stage.processes import Child
from scripts.stage.screen import screen
from scripts.stage.waiting import until


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    """A screen of its own."""
    with screen(tmp_path / "xvfb.log") as shown:
        yield shown.display


def test_the_tour_agrees_with_the_portal(tmp_path: Path) -> None:
    assert tour.play(tmp_path / "tour") == 0
    written = {path.name for path in (tmp_path / "tour").iterdir()}
    assert "timeline.json" in written
    assert len(written) > 4


def test_it_shows_everything_and_leaves_nothing_behind(tmp_path: Path, display: str) -> None:
    home = tmp_path / "practice"
    for _ in ("first start", "second start"):
        kept = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DISPLAY": display}
        command = [sys.executable, "scripts/run.py", "--home", str(home)]
        with Child(command, log=tmp_path / "run.log", environment=kept, directory=ROOT) as child:
            until(lambda child=child: "Ctrl-C" in child.line(60), "it says what to do", 60)  # type: ignore[misc]
            assert _of(home), "nothing runs"
            os.kill(child.pid, signal.SIGINT)
            assert child.wait(30) == 130
        until(lambda: not _of(home), "everything it started has ended")


def _of(home: Path) -> list[str]:
    """The processes that were started with this home."""
    lines = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(home) in line]
