"""One desk is one directory. Where everything of a desk lies follows from its home."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs


@dataclass(frozen=True)
class Home:
    """The data directory of one desk (`chudan --home DIR`) and the paths that follow from it.

    `environment` is that of the processes which use it; it says where sockets belong.
    """

    path: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False, compare=False)

    @classmethod
    def default(cls) -> "Home":
        """The desk of the present operating-system user."""
        return cls(Path(platformdirs.user_data_dir("chudan", appauthor=False)))

    def create(self) -> "Home":
        """Make the directory, readable by its owner alone."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The one above too, by itself: `parents` makes it as open as the user's umask lets it be.
        self.runtime.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.runtime.mkdir(exist_ok=True, mode=0o700)
        return self

    @property
    def tag(self) -> str:
        """A short name for this home: sockets must stay under 107 bytes, keyring entries apart."""
        return hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:12]

    @property
    def runtime(self) -> Path:
        if sys.platform == "win32":
            # Named pipes are no files; they only take their names from here.
            base = str(self.path / "run")
        else:
            base = self.environment.get("XDG_RUNTIME_DIR") or f"{tempfile.gettempdir()}/chudan-{os.getuid()}"
        return Path(base) / "chudan"

    @property
    def desk_socket(self) -> Path:
        """Where native hosts find the daemon."""
        return self.runtime / f"{self.tag}.desk"

    @property
    def office_socket(self) -> Path:
        """Where the daemon finds the management system that runs beside it."""
        return self.runtime / f"{self.tag}.office"

    @property
    def lock(self) -> Path:
        return self.path / "desk.lock"

    @property
    def desk_db(self) -> Path:
        return self.path / "desk.db"

    @property
    def management_db(self) -> Path:
        return self.path / "management.db"

    @property
    def files(self) -> Path:
        """Policies and e-policies, sealed; their keys stand in management.db."""
        return self.path / "files"

    @property
    def incoming(self) -> Path:
        """Files on their way to the management system, sealed; their keys stand in desk.db."""
        return self.path / "incoming"

    @property
    def profiles(self) -> Path:
        """Newer carrier profiles, and which are switched off (companion.delivery)."""
        return self.path / "profiles"

    @property
    def settings_file(self) -> Path:
        return self.path / "settings.toml"

    @property
    def log(self) -> Path:
        return self.path / "desk.log"

    @property
    def console_address(self) -> Path:
        """A user-only file with the loopback address of console and local pages, for `chudan console`."""
        return self.path / "console.json"
