"""A real gnome-keyring on a private bus."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scripts.stage.processes import Child
from scripts.stage.waiting import until

PASSWORD = "practice-keyring"
_NAME = b'"org.freedesktop.secrets"'


@contextmanager
def secret_service(
    environment: Mapping[str, str], directory: Path, password: str | None = PASSWORD
) -> Iterator[Child]:
    """Run gnome-keyring in the foreground, its login collection unlocked with `password`.

    The environment names the bus, HOME, XDG_DATA_HOME and XDG_RUNTIME_DIR. With `password` None, or another
    one than the collection was made with, the collection stays locked.
    """
    command = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
    if password is not None:
        command.insert(1, "--unlock")
    log = directory / "keyring.log"
    with Child(command, log=log, environment=environment) as keyring:
        if password is not None:
            keyring.tell(password + "\n")
        keyring.finish_input()
        until(lambda: _owned(environment), "gnome-keyring answers on the bus")
        yield keyring


def has_secret_service(environment: Mapping[str, str]) -> bool:
    """Whether the session bus of this environment has, or would start, somebody who keeps secrets."""
    if "DBUS_SESSION_BUS_ADDRESS" not in environment:
        return False
    names = _ask_bus(environment, "ListNames") + _ask_bus(environment, "ListActivatableNames")
    return _NAME in names


def _owned(environment: Mapping[str, str]) -> bool:
    return _NAME in _ask_bus(environment, "ListNames")


def _ask_bus(environment: Mapping[str, str], method: str) -> bytes:
    bus = ["--dest=org.freedesktop.DBus", "/org/freedesktop/DBus", f"org.freedesktop.DBus.{method}"]
    command = ["dbus-send", "--session", "--print-reply", *bus]
    return subprocess.run(command, env=dict(environment), capture_output=True, check=False).stdout
