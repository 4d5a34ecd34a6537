"""A desktop of its own: home and runtime directories, bus, keyring, recording notification server."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.stage.bus import session_bus
from scripts.stage.keyring import PASSWORD, secret_service
from scripts.stage.notifications import notification_server, toasts

_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")


@dataclass(frozen=True)
class Desktop:
    """What programs of this desktop need: their environment, and what the clerk was shown."""

    environment: dict[str, str]
    directory: Path
    toast_file: Path

    def toasts(self) -> list[dict[str, Any]]:
        """The toasts shown so far, oldest first."""
        return toasts(self.toast_file)


@contextmanager
def private_desktop(
    directory: Path, *, keyring: bool = True, password: str | None = PASSWORD, notifications: bool = True
) -> Iterator[Desktop]:
    """Run a desktop whose files lie in `directory`; nothing of the real user's desktop is visible in it."""
    with ExitStack() as stack:
        runtime = stack.enter_context(_runtime_directory())
        environment = _environment(directory, runtime)
        environment["DBUS_SESSION_BUS_ADDRESS"] = stack.enter_context(session_bus(runtime))
        if keyring:
            stack.enter_context(secret_service(environment, runtime, password))
        desktop = Desktop(environment, directory, directory / "toasts.jsonl")
        if notifications:
            stack.enter_context(notification_server(environment, desktop.toast_file))
        yield desktop


def _environment(directory: Path, runtime: Path) -> dict[str, str]:
    home = directory / "home"
    home.mkdir(parents=True, exist_ok=True)
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "LANGUAGE": "zh_CN"}
    environment |= {"XDG_DATA_HOME": str(home / ".local/share"), "XDG_CONFIG_HOME": str(home / ".config")}
    return environment


@contextmanager
def _runtime_directory() -> Iterator[Path]:
    # Directly under the temporary directory: a socket's path must stay under 107 bytes.
    runtime = Path(tempfile.mkdtemp(prefix="chudan-"))
    try:
        yield runtime
    finally:
        shutil.rmtree(runtime, ignore_errors=True)
