"""What differs between operating systems, as plain data: where a user's programs keep their things."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Name = Literal["linux", "darwin", "win32"]
Base = Literal["home", "config", "library", "local", "roaming"]
"""A folder of the user: home; XDG configuration; macOS Application Support; Windows AppData, both halves."""


class BadPlaceError(ValueError):
    """A browser that nobody knows, or a path that this system's files cannot hold. The message says which."""


class Registry(Protocol):
    """The part of a Windows registry that belongs to the user (HKEY_CURRENT_USER). Texts only."""

    def get(self, key: str, name: str = "") -> str | None:
        """A value of a key, the nameless default value by default; None when either is not there."""
        ...

    def put(self, key: str, value: str, name: str = "") -> None:
        """Set a value and make the key where it is missing. Raises OSError."""
        ...

    def drop(self, key: str, name: str = "") -> None:
        """Take a value away; without a name the whole key. What is not there is gone already."""
        ...


@dataclass(frozen=True)
class System:
    """One user on one operating system. `registry` is there on Windows only."""

    name: Name
    folders: Mapping[Base, Path]
    registry: Registry | None = None

    @classmethod
    def of(
        cls, name: Name, home: Path, environment: Mapping[str, str], registry: Registry | None = None
    ) -> "System":
        """The user with this home directory; `environment` may say that folders were moved."""

        def moved(variable: str, usual: str) -> Path:
            return Path(environment.get(variable) or home / usual)

        folders: dict[Base, Path] = {"home": home}
        if name == "win32":
            folders["local"] = moved("LOCALAPPDATA", "AppData/Local")
            folders["roaming"] = moved("APPDATA", "AppData/Roaming")
        elif name == "darwin":
            folders["library"] = home / "Library" / "Application Support"
        else:
            folders["config"] = moved("XDG_CONFIG_HOME", ".config")
        return cls(name, folders, registry)

    @classmethod
    def here(cls) -> "System":
        """The user of this process. What is neither Windows nor macOS follows the habits of Linux."""
        registry: Registry | None = None
        if sys.platform == "win32":
            from companion.link.registry import CurrentUser

            registry = CurrentUser()
        names: dict[str, Name] = {"win32": "win32", "darwin": "darwin"}
        return cls.of(names.get(sys.platform, "linux"), Path.home(), os.environ, registry)

    @property
    def keys(self) -> Registry:
        """The registry of a system that has one."""
        assert self.registry is not None
        return self.registry
