"""Without a keyring nothing starts and nothing is stored; a locked one says so; a changed one is noticed."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.stage.desktop import Desktop, private_desktop
from tests.desk.browser import Browser
from tests.desk.pages import link, page
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


def recover(desktop: Desktop, home: Path, typed: str) -> int:
    """`chudan recover` with what somebody typed; its status."""
    command = [sys.executable, "-m", "companion", "recover", "--home", str(home)]
    return subprocess.run(
        command, input=f"{typed}\n", env=desktop.environment, cwd=ROOT, capture_output=True, text=True
    ).returncode


@pytest.mark.faults
def test_a_changed_keyring_and_the_way_back(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    with private_desktop(tmp_path) as desktop, running_desk(desktop, home) as desk:
        assert stored(home) >= {"desk.db", "management.db", "key.json"}
        with Browser(desk.socket) as browser:
            shown = asyncio.run(page(link(browser.hello(), "first_run"), f"{desk.site}/desk/first_run"))
        key = re.search(r"([A-Z2-7]{4}-){13}[A-Z2-7]{4}", shown)
        assert key
    for name in ("desk.db", "management.db"):
        assert not (home / name).read_bytes().startswith(b"SQLite format 3")
    with private_desktop(tmp_path / "other") as desktop:
        with refused(desktop, home, 6) as said:
            assert "chudan recover" in said
        assert recover(desktop, home, "AAAA-BBBB") == 6
        assert recover(desktop, home, key[0].lower()) == 0
        with running_desk(desktop, home):
            pass
