"""A real gnome-keyring on a private bus."""

import socket
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scripts.stage.processes import Child
from scripts.stage.waiting import until

PASSWORD = "practice-keyring"
_NAME = b'"org.freedesktop.secrets"'
_LOGIN = "/org/freedesktop/secrets/collection/login"
_UNLOCK, _DONE = 1, 0
"""Of gnome-keyring's control protocol, by which a log-in to the desktop unlocks it."""


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
            keyring.tell(_typed(password))
        keyring.finish_input()
        until(lambda: _owned(environment), "gnome-keyring answers on the bus")
        yield keyring


def lock(environment: Mapping[str, str]) -> None:
    """Lock the login collection of a running gnome-keyring, as its owner may at any time."""
    service = ["--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"]
    method = ["org.freedesktop.Secret.Service.Lock", f"array:objpath:{_LOGIN}"]
    command = ["dbus-send", "--session", "--print-reply", *service, *method]
    subprocess.run(command, env=dict(environment), stdout=subprocess.DEVNULL, check=True)


def unlock(environment: Mapping[str, str], password: str = PASSWORD) -> None:
    """Unlock it again, as logging in to the desktop does. Raises PermissionError for a wrong password."""
    typed = _typed(password).encode()
    request = struct.pack(f">III{len(typed)}s", 12 + len(typed), _UNLOCK, len(typed), typed)
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(f"{environment['XDG_RUNTIME_DIR']}/keyring/control")
        control.sendall(b"\0" + request)
        _length, answer = struct.unpack(">II", control.recv(8, socket.MSG_WAITALL))
    if answer != _DONE:
        raise PermissionError("the keyring was not unlocked")


def _typed(password: str) -> str:
    return password + "\n"


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
