"""Personal data where none may be: looked for as they stand, and in the disguises programs give them."""

import base64
import contextlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psutil

Wanted = Mapping[str, str]
"""What is looked for: a name for the report, and the personal datum itself."""


@cache
def disguises(text: str) -> dict[str, bytes]:
    """The forms of a text, each as bytes: encodings, escapes, URL encoding, and base64 at each offset."""
    raw = {name: text.encode(name) for name in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")}
    escaped = {"json": text.encode("ascii", "backslashreplace")}
    escaped |= {f"url {name}": quote(raw[name], safe="").encode() for name in ("utf-8", "gb18030")}
    escaped |= {"url lower": quote(raw["utf-8"], safe="").lower().encode()}
    coded = {
        f"base64 {name}+{offset}": _inside(data, offset)
        for name, data in raw.items()
        for offset in range(3)
        if len(data) > 6
    }
    coded |= {f"{name} for URLs": code.translate(_URL_SAFE) for name, code in coded.items()}
    return raw | escaped | coded


def found_in(data: bytes, wanted: Wanted) -> list[str]:
    """What of it stands in these bytes, by name and disguise."""
    return [
        f"{name} ({disguise})"
        for name, text in wanted.items()
        for disguise, form in disguises(text).items()
        if form in data
    ]


def in_files(place: Path, wanted: Wanted) -> list[str]:
    """What of it stands in a file, or in the files of a folder or in their names."""
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return [
        f"{path.relative_to(place.parent)}: {what}"
        for path in files
        for what in found_in(str(path).encode() + b"\n" + _content(path), wanted)
    ]


def in_processes(environment: Mapping[str, str], wanted: Wanted) -> list[str]:
    """What of it stands in arguments or environment of the processes of one desktop."""
    return [
        f"{name}: {what}"
        for name, data in processes(environment["XDG_RUNTIME_DIR"])
        for what in found_in(data, wanted)
    ]


def processes(runtime: str) -> Iterator[tuple[str, bytes]]:
    """The name of each process with this runtime directory, and its arguments and environment."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            variables = process.environ()
            if variables.get("XDG_RUNTIME_DIR") == runtime:
                words = [*process.cmdline(), *(f"{name}={text}" for name, text in variables.items())]
                yield process.name(), "\n".join(words).encode(errors="surrogateescape")


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _inside(data: bytes, offset: int) -> bytes:
    """The base64 of data that begin `offset` bytes after a multiple of three, whatever stands around them."""
    code = base64.b64encode(bytes(offset) + data)
    return code[(0, 2, 3)[offset] : len(code) - (0, 3, 2)[(offset + len(data)) % 3]]


def _content(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):  # a running browser tidies up
        return path.read_bytes()
    return b""
