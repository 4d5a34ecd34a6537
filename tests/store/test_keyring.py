"""A real keyring, none, a locked one, and those that would store plain text."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Event

import keyring as keyrings
import keyring.backend
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from companion.db.keyrings import Keyring, KeyringLocked, NoKeyring, open_keyring
from scripts.stage.bus import session_bus
from scripts.stage.keyring import secret_service

ROOT = Path(__file__).parents[2]


class Made(KeyringBackend):
    """A keyring that is made for a test and trusted as far as its priority says."""

    priority: float = 2

    def __init__(self, priority: float) -> None:
        self.priority = priority

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class Session:
    """A private D-Bus session with an empty home and, at first, no keyring."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        variables = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")
        self.environment = {**os.environ, **dict.fromkeys(variables, str(folder))}
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address

    def use(self, *words: str, patience: float = 20) -> list[str]:
        """What a process says that uses the keyring."""
        command = [sys.executable, "-m", "tests.store.keyring_user", str(patience), *words]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
        )
        return done.stdout.splitlines()


@pytest.fixture
def session() -> Iterator[Session]:
    with tempfile.TemporaryDirectory(prefix="bus-") as name, session_bus(Path(name)) as address:
        yield Session(Path(name), address)


def test_a_real_keyring_keeps_secrets(session: Session) -> None:
    with secret_service(session.environment, session.folder):
        steps = session.use("get:a", "set:a=one", "set:a=密", "set:b=other", "get:a")
        assert steps == ["None", "done", "done", "done", "密"]
        assert session.use("get:a", "get:b") == ["密", "other"]
    files = [file.read_bytes() for file in session.folder.rglob("*.keyring")]
    assert files
    assert not any(b"other" in content for content in files)


def test_without_one_nothing_is_kept(session: Session) -> None:
    assert session.use("set:a=one") == ["no keyring"]


def test_a_locked_one_is_said_to_be_locked(session: Session) -> None:
    with secret_service(session.environment, session.folder):
        session.use("set:a=one")
    with secret_service(session.environment, session.folder, password=None):
        assert session.use("get:a", "set:a=two", patience=1) == ["KeyringLocked", "KeyringLocked"]
    with secret_service(session.environment, session.folder):
        assert session.use("get:a") == ["one"]


def test_a_bus_that_is_slow_at_first_is_asked_again(session: Session) -> None:
    with (
        secret_service(session.environment, session.folder),
        slow_bus(session.folder, session.environment["DBUS_SESSION_BUS_ADDRESS"], deaf_to=3) as address,
    ):
        session.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        assert session.use("set:a=one", "get:a") == ["done", "one"]


@contextmanager
def slow_bus(folder: Path, bus: str, deaf_to: int) -> Iterator[str]:
    """The address of a door to the bus that answers nothing to its first `deaf_to` callers."""
    real = bus.removeprefix("unix:path=").partition(",")[0]
    with socket.socket(socket.AF_UNIX) as door, ThreadPoolExecutor() as pool:
        door.bind(str(folder / "slow"))
        door.listen()

        def serve() -> None:
            for number in count():
                try:
                    caller, _ = door.accept()
                except OSError:
                    return
                pool.submit(_ignore, caller) if number < deaf_to else _join(pool, caller, real)

        pool.submit(serve)
        yield f"unix:path={folder / 'slow'}"
        door.shutdown(socket.SHUT_RDWR)


def _ignore(caller: socket.socket) -> None:
    with caller:
        while caller.recv(4096):
            pass


def _join(pool: ThreadPoolExecutor, caller: socket.socket, real: str) -> None:
    bus = socket.socket(socket.AF_UNIX)
    bus.connect(real)
    for source, target in ((caller, bus), (bus, caller)):
        pool.submit(_carry, source, target)


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@pytest.mark.parametrize("make", [fail.Keyring, null.Keyring, lambda: Made(0.5)])
def test_weak_ones_are_refused(monkeypatch: pytest.MonkeyPatch, make: Callable[[], KeyringBackend]) -> None:
    monkeypatch.setattr(keyrings.core, "_keyring_backend", make())
    with pytest.raises(NoKeyring):
        open_keyring()


@pytest.mark.parametrize("priorities", [(0.5, 2), (2, 0.5)])
def test_of_several_the_strongest_is_taken(
    monkeypatch: pytest.MonkeyPatch, priorities: tuple[float, ...]
) -> None:
    made = [Made(priority) for priority in priorities]
    monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda: made)
    chain: KeyringBackend = chainer.ChainerBackend()  # type: ignore[no-untyped-call]
    monkeypatch.setattr(keyrings.core, "_keyring_backend", chain)
    assert open_keyring().name.endswith("Made")
    for weak in ([Made(0.5), Made(0.6)], []):
        monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda weak=weak: weak)
        with pytest.raises(NoKeyring):
            open_keyring()


async def test_a_prompt_that_nobody_answers_is_left_standing() -> None:
    answered = Event()

    class Prompting(Made):
        def get_password(self, service: str, username: str) -> str | None:
            answered.wait(30)
            return None

    with pytest.raises(KeyringLocked, match="did not answer"):
        await Keyring(Prompting(2), 0.05).get("chudan", "a")
    answered.set()


async def test_a_backend_that_breaks_is_no_keyring() -> None:
    class Broken(Made):
        def get_password(self, service: str, username: str) -> str | None:
            raise ConnectionResetError("with words that may say too much")

    with pytest.raises(NoKeyring) as caught:
        await Keyring(Broken(2)).get("chudan", "a")
    assert str(caught.value) == "the keyring failed: ConnectionResetError"
