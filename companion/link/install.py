"""Tell browsers where the native host of one desk is: `chudan install` and `chudan uninstall`.

A browser fixes the arguments of a host, so beside each manifest lies a small launcher that carries the
desk's directory and socket.
"""

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.home import Home
from companion.link import browsers
from companion.link.browsers import Family, Place
from companion.protocol import HOST_NAME

TEMPLATE = Path(__file__).parents[2] / "native_host_manifest.json"
HOST = Path(__file__).with_name("host.py")
_IDS: dict[Family, str] = {"chromium": "allowed_origins", "firefox": "allowed_extensions"}


@dataclass(frozen=True)
class Launcher:
    """What a launcher carries: the desk it belongs to and how the host is started."""

    home: Path
    python: Path
    host: Path
    socket: Path

    def script(self) -> str:
        """The launcher as a shell script. `-I -S -E`: nothing of the machine's Python set-up is loaded."""
        command = ["exec", str(self.python), "-I", "-S", "-E", str(self.host), str(self.socket)]
        return f'#!/bin/sh\ndesk={shlex.quote(str(self.home))}\n{shlex.join(command)} "$@"\n'

    @classmethod
    def read(cls, path: Path) -> "Launcher":
        """Read a launcher back. Raises ValueError when it is not one of ours, OSError when unreadable."""
        words = shlex.split(path.read_text(encoding="utf-8"), comments=True)
        if len(words) != 9 or not words[0].startswith("desk=") or words[1] != "exec":
            raise ValueError(f"{path} is no launcher of ours")
        return cls(Path(words[0].removeprefix("desk=")), Path(words[2]), Path(words[6]), Path(words[7]))


def manifest_of(place: Place) -> Path:
    """The manifest's own file in a browser's folder."""
    return place.folder / f"{HOST_NAME}.json"


def launcher_of(place: Place) -> Path:
    """The launcher beside the manifest."""
    return place.folder / f"{HOST_NAME}.sh"


def callers() -> frozenset[str]:
    """Everyone a browser may let in, as the native host names them to the daemon."""
    template = _template()
    return frozenset(template["allowed_origins"]) | frozenset(template["allowed_extensions"])


def manifest(family: Family, launcher: Path) -> dict[str, Any]:
    """The manifest as one family of browsers wants it: each refuses the other's list of ids."""
    unwanted = {key for name, key in _IDS.items() if name != family}
    chosen = {key: value for key, value in _template().items() if key not in unwanted}
    return chosen | {"path": str(launcher)}


def install(home: Home, profiles: Sequence[Path] = (), names: Sequence[str] = ()) -> list[Path]:
    """Write manifest and launcher for this desk; return the manifests written.

    `profiles` are Chromium user-data directories, `names` rows of `browsers.BROWSERS`; neither means every
    row. What another desk wrote at the same place is replaced: one browser profile serves one desk.
    """
    written = []
    carries = Launcher(home.path.resolve(), Path(sys.executable), HOST, home.desk_socket)
    for place in browsers.places(list(profiles), list(names)):
        place.folder.mkdir(parents=True, exist_ok=True)
        launcher = launcher_of(place)
        _replace(launcher, carries.script(), 0o700)
        text = json.dumps(manifest(place.family, launcher), ensure_ascii=False, indent=2)
        _replace(manifest_of(place), text + "\n", 0o600)
        written.append(manifest_of(place))
    return written


def uninstall(home: Home, profiles: Sequence[Path] = (), names: Sequence[str] = ()) -> list[Path]:
    """Take away what `install` wrote for this desk; another desk's stays. Return what was removed."""
    removed = []
    for place in browsers.places(list(profiles), list(names)):
        if _desk_of(launcher_of(place)) == home.path.resolve():
            for path in (manifest_of(place), launcher_of(place)):
                path.unlink(missing_ok=True)
            removed.append(manifest_of(place))
    return removed


def _desk_of(launcher: Path) -> Path | None:
    try:
        return Launcher.read(launcher).home
    except (OSError, ValueError):
        return None


def _template() -> dict[str, Any]:
    template: dict[str, Any] = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    return template


def _replace(path: Path, text: str, mode: int) -> None:
    """Write so that a browser sees the old file or the new one, never half of it."""
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    draft.chmod(mode)
    draft.replace(path)
