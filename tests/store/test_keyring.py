"""A real keyring, none, a locked one, and those that would store plain text."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
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
        steps = session.use("get:a", "set:a=one", "set:a=密", "set:b=other", "get:a", "delete:a", "delete:a")
        assert steps == ["None", "done", "done", "done", "密", "done", "done"]
        assert session.use("get:a", "get:b") == ["None", "other"]
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
