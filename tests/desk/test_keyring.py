"""Without a keyring nothing starts and nothing is stored; a locked one says so; a changed one is noticed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from companion.home import Home
from scripts.stage.desktop import Desktop, private_desktop
from tests.desk.running import ROOT, running_desk, start


@contextmanager
def refused(desktop: Desktop, home: Path, status: int) -> Iterator[str]:
    """A daemon that does not start; what it says."""
    with start(desktop, home) as process:
        assert process.wait(60) == status
        yield process.tail()


def stored(home: Path) -> set[str]:
    return {path.name for path in home.rglob("*") if path.is_file() and path.stat().st_size}


@pytest.mark.faults
def test_no_keyring(tmp_path: Path) -> None:
    with (
        private_desktop(tmp_path, keyring=False) as desktop,
        refused(desktop, tmp_path / "desk", 4) as said,
    ):
        assert "没有可用的系统密钥环" in said
        assert "Traceback" not in said
    assert stored(tmp_path / "desk") <= {"desk.lock", "desk.log"}


@pytest.mark.faults
def test_a_locked_keyring(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    with private_desktop(tmp_path) as desktop, running_desk(desktop, home):
        pass
    with private_desktop(tmp_path, password=None) as desktop, refused(desktop, home, 5) as said:
        assert "系统密钥环已锁定" in said


@pytest.mark.faults
def test_a_changed_keyring_and_the_way_back(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    with private_desktop(tmp_path) as desktop, running_desk(desktop, home):
        assert stored(home) >= {"desk.db", "management.db", "key.json"}
    for name in ("desk.db", "management.db"):
        assert not (home / name).read_bytes().startswith(b"SQLite format 3")
    with private_desktop(tmp_path / "other") as desktop:
        with refused(desktop, home, 6) as said:
            assert "chudan recover" in said
        command = [sys.executable, "-m", "companion", "recover", "--home", str(home)]
        tried = subprocess.run(
            command, input="AAAA-BBBB\n", env=desktop.environment, cwd=ROOT, capture_output=True, text=True
        )
        assert tried.returncode == 6
    assert Home(home).desk_db.exists()
