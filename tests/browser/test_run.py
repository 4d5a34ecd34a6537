"""`scripts/run.py`, as somebody meets it for the first time: with a display, and on a tour without."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from scripts.bootstrap import ROOT
from scripts.stage.processes import Child
from scripts.stage.programs import chromium
from scripts.stage.screen import screen
from scripts.stage.waiting import until

SECOND_START = 10.0
"""Seconds from the start of the process to a browser that can be used, on a machine that is free."""
STEPS = [
    *("log in", "fill", "save", "hint", "confirmed by query", "question shown"),
    *("answered", "downloaded", "stored", "toast"),
]
PACKAGE = ROOT / "build" / "practice" / "chromium"
CHROME = """#!/bin/sh
echo "$*" >> {asked}
case "$*" in *chrome://extensions*) exec {chromium} --load-extension={package} "$@" ;; esac
exec {chromium} "$@"
"""


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    """A screen of its own."""
    with screen(tmp_path / "xvfb.log") as shown:
        yield shown.display


def test_without_a_display_it_plays_the_tour(tmp_path: Path) -> None:
    out = tmp_path / "tour"
    command = [sys.executable, "scripts/run.py", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, env=_environment(tmp_path), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((out / "timeline.json").read_text())
    steps = [step["step"] for step in told["steps"]]
    assert steps[1:] == STEPS
    printed = [line for line in done.stdout.splitlines() if line[:3].strip().isdigit()]
    assert [any(step in line and " s " in line for line in printed) for step in steps] == [True] * len(steps)
    assert {path.name[3:-4].replace("-", " ") for path in out.glob("*.png")} >= {"log in", "question shown"}


def test_it_shows_everything_and_leaves_nothing_behind(tmp_path: Path, display: str) -> None:
    took = []
    for _ in ("first start", "second start"):
        with _show(tmp_path, _environment(tmp_path, DISPLAY=display)) as child:
            _says(child, "Ctrl-C")
            took.append(_spent(child))
            assert _of(tmp_path), "nothing runs"
            _interrupt(child)
        until(lambda: not _of(tmp_path), "everything it started has ended")
    clock, computed = took[1]
    assert min(clock, computed) <= SECOND_START, took
    assert clock <= 3 * SECOND_START, "even on a machine that others keep busy"


def test_a_browser_that_refuses_the_flag_is_loaded_by_hand(tmp_path: Path, display: str) -> None:
    """Chrome is played by Chromium, whose clerk does the three clicks as soon as they are asked for."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("dbus-daemon", "dbus-send", "gnome-keyring-daemon", "dpkg-query", "dash", "apt-get"):
        (programs / name).symlink_to(shutil.which(name) or name)
    chrome = programs / "google-chrome"
    chrome.write_text(CHROME.format(asked=tmp_path / "asked", chromium=chromium(), package=PACKAGE))
    chrome.chmod(0o755)
    environment = _environment(tmp_path, DISPLAY=display, PATH=str(programs))
    with _show(tmp_path, environment) as child:
        said = _says(child, "Ctrl-C")
        asked = until(lambda: _lines(tmp_path / "asked", 2), "the browser is asked for portal and console")
        _interrupt(child)
    clicks = said[: said.index(next(line for line in said if "are open in the browser" in line))]
    assert [line.strip()[:2] for line in clicks if line.startswith("  ")] == ["1.", "2.", "3."]
    assert str(PACKAGE) in clicks[-2]
    assert "chrome://extensions" in asked[0]
    assert "/console/enter" in asked[1]
    assert not [line for line in asked if "--load-extension" in line]


def _lines(file: Path, least: int) -> list[str] | None:
    """The lines of a file once there are so many."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return lines if len(lines) >= least else None


def _environment(home: Path, **more: str) -> dict[str, str]:
    """What a user has; no display unless it is among `more`."""
    return {"PATH": os.environ["PATH"], "HOME": str(home)} | more


def _show(folder: Path, environment: dict[str, str]) -> Child:
    command = [sys.executable, "scripts/run.py", "--home", str(folder / "practice")]
    return Child(command, log=folder / "run.log", environment=environment, directory=ROOT)


def _says(child: Child, word: str) -> list[str]:
    """The lines it says up to one with this word."""
    said = [child.line(60)]
    while word not in said[-1]:
        said.append(child.line(60))
    return said


def _spent(child: Child) -> tuple[float, float]:
    """Seconds since a process started: by the clock, and of processors for it and all it started.

    On a machine that others keep busy the clock tells about them; what was computed would fit all the same.
    """
    began = psutil.Process(child.pid)
    clock = time.time() - began.create_time()
    computed = 0.0
    for process in [began, *began.children(recursive=True)]:
        with contextlib.suppress(
            psutil.NoSuchProcess
        ):  # its parent counts what it computed once it has ended
            computed += sum(process.cpu_times()[:4])
    return clock, computed


def _interrupt(child: Child) -> None:
    os.kill(child.pid, signal.SIGINT)
    assert child.wait(30) == 130


def _of(folder: Path) -> list[str]:
    """The processes that were started with a home in this folder."""
    lines = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(folder / "practice") in line]
