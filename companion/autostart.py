"""The companion starts with the clerk's desktop: `chudan autostart on|off|status`.

It needs the session's bus and the keyring that the log-in unlocks, so the desktop starts it and not the
system: by an XDG desktop file, a LaunchAgent, or a value of the user's Run key. One entry per desk, made
only when asked for. It runs a script of five lines in the desk's directory: not every system lets an entry
choose the directory to start in, and a Run value must be shorter than 260 letters. A second start is refused
by the desk's lock and harms nothing.
"""

import plistlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from companion.home import Home
from companion.link.systems import System

State = Literal["on", "off", "elsewhere"]
"""`elsewhere`: an entry is there, but it does not start this checkout, as after a move."""
NAME: Final = "cn.chudan.companion"
RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
ROOT: Final = Path(__file__).parents[1]
_TITLE: Final = ("Name=Chudan", "Name[zh_CN]=出单助手")
_QUOTED: Final = '"`$\\'


@dataclass(frozen=True)
class Entry:
    """What makes one system start one desk: a file and its content, or on Windows a value of RUN_KEY.

    Either runs `script`, which holds `code`.
    """

    name: str
    content: str
    script: Path
    code: str
    file: Path | None = None


def code_of(home: Home) -> str:
    """The script: this checkout's daemon for that desk, whatever the current directory is."""
    arguments = ["daemon", "--home", str(home.path.resolve())]
    return (
        "# Starts Chudan with the desktop. Written by `chudan autostart on`.\n"
        f"import sys\n\nsys.path[0] = {str(ROOT)!r}\nsys.argv[1:] = {arguments!r}\n"
        "from companion.cli import main\n\nmain()\n"
    )


def entry(home: Home, system: System, python: Path) -> Entry:
    """The entry of a desk on a system, started by `python`. Nothing is looked at or written."""
    name = f"{NAME}.{home.tag}"
    script = home.path.resolve() / "autostart.py"
    code = code_of(home)
    words = [str(python), str(script)]
    if system.name == "win32":
        # pythonw shows no console window.
        windowless = [str(python.with_name("pythonw.exe")), str(script)]
        return Entry(name, subprocess.list2cmdline(windowless), script, code)
    if system.name == "darwin":
        file = system.folders["home"] / "Library" / "LaunchAgents" / f"{name}.plist"
        return Entry(name, launch_agent(name, words), script, code, file)
    file = system.folders["config"] / "autostart" / f"{name}.desktop"
    return Entry(name, desktop_file(words), script, code, file)


def desktop_file(words: list[str]) -> str:
    """An XDG desktop file that runs these words."""
    lines = ["[Desktop Entry]", "Type=Application", "Version=1.0", *_TITLE, f"Exec={exec_line(words)}"]
    return "\n".join([*lines, "Terminal=false", "NoDisplay=true"]) + "\n"


def exec_line(words: list[str]) -> str:
    """Words as an Exec value: each in double quotes, `%` doubled, and all once more escaped as a string."""
    line = " ".join('"' + "".join(_escaped(letter) for letter in word) + '"' for word in words)
    return line.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def _escaped(letter: str) -> str:
    if letter == "%":
        return "%%"
    return f"\\{letter}" if letter in _QUOTED else letter


def launch_agent(label: str, words: list[str]) -> str:
    """A property list for launchd: at log-in, and again after a crash, but not after a clean end."""
    return plistlib.dumps(
        {
            "Label": label,
            "ProgramArguments": words,
            "RunAtLoad": True,
            "KeepAlive": {"Crashed": True},
            "ProcessType": "Interactive",
        },
        sort_keys=False,
    ).decode()


def switch_on(home: Home, system: System | None = None, python: Path | None = None) -> str:
    """Make the entry, or make it anew; return where it is. It works from the next log-in. Raises OSError."""
    system = system or System.here()
    wanted = entry(home, system, python or Path(sys.executable))
    _write(wanted.script, wanted.code)
    if wanted.file is None:
        system.keys.put(RUN_KEY, wanted.content, wanted.name)
    else:
        _write(wanted.file, wanted.content)
    return place_of(wanted)


def switch_off(home: Home, system: System | None = None) -> bool:
    """Take the entry away; False when there was none. A companion that runs goes on. Raises OSError."""
    system = system or System.here()
    wanted = entry(home, system, Path(sys.executable))
    was_there = _found(wanted, system) is not None
    if wanted.file is None:
        system.keys.drop(RUN_KEY, wanted.name)
    else:
        wanted.file.unlink(missing_ok=True)
    wanted.script.unlink(missing_ok=True)
    return was_there


def status(home: Home, system: System | None = None, python: Path | None = None) -> tuple[State, str]:
    """Whether the desk starts with the desktop, and where the entry is or would be. Raises OSError."""
    system = system or System.here()
    wanted = entry(home, system, python or Path(sys.executable))
    found = _found(wanted, system)
    if found is None:
        return "off", place_of(wanted)
    right = found == wanted.content and _text(wanted.script) == wanted.code
    return ("on" if right else "elsewhere"), place_of(wanted)


def place_of(wanted: Entry) -> str:
    """Where a person finds an entry."""
    return str(wanted.file) if wanted.file else rf"HKEY_CURRENT_USER\{RUN_KEY}\{wanted.name}"


def _found(wanted: Entry, system: System) -> str | None:
    if wanted.file is None:
        return system.keys.get(RUN_KEY, wanted.name)
    return _text(wanted.file)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _write(path: Path, text: str) -> None:
    """Write so that the desktop sees the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
