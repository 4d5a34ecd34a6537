"""A desk's own programs as processes: the daemon, the team's management system, and the one-shot commands."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.home import Home
from scripts.bootstrap import ROOT
from scripts.stage.processes import Child

START = 30.0
"""Seconds a daemon may take until it serves."""


class Desk:
    """One desk: a home directory, an environment, and the daemon that may run for it."""

    def __init__(self, home: Path, environment: Mapping[str, str], tree: Path = ROOT) -> None:
        """`tree` is the checkout whose programs run."""
        self.home = home
        self.environment = dict(environment)
        self._tree = tree
        self._daemon: Child | None = None

    @property
    def office_address(self) -> str:
        """The address of the management system beside the daemon."""
        return f"unix:{self._paths.office_socket}"

    @property
    def socket(self) -> Path:
        """Where native hosts find the daemon."""
        return self._paths.desk_socket

    @property
    def _paths(self) -> Home:
        return Home(self.home, self.environment)

    @property
    def daemon(self) -> Child:
        """The running daemon."""
        assert self._daemon is not None
        return self._daemon

    def start(self) -> dict[str, Any]:
        """Start the daemon and wait until it serves; what it says then."""
        self.home.mkdir(parents=True, exist_ok=True)
        log = self.home / "daemon-errors.log"
        self._daemon = Child(
            self._words("daemon"), log=log, environment=self.environment, directory=self._tree
        )
        ready: dict[str, Any] = self._daemon.json_line(START)
        return ready

    def stop(self) -> None:
        """Ask the daemon to end, if it runs."""
        if self._daemon is not None:
            self._daemon.stop()
            self._daemon = None

    def kill(self) -> None:
        """End the daemon at once."""
        self.daemon.kill()
        self.stop()

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a one-shot command, such as `doctor`, for this desk; its status may be any."""
        return subprocess.run(
            self._words(*words),
            env=self.environment,
            cwd=self._tree,
            capture_output=True,
            text=True,
            check=False,
        )

    def must(self, *words: str) -> str:
        """Run a one-shot command that must succeed; what it printed."""
        done = self.run(*words)
        if done.returncode:
            raise RuntimeError(f"{words[0]}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def install(self, kind: str, profile: Path) -> None:
        """Register the native host for one Chromium profile, or for this environment's Firefox."""
        where = ["--browser", "firefox"] if kind == "firefox" else ["--browser-profile", str(profile)]
        self.must("install", *where)

    def console(self) -> str:
        """A one-time link into the console."""
        return self.must("console", "--no-show")

    def _words(self, command: str, *words: str) -> list[str]:
        return [sys.executable, "-m", "companion", command, "--home", str(self.home), *words]


@dataclass(frozen=True)
class TeamServer:
    """The management system alone, as a team runs it. `code` enrols one device."""

    url: str
    code: str


@contextmanager
def team_server(database: str, environment: Mapping[str, str], log: Path) -> Iterator[TeamServer]:
    """Run one copy of the team's management system on a PostgreSQL database."""
    words = [sys.executable, "-m", "companion", "serve", "--database", database, "--listen", "127.0.0.1:0"]
    with Child(words, log=log, environment=environment, directory=ROOT) as child:
        ready = child.json_line(START)["ready"]
        yield TeamServer(ready["url"], ready["code"])
