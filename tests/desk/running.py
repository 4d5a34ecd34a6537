"""A real daemon of a desk of its own, on a private desktop."""

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


def start(desktop: Desktop, home: Path, *options: str, python: tuple[str, ...] = ()) -> Child:
    """Start `chudan daemon` for a desk; nobody waits yet."""
    command = [sys.executable, *python, "-m", "companion", "daemon", "--home", str(home), *options]
    return Child(command, log=home.with_suffix(".err"), environment=desktop.environment, directory=ROOT)


def ready(process: Child, home: Path) -> RunningDesk:
    """Wait until it serves. Raises DiedEarlyError."""
    told: dict[str, Any] = process.json_line(30)["ready"]
    return RunningDesk(process, home, Path(told["socket"]), told["site"])


@contextmanager
def running_desk(desktop: Desktop, home: Path) -> Iterator[RunningDesk]:
    """Run a daemon for as long as this lasts."""
    with start(desktop, home) as process:
        yield ready(process, home)
