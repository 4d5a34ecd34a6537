"""The launcher beside a manifest: a script of two lines that carries the desk and starts the native host.

A browser fixes the arguments of a host, so what belongs to one desk must stand in a file. What differs
between systems: a shell script, or on Windows a batch file in the code page of its command interpreter.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path

from companion.link.systems import BadPlaceError, Name

FLAGS = ("-I", "-S", "-E")
"""Nothing of the machine's Python set-up is loaded: no site-packages, no variables, no start-up files."""


@dataclass(frozen=True)
class Launcher:
    """What a launcher carries: the desk it belongs to and how the host is started."""

    home: Path
    python: Path
    host: Path
    socket: Path

    def script(self, system: Name = "linux") -> str:
        """The launcher's text. Raises BadPlaceError for a path that a batch file cannot hold."""
        paths = [str(path) for path in (self.home, self.python, self.host, self.socket)]
        if system == "win32":
            return _batch(*paths)
        desk, python, host, socket = paths
        command = ["exec", python, *FLAGS, host, socket]
        return f'#!/bin/sh\ndesk={shlex.quote(desk)}\n{shlex.join(command)} "$@"\n'

    def content(self, system: Name) -> bytes:
        """The launcher's bytes. Raises BadPlaceError also for letters that the code page lacks."""
        try:
            return self.script(system).encode(encoding(system))
        except UnicodeEncodeError as error:
            raise BadPlaceError(
                f"a batch file cannot hold {error.object[error.start : error.end]!r}"
            ) from None

    @classmethod
    def parse(cls, text: str, system: Name = "linux") -> "Launcher":
        """Read a launcher's text back. Raises ValueError when it is not one of ours."""
        words = _batch_words(text) if system == "win32" else shlex.split(text, comments=True)
        if len(words) != 9 or not words[0].startswith("desk=") or tuple(words[3:6]) != FLAGS:
            raise ValueError("no launcher of ours")
        return cls(Path(words[0].removeprefix("desk=")), Path(words[2]), Path(words[6]), Path(words[7]))

    @classmethod
    def read(cls, path: Path, system: Name = "linux") -> "Launcher":
        """Read a launcher back. Raises ValueError when it is not one of ours, OSError when unreadable."""
        try:
            return cls.parse(path.read_text(encoding=encoding(system)), system)
        except ValueError:
            raise ValueError(f"{path} is no launcher of ours") from None


def suffix(system: Name) -> str:
    """How a launcher's name ends."""
    return ".bat" if system == "win32" else ".sh"


def encoding(system: Name) -> str:
    """How a launcher is written. cmd.exe reads batch files in the OEM code page, not in UTF-8."""
    return "oem" if system == "win32" else "utf-8"


def _batch(desk: str, python: str, host: str, socket: str) -> str:
    command = " ".join([_quoted(python), *FLAGS, _quoted(host), _quoted(socket), "%*"])
    return f"@echo off\r\nset {_quoted(f'desk={desk}')}\r\n{command}\r\n"


def _quoted(word: str) -> str:
    """Inside double quotes cmd.exe minds nothing but `%`, and no path on Windows holds a double quote."""
    if set(word) & set('"\r\n'):
        raise BadPlaceError(f"a batch file cannot hold {word!r}")
    return '"' + word.replace("%", "%%") + '"'


def _batch_words(text: str) -> list[str]:
    """The words of our batch file in the order of the shell script's; none for any other file."""
    lines = text.splitlines()
    if len(lines) != 3 or lines[0] != "@echo off" or not lines[1].startswith('set "') or '"' not in lines[2]:
        return []
    pieces = lines[2].split('"')
    if len(pieces) != 7 or pieces[0] or pieces[4] != " " or pieces[6] != " %*":
        return []
    words = [lines[1].removeprefix("set ").strip('"'), "exec", pieces[1], *pieces[2].split()]
    return [word.replace("%%", "%") for word in [*words, pieces[3], pieces[5], '"$@"']]
