"""Where browsers look for native hosts: one row per browser and operating system.

A new browser or system is a new row. Rows name places that belong to the user, never to the machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Literal

from companion.link.systems import BadPlaceError, Base, Name, System
from companion.protocol import HOST_NAME

Family = Literal["chromium", "firefox"]

_HOSTS = "NativeMessagingHosts"
_CHROME_KEY = rf"Software\Google\Chrome\{_HOSTS}"


@dataclass(frozen=True)
class Browser:
    """A browser on one system. `used`, below the user's `base`, is there once the browser has run.

    `hosts` holds the manifests: a folder below `base`, on Windows a key below HKEY_CURRENT_USER.
    """

    name: str
    family: Family
    system: Name
    base: Base
    used: str
    hosts: str


def _unix(name: str, system: Name, base: Base, folder: str) -> Browser:
    """A browser of the Chromium family that keeps its manifests in its own folder."""
    return Browser(name, "chromium", system, base, folder, f"{folder}/{_HOSTS}")


BROWSERS = (
    _unix("chromium", "linux", "config", "chromium"),
    _unix("chrome", "linux", "config", "google-chrome"),
    _unix("edge", "linux", "config", "microsoft-edge"),
    _unix("brave", "linux", "config", "BraveSoftware/Brave-Browser"),
    _unix("vivaldi", "linux", "config", "vivaldi"),
    Browser("firefox", "firefox", "linux", "home", ".mozilla", ".mozilla/native-messaging-hosts"),
    _unix("chromium", "darwin", "library", "Chromium"),
    _unix("chrome", "darwin", "library", "Google/Chrome"),
    _unix("edge", "darwin", "library", "Microsoft Edge"),
    _unix("brave", "darwin", "library", "BraveSoftware/Brave-Browser"),
    _unix("vivaldi", "darwin", "library", "Vivaldi"),
    Browser("firefox", "firefox", "darwin", "library", "Firefox", f"Mozilla/{_HOSTS}"),
    Browser("chromium", "chromium", "win32", "local", "Chromium/User Data", rf"Software\Chromium\{_HOSTS}"),
    Browser("chrome", "chromium", "win32", "local", "Google/Chrome/User Data", _CHROME_KEY),
    Browser(
        *("edge", "chromium", "win32", "local", "Microsoft/Edge/User Data"),
        rf"Software\Microsoft\Edge\{_HOSTS}",
    ),
    Browser("brave", "chromium", "win32", "local", "BraveSoftware/Brave-Browser/User Data", _CHROME_KEY),
    Browser("vivaldi", "chromium", "win32", "local", "Vivaldi/User Data", _CHROME_KEY),
    Browser("firefox", "firefox", "win32", "roaming", "Mozilla/Firefox", rf"Software\Mozilla\{_HOSTS}"),
)


@dataclass(frozen=True)
class Place:
    """Where one browser finds our manifest: in `folder`, and on Windows only because `key` leads there.

    `used` is there once the browser has run.
    """

    browser: str
    family: Family
    folder: Path
    used: Path
    key: str = ""


def places(profiles: Sequence[Path], names: Sequence[str], desk: Path, system: System) -> list[Place]:
    """Where manifests belong: in these profiles and for these browsers; for neither, for all.

    A profile is a Chromium `--user-data-dir`; it serves that directory only. On Windows, where browsers look
    in the registry alone, it is the key of a Chromium below HKEY_CURRENT_USER, such as
    `Software\\360Chrome\\Chrome\\NativeMessagingHosts`, and manifests lie in the desk's directory `desk`.
    Browsers that share a place (Brave and Vivaldi read Chrome's key) are one place, named after the first.
    Raises BadPlaceError for a browser that no row knows and for a key that is none.
    """
    rows = {row.name: row for row in BROWSERS if row.system == system.name}
    if unknown := sorted(set(names) - set(rows)):
        raise BadPlaceError(f"unknown browser {', '.join(unknown)}; known: {', '.join(rows)}")
    chosen = names if names or profiles else list(rows)
    found = [_own(path, desk, system) for path in profiles]
    found += [_of(rows[name], desk, system) for name in chosen]
    return list({place.folder: place for place in reversed(found)}.values())[::-1]


def _of(row: Browser, desk: Path, system: System) -> Place:
    used = system.folders[row.base] / row.used
    if system.name == "win32":
        return _registered(row.name, row.family, row.hosts, desk, used)
    return Place(row.name, row.family, system.folders[row.base] / row.hosts, used)


def _own(path: Path, desk: Path, system: System) -> Place:
    if system.name != "win32":
        return Place(str(path), "chromium", path.absolute() / _HOSTS, path.absolute())
    key = PureWindowsPath(path)
    if not key.parts or key.parts[0].lower() != "software":
        raise BadPlaceError(rf"on Windows a browser is named by its key, Software\…\{_HOSTS}, not by {path}")
    return _registered(str(path), "chromium", str(key), desk, desk)


def _registered(browser: str, family: Family, hosts: str, desk: Path, used: Path) -> Place:
    shelf = "-".join(part for part in PureWindowsPath(hosts).parts[1:] if part != _HOSTS).lower()
    return Place(browser, family, desk / "browsers" / shelf, used, rf"{hosts}\{HOST_NAME}")
