"""A real daemon of a desk of its own, on a private desktop."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.home import Home
from scripts.stage.desktop import Desktop
from scripts.stage.processes import Child

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "companion"]
_RUN = "from companion.cli import main; main()\n"
IMPATIENT = (
    "from companion.db import sqlite; from companion.desk import outbox\n"
    "sqlite.BUSY, outbox.LONGEST_PAUSE = 0.1, 0.2\n"
)
"""A daemon that tries again so soon that a test need not wait for it."""


@dataclass(frozen=True)
class RunningDesk:
    """A daemon that said it is ready."""

    process: Child
    home: Path
    socket: Path
    site: str

    @property
    def log(self) -> str:
        """What it logged so far."""
        return Home(self.home).log.read_text(encoding="utf-8")


def start(
    desktop: Desktop, home: Path, *options: str, python: tuple[str, ...] = (), before: str = ""
) -> Child:
    """Start `chudan daemon` for a desk; nobody waits yet. `before` is Python that is run first."""
    program = ["-c", before + _RUN] if before else ["-m", "companion"]
    command = [sys.executable, *python, *program, "daemon", "--home", str(home), *options]
    return Child(command, log=home.with_suffix(".err"), environment=desktop.environment, directory=ROOT)


def ready(process: Child, home: Path) -> RunningDesk:
    """Wait until it serves. Raises DiedEarlyError."""
    told: dict[str, Any] = process.json_line(30)["ready"]
    return RunningDesk(process, home, Path(told["socket"]), told["site"])


@contextmanager
def running_desk(desktop: Desktop, home: Path, before: str = "") -> Iterator[RunningDesk]:
    """Run a daemon for as long as this lasts."""
    with start(desktop, home, before=before) as process:
        yield ready(process, home)


def unstored(log: str) -> int:
    """How many times, by its log, a management system could not store an event it was offered."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    wanted = ("api_store_trouble", "/api/v1/events")
    return sum((line.get("event"), line.get("route")) == wanted for line in lines)
