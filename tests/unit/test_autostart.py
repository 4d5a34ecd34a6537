"""Entries that start a desk with the desktop: their content on every system, and what is done to them."""

import ast
import plistlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import autostart
from companion.autostart import RUN_KEY
from companion.home import Home
from companion.link.systems import Name, System
from tests.unit.link.registry import MemoryRegistry

PYTHON = Path("/venv with blanks/bin/python")
SYSTEMS: tuple[Name, ...] = ("linux", "darwin", "win32")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "内勤's desk", {"XDG_RUNTIME_DIR": str(tmp_path / "run")}).create()


ESCAPES = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "s": " "}


def system(name: Name, folder: Path) -> System:
    return System.of(name, folder, {}, MemoryRegistry() if name == "win32" else None)


def words_of(line: str) -> list[str]:
    """An Exec value as a desktop reads it: the string's escapes, the field codes, then a shell's quotes.

    Raises KeyError for an escape and for a code that stand for nothing.
    """
    text = re.sub(r"\\(.)", lambda found: ESCAPES[found[1]], line)
    text = re.sub(r"%(.)", lambda found: {"%": "%"}[found[1]], text, flags=re.DOTALL)
    done = subprocess.run(["/bin/sh", "-c", f"printf '%s\\0' {text}"], capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


ODD = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(st.lists(ODD, min_size=1, max_size=3))
def test_a_desktop_starts_exactly_these_words(words: list[str]) -> None:
    line = autostart.exec_line(words)
    assert "\n" not in line
    assert words_of(line) == words


@pytest.mark.parametrize(
    "word", ["$HOME", "`id`", 'say "x"', "C:\\new\\table", "100%", "%f", "a;b&c|d", "内勤"]
)
def test_odd_paths_stay_one_word(word: str) -> None:
    assert words_of(autostart.exec_line(["python", word])) == ["python", word]


def test_linux_gets_a_desktop_file(home: Home, tmp_path: Path) -> None:
    entry = autostart.entry(home, system("linux", tmp_path), PYTHON)
    assert entry.file == tmp_path / ".config" / "autostart" / f"cn.chudan.companion.{home.tag}.desktop"
    group, *lines = entry.content.splitlines()
    values = dict(line.split("=", 1) for line in lines)
    assert group == "[Desktop Entry]"
    assert {"Type": "Application", "Name[zh_CN]": "出单助手", "Terminal": "false"}.items() <= values.items()
    assert words_of(values["Exec"]) == [str(PYTHON), str(home.path / "autostart.py")]


def test_macos_gets_a_launch_agent(home: Home, tmp_path: Path) -> None:
    entry = autostart.entry(home, system("darwin", tmp_path), PYTHON)
    assert entry.file == tmp_path / "Library" / "LaunchAgents" / f"{entry.name}.plist"
    found = plistlib.loads(entry.content.encode())
    assert found == {
        "Label": entry.name,
        "ProgramArguments": [str(PYTHON), str(home.path / "autostart.py")],
        "RunAtLoad": True,
        "KeepAlive": {"Crashed": True},
        "ProcessType": "Interactive",
    }


def test_windows_gets_a_run_value_without_a_console_window(tmp_path: Path) -> None:
    home = Home(tmp_path / "desk")
    entry = autostart.entry(home, system("win32", tmp_path), Path("/c/Program Files/py/python.exe"))
    assert entry.file is None
    assert entry.content == f'"/c/Program Files/py/pythonw.exe" {home.path / "autostart.py"}'


def test_the_script_starts_this_checkouts_daemon_for_that_desk(home: Home) -> None:
    code = autostart.code_of(home)
    values = [ast.literal_eval(node.value) for node in ast.parse(code).body if isinstance(node, ast.Assign)]
    assert values == [str(autostart.ROOT), ["daemon", "--home", str(home.path)]]
    assert (autostart.ROOT / "companion" / "cli.py").is_file()


@pytest.mark.parametrize("name", SYSTEMS)
def test_on_and_off_leave_nothing_behind(home: Home, tmp_path: Path, name: Name) -> None:
    here = system(name, tmp_path)
    before = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert autostart.status(home, here)[0] == "off"
    assert autostart.switch_off(home, here) is False
    where = autostart.switch_on(home, here)
    assert autostart.status(home, here) == ("on", where)
    assert where.startswith(rf"HKEY_CURRENT_USER\{RUN_KEY}" if name == "win32" else str(tmp_path))
    assert autostart.switch_on(home, here) == where
    assert autostart.switch_off(home, here) is True
    assert autostart.status(home, here)[0] == "off"
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == before
    assert not getattr(here.registry, "values", {})


@pytest.mark.parametrize("name", SYSTEMS)
def test_an_entry_of_a_moved_checkout_is_noticed_and_healed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: Name
) -> None:
    here = system(name, tmp_path)
    autostart.switch_on(home, here, PYTHON)
    assert autostart.status(home, here, PYTHON)[0] == "on"
    assert autostart.status(home, here, Path(sys.executable))[0] == "elsewhere"
    autostart.switch_on(home, here)
    monkeypatch.setattr(autostart, "ROOT", tmp_path / "moved")
    assert autostart.status(home, here)[0] == "elsewhere"
    autostart.switch_on(home, here)
    assert autostart.status(home, here)[0] == "on"


@pytest.mark.parametrize("name", SYSTEMS)
def test_two_desks_have_an_entry_each(home: Home, tmp_path: Path, name: Name) -> None:
    here, other = system(name, tmp_path), Home(tmp_path / "other", home.environment).create()
    assert autostart.switch_on(home, here) != autostart.switch_on(other, here)
    autostart.switch_off(home, here)
    assert autostart.status(other, here)[0] == "on"
