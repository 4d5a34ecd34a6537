"""Stores under real misfortune: full and read-only disks, a lock that another holds, kill -9, lost syncs."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from companion.db import sqlite
from companion.db.engine import Database
from companion.db.errors import StoreUnavailable
from scripts.stage.processes import Child
from tests.postgres import KEY
from tests.store.tables import Purse, adding, purses

ROOT = Path(__file__).parents[2]
IN_A_DISK_OF_ITS_OWN = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"]
"""A file system that only the process itself sees and that vanishes with it."""


@contextmanager
def process(tmp_path: Path, *command: str | Path) -> Iterator[Child]:
    with Child(command, log=tmp_path.parent / f"{tmp_path.name}.log", directory=ROOT) as child:
        yield child


def worker(role: str, path: Path) -> list[str]:
    return [sys.executable, "-m", "tests.store.worker", role, str(path)]


def alone(script: str, role: str, disk: Path) -> list[str]:
    """The worker's command on a small disk mounted at `disk`; the script says what happens first."""
    return [*IN_A_DISK_OF_ITS_OWN, script, "sh", str(disk), *worker(role, disk / "desk.db")]


def test_a_full_disk_keeps_what_was_acknowledged_and_work_resumes(tmp_path: Path) -> None:
    script = 'mount -t tmpfs -o size=1m none "$1"; head -c 300000 /dev/zero > "$1/ballast"; shift; "$@"'
    with process(tmp_path, *alone(script, "fill", tmp_path)) as child:
        full = child.json_line()
        assert full["trouble"] == "DiskFull full"
        assert full["kept"] > 0
        rows = child.json_line()["rows"]
        assert rows == sorted([*map(str, range(full["kept"])), "after"])


def test_a_read_only_disk_is_said_to_be_one(tmp_path: Path) -> None:
    script = (
        'mount -t tmpfs none "$1"; disk=$1; shift; "$@"; test -s "$disk/desk.db"; '
        'mount -o remount,ro "$disk"; "$@"'
    )
    with process(tmp_path, *alone(script, "use", tmp_path)) as child:
        assert child.json_line() == {"rows": ["used"]}
        assert child.json_line() == {"trouble": "StoreUnavailable read_only"}


async def test_a_file_that_another_process_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY", 0.1)
    path = tmp_path / "desk.db"
    with process(tmp_path, *worker("hold", path)) as child:
        assert child.json_line() == {"holding": True}
        database = Database.sqlite(path, KEY)
        with pytest.raises(StoreUnavailable) as caught:
            await database.write(adding(Purse(id="a")))
        assert caught.value.reason == "locked"
        assert await purses(database) == []  # readers do not mind
        child.finish_input()
        assert child.wait() == 0
        await database.write(adding(Purse(id="a")))
        assert await purses(database) == ["a"]
        await database.close()


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    for _ in range(3):
        path.unlink(missing_ok=True)
        with process(tmp_path, *worker("stream", path)) as child:
            acknowledged = {child.json_line()["ack"] for _ in range(100)}
            child.kill()
        database = Database.sqlite(path, KEY)
        stored = set(await purses(database))
        await database.close()
        assert acknowledged <= stored
        for wal in path.parent.glob("desk.db-*"):
            wal.unlink()


def test_every_batch_is_synced_once_before_it_is_acknowledged(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    strace = ["strace", "-f", "-o", str(trace), "-e", "trace=fdatasync,fsync,write", "-s", "40"]
    with process(tmp_path, *strace, *worker("burst", tmp_path / "desk.db")) as child:
        said: list[Any] = [child.json_line() for _ in range(6)]
        child.wait()
    assert said == [{"ready": True}, *({"ack": batch} for batch in range(5))]
    assert syncs_between(trace.read_text()) == [1, 1, 1, 1, 1]


def syncs_between(trace: str) -> list[int]:
    """How many syncs were finished between the line `ready` and each acknowledgement after it."""
    counts: list[int] = []
    syncs = 0
    for line in trace.splitlines():
        if re.search(r"f(data)?sync(\(| resumed).*= 0$", line):
            syncs += 1
        elif said := re.search(r'write\(1, "({.*})', line):
            line_said = json.loads(said[1].replace('\\"', '"'))
            if "ack" in line_said:
                counts.append(syncs)
            syncs = 0
    return counts
