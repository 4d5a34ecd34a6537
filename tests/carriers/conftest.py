"""A practice portal as a clerk's browser finds it: its own process, its own port."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass
class Practice:
    """A running practice portal and its ledger."""

    origin: str
    ledger: Path
    process: subprocess.Popen[str]

    def entries(self, what: str | None = None) -> list[dict[str, Any]]:
        """What the portal wrote down, all or of one kind."""
        lines = self.ledger.read_text(encoding="utf-8").splitlines()
        return [entry for line in lines if what in (None, (entry := json.loads(line))["what"])]

    def mood(self, words: str) -> dict[str, Any]:
        """Put other moods in force; returns what the portal says to that."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said

    def end(self) -> int:
        """Close its input and wait; returns the exit status."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(10)


Start = Callable[..., Practice]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a portal with command-line words."""
    running: list[Practice] = []

    def begin(*words: str) -> Practice:
        ledger = tmp_path / f"ledger-{len(running)}.jsonl"
        command = [sys.executable, "-m", "companion.practice", "picc", "--ledger", str(ledger), *words]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert process.stdout
        portal = Practice(json.loads(process.stdout.readline())["origin"], ledger, process)
        running.append(portal)
        return portal

    yield begin
    for portal in running:
        portal.end()


@pytest.fixture
def portal(start: Start) -> Practice:
    """A portal in no particular mood."""
    return start()
