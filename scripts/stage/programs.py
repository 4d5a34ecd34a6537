"""Which browser of the Chromium family this machine has. Standard library only: the bootstrap asks too."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

CHROMIUM = ["chromium", "chromium-browser"]
_LOADS_BY_FLAG = [*CHROMIUM, "brave-browser", "vivaldi"]
"""Browsers that load an unpacked extension by a flag."""
_BY_HAND = ["google-chrome", "google-chrome-stable", "microsoft-edge", "chrome", "msedge"]
"""Browsers that refuse the flag: their user loads the extension with three clicks."""
_BUILT_IN_PLACES = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
]
_WRAPPED = {"/usr/bin/chromium": "/usr/lib/chromium/chromium"}
"""Debian's wrapper and the program in it: the wrapper would add flags of its own."""


@dataclass(frozen=True)
class Program:
    """A browser to start, and whether it loads extensions by a flag."""

    path: str
    by_flag: bool

    @property
    def from_debian(self) -> bool:
        """Whether it is the one of Debian's package `chromium`."""
        return self.path in _WRAPPED.values()


def browser() -> Program | None:
    """The browser to show things in; one that needs no clicks is preferred."""
    if found := _first(_LOADS_BY_FLAG):
        return Program(found, True)
    found = _first(_BY_HAND + _BUILT_IN_PLACES)
    return Program(found, False) if found else None


def chromium() -> str:
    """The installed Chromium, for tests and the tour. Raises FileNotFoundError."""
    if found := _first(CHROMIUM):
        return found
    raise FileNotFoundError("Chromium is not installed")


def _first(names: Sequence[str]) -> str | None:
    found = next(filter(None, map(shutil.which, names)), None)
    inner = _WRAPPED.get(found or "", "")
    return inner if os.access(inner, os.X_OK) else found
