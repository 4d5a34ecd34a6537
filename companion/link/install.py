"""Tell browsers where the native host of one desk is: `chudan install` and `chudan uninstall`.

Beside each manifest lies a launcher that carries the desk's directory and socket (`launchers`). On Windows
a key of the user's registry leads to the manifest; elsewhere its folder is enough.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from companion.home import Home
from companion.link import browsers, launchers
from companion.link.browsers import Family, Place
from companion.link.launchers import Launcher
from companion.link.systems import System
from companion.protocol import HOST_NAME

TEMPLATE = Path(__file__).parents[2] / "native_host_manifest.json"
HOST = Path(__file__).with_name("host_windows.py" if sys.platform == "win32" else "host.py")
_IDS: dict[Family, str] = {"chromium": "allowed_origins", "firefox": "allowed_extensions"}


def manifest_of(place: Place) -> Path:
    """The manifest's own file in a browser's folder."""
    return place.folder / f"{HOST_NAME}.json"


def launcher_of(place: Place, system: System | None = None) -> Path:
    """The launcher beside the manifest."""
    return place.folder / f"{HOST_NAME}{launchers.suffix((system or System.here()).name)}"


def callers() -> frozenset[str]:
    """Everyone a browser may let in, as the native host names them to the daemon."""
    template = _template()
    return frozenset(template["allowed_origins"]) | frozenset(template["allowed_extensions"])


def manifest(family: Family, launcher: Path) -> dict[str, Any]:
    """The manifest as one family of browsers wants it: each refuses the other's list of ids."""
    unwanted = {key for name, key in _IDS.items() if name != family}
    chosen = {key: value for key, value in _template().items() if key not in unwanted}
    return chosen | {"path": str(launcher)}


def install(
    home: Home, profiles: Sequence[Path] = (), names: Sequence[str] = (), system: System | None = None
) -> list[Path]:
    """Write manifest and launcher for this desk; return the manifests written.

    `profiles` and `names` as in `browsers.places`, which says what it raises. What another desk wrote at the
    same place is replaced: one browser profile serves one desk. Raises BadPlaceError too for a path that a
    launcher cannot hold.
    """
    system = system or System.here()
    written = []
    carries = Launcher(home.path.resolve(), Path(sys.executable), HOST, home.desk_socket)
    content = carries.content(system.name)
    for place in browsers.places(profiles, names, home.path.resolve(), system):
        place.folder.mkdir(parents=True, exist_ok=True)
        launcher = launcher_of(place, system)
        _replace(launcher, content, 0o700)
        text = json.dumps(manifest(place.family, launcher), ensure_ascii=False, indent=2)
        _replace(manifest_of(place), f"{text}\n".encode(), 0o600)
        if place.key:
            # Last: a browser that follows the key finds everything there.
            system.keys.put(place.key, str(manifest_of(place)))
        written.append(manifest_of(place))
    return written


def uninstall(
    home: Home, profiles: Sequence[Path] = (), names: Sequence[str] = (), system: System | None = None
) -> list[Path]:
    """Take away what `install` wrote for this desk; another desk's stays. Return what was removed."""
    system = system or System.here()
    removed = []
    for place in browsers.places(profiles, names, home.path.resolve(), system):
        leads_here = bool(place.key) and system.keys.get(place.key) == str(manifest_of(place))
        if leads_here:
            system.keys.drop(place.key)
        if leads_here or _desk_of(launcher_of(place, system), system) == home.path.resolve():
            for path in (manifest_of(place), launcher_of(place, system)):
                path.unlink(missing_ok=True)
            removed.append(manifest_of(place))
    return removed


def _desk_of(launcher: Path, system: System) -> Path | None:
    try:
        return Launcher.read(launcher, system.name).home
    except (OSError, ValueError):
        return None


def _template() -> dict[str, Any]:
    template: dict[str, Any] = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    return template


def _replace(path: Path, content: bytes, mode: int) -> None:
    """Write so that a browser sees the old file or the new one, never half of it."""
    draft = path.with_suffix(".new")
    draft.write_bytes(content)
    draft.chmod(mode)
    draft.replace(path)
