"""Where browsers look for native hosts: one row per browser and operating system.

A new browser or system is a new row. Rows name folders that belong to the user, never to the machine.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Family = Literal["chromium", "firefox"]
Base = Literal["config", "home"]


@dataclass(frozen=True)
class Browser:
    """A browser on one system. `folder` is below the user's `base` and holds the host manifests.

    The parent of `folder` is there once the browser has run for this user.
    """

    name: str
    family: Family
    system: str
    base: Base
    folder: str


BROWSERS = (
    Browser("chromium", "chromium", "linux", "config", "chromium/NativeMessagingHosts"),
    Browser("chrome", "chromium", "linux", "config", "google-chrome/NativeMessagingHosts"),
    Browser("edge", "chromium", "linux", "config", "microsoft-edge/NativeMessagingHosts"),
    Browser("brave", "chromium", "linux", "config", "BraveSoftware/Brave-Browser/NativeMessagingHosts"),
    Browser("vivaldi", "chromium", "linux", "config", "vivaldi/NativeMessagingHosts"),
    Browser("firefox", "firefox", "linux", "home", ".mozilla/native-messaging-hosts"),
)


@dataclass(frozen=True)
class Place:
    """A folder in which one browser finds host manifests."""

    browser: str
    family: Family
    folder: Path


def places(profiles: list[Path], names: list[str]) -> list[Place]:
    """Where manifests belong: in these Chromium profiles and for these browsers; for neither, for all.

    A profile is a Chromium `--user-data-dir`; it serves that directory only. Firefox has one folder per
    home directory, whatever the profile. Raises ValueError for a browser that no row knows.
    """
    rows = {row.name: row for row in BROWSERS if row.system == sys.platform}
    if unknown := sorted(set(names) - set(rows)):
        raise ValueError(f"unknown browser {', '.join(unknown)}; known: {', '.join(rows)}")
    own = [Place(str(path), "chromium", path.absolute() / "NativeMessagingHosts") for path in profiles]
    chosen = names if names or profiles else list(rows)
    return own + [Place(name, rows[name].family, _base(rows[name]) / rows[name].folder) for name in chosen]


def _base(row: Browser) -> Path:
    if row.base == "config":
        return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Path.home()
