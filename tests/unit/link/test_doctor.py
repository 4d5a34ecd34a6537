"""Each link is broken once for real; the doctor names that one and says what to do."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from keyring.backends.null import Keyring as NullBackend

from companion.db.keying import Keyring
from companion.home import Home
from companion.link import doctor, install
from companion.link.doctor import LINKS, Finding
from companion.link.server import LinkServer
from companion.protocol import SessionState, Status, StatusRequest
from companion.web.i18n import LOCALES, catalog
from scripts.stage.bus import session_bus
from scripts.stage.keyring import secret_service
from tests.unit.link.peers import EXTENSION, HELLO, Peer, Recorder

ROOT = Path(__file__).parents[3]
LIVE = SessionState(carrier="practice", origin="http://portal.localhost", login="内勤01", seen_at=1)


def empty_keyring(patience: float) -> Keyring:
    """An unlocked keyring that holds nothing."""
    return Keyring(NullBackend(), patience)  # type: ignore[no-untyped-call]


@dataclass
class Desk(Recorder):
    """A daemon's side that answers the status it is told to, and a profile with our host installed."""

    home: Home
    profile: Path
    status: dict[str, Any] = field(default_factory=dict)
    patience: float = 5.0

    def __post_init__(self) -> None:
        Recorder.__init__(self)

    def received(self, connection: Any, message: Any) -> None:
        super().received(connection, message)
        if isinstance(message, StatusRequest) and self.status:
            connection.send(Status(re=message.id, **self.status))

    @property
    def manifest(self) -> Path:
        return self.profile / "NativeMessagingHosts" / "cn.chudan.companion.json"

    @property
    def launcher(self) -> Path:
        return self.manifest.with_suffix(".sh")

    async def examine(self) -> dict[str, Finding]:
        found = await doctor.examine(self.home, [self.profile], keyring=empty_keyring, patience=self.patience)
        assert [finding.link for finding in found] == list(LINKS)
        return {finding.link: finding for finding in found}

    async def broken(self) -> tuple[str, str]:
        """The first broken link and its reason."""
        found = await self.examine()
        return next((one.link, one.what) for one in found.values() if one.ok is False)


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Everything works: daemon, office, one browser, one live session."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    status = {
        "daemon_version": "0.1.0",
        "office": "ok",
        "office_detail": "office_ok",
        "waiting": 0,
        "extensions": 1,
        "sessions": [LIVE],
        "questions": [],
        "recent": [],
    }
    desk = Desk(Home(tmp_path / "desk").create(), tmp_path / "profile", status)
    install.install(desk.home, [desk.profile])
    server = LinkServer(desk.home.desk_socket, {EXTENSION}.__contains__, desk)
    await server.start()
    yield desk
    await server.close()


async def test_a_whole_chain_is_all_green(desk: Desk) -> None:
    found = await desk.examine()
    assert {finding.ok for finding in found.values()} == {True}
    assert all(not finding.todo for finding in found.values())


async def test_an_extension_at_work_is_not_disturbed(desk: Desk) -> None:
    peer = await Peer.connect(desk.home.desk_socket, EXTENSION, HELLO)
    await desk.until(1, desk.messages)
    await desk.examine()
    assert desk.arrived[0] not in desk.gone
    await peer.close()


def gone(desk: Desk) -> None:
    desk.manifest.unlink()


def damaged(desk: Desk) -> None:
    desk.manifest.write_text("{")


def of_another_host(desk: Desk) -> None:
    rewrite(desk, name="com.example.other")


def wrong_id(desk: Desk) -> None:
    rewrite(desk, allowed_origins=["chrome-extension://" + "a" * 32 + "/"])


def launcher_gone(desk: Desk) -> None:
    desk.launcher.unlink()


def launcher_not_executable(desk: Desk) -> None:
    desk.launcher.chmod(0o600)


def other_desk(desk: Desk) -> None:
    install.install(Home(desk.home.path / "other"), [desk.profile])


def other_socket(desk: Desk) -> None:
    desk.launcher.write_text(desk.launcher.read_text().replace(".desk", ".elsewhere"))


def python_gone(desk: Desk) -> None:
    desk.launcher.write_text(desk.launcher.read_text().replace(sys.executable, "/nowhere/python3"))


def office_away(desk: Desk) -> None:
    desk.status |= {"office": "broken", "office_detail": "office_away", "waiting": 3}


def office_odd(desk: Desk) -> None:
    desk.status |= {"office": "waiting", "office_detail": "something_new"}


def no_browser(desk: Desk) -> None:
    desk.status |= {"extensions": 0, "sessions": []}


def logged_out(desk: Desk) -> None:
    desk.status |= {"sessions": [LIVE.model_copy(update={"login": None})]}


def silent(desk: Desk) -> None:
    desk.status, desk.patience = {}, 0.5


def rewrite(desk: Desk, **changes: Any) -> None:
    desk.manifest.write_text(json.dumps(json.loads(desk.manifest.read_text()) | changes))


@pytest.mark.parametrize(
    ("break_it", "link", "what"),
    [
        (gone, "manifest", "manifest_gone"),
        (damaged, "manifest", "manifest_unreadable"),
        (of_another_host, "manifest", "manifest_unreadable"),
        (wrong_id, "ids", "ids_wrong"),
        (launcher_gone, "launcher", "launcher_gone"),
        (launcher_not_executable, "launcher", "launcher_broken"),
        (other_desk, "launcher", "launcher_of_another_desk"),
        (other_socket, "launcher", "launcher_elsewhere"),
        (python_gone, "launcher", "launcher_broken"),
        (silent, "daemon", "daemon_silent"),
        (office_away, "office", "office_away"),
        (office_odd, "office", "office_broken"),
        (no_browser, "extension", "extension_absent"),
        (logged_out, "session", "session_none"),
    ],
)
async def test_the_broken_link_is_named(
    desk: Desk, break_it: Callable[[Desk], None], link: str, what: str
) -> None:
    break_it(desk)
    assert await desk.broken() == (link, f"doctor.{what}")


async def test_a_host_that_dies_at_its_start_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "host.py"
    broken.write_text("raise SystemExit(1)\n")
    monkeypatch.setattr(install, "HOST", broken)
    install.install(desk.home, [desk.profile])
    assert await desk.broken() == ("host", "doctor.host_fails")


async def test_a_host_that_prints_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chatty = tmp_path / "host.py"
    chatty.write_text("print('hello, I am ready to serve', flush=True)\n")
    monkeypatch.setattr(install, "HOST", chatty)
    install.install(desk.home, [desk.profile])
    assert await desk.broken() == ("host", "doctor.host_fails")


async def test_a_daemon_that_was_never_started_is_named(desk: Desk) -> None:
    stopped = Desk(Home(desk.home.path / "second").create(), desk.profile.parent / "second")
    install.install(stopped.home, [stopped.profile])
    found = await stopped.examine()
    assert await stopped.broken() == ("daemon", "doctor.daemon_stopped")
    assert found["host"].ok
    assert [found[link].ok for link in ("socket", "office", "extension", "session")] == [None] * 4


async def test_a_killed_daemons_socket_is_named_as_stale(desk: Desk) -> None:
    stale = Desk(Home(desk.home.path / "third").create(), desk.profile.parent / "third")
    install.install(stale.home, [stale.profile])
    script = "import signal, sys; from pathlib import Path; from companion.link import unix_socket;"
    script += "kept = unix_socket.listen(Path(sys.argv[1])); print('ready', flush=True); signal.pause()"
    command = (sys.executable, "-c", script, str(stale.home.desk_socket))
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdout
    assert await child.stdout.readline() == b"ready\n"
    child.kill()
    await child.communicate()
    assert await stale.broken() == ("socket", "doctor.socket_stale")


async def test_a_daemon_that_hangs_is_not_taken_for_a_broken_host(desk: Desk) -> None:
    frozen = Desk(Home(desk.home.path / "fourth").create(), desk.profile.parent / "fourth")
    frozen.patience = 0.5
    install.install(frozen.home, [frozen.profile])
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(frozen.home.desk_socket))
        listening.listen()
        assert await frozen.broken() == ("daemon", "doctor.daemon_silent")


async def test_a_strangers_socket_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.link.unix_socket.peer_uid", lambda sock: -1)
    found = await desk.examine()
    assert found["socket"].what == "doctor.socket_foreign"


@pytest.mark.parametrize(("password", "what"), [(None, "keyring_locked"), ("none", "keyring_absent")])
async def test_a_keyring_that_cannot_be_used_is_named(
    desk: Desk, password: str | None, what: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A real one: locked, and then no secret service on the bus at all."""
    folder = tmp_path_factory.mktemp("k")
    environment = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    environment |= {key: str(folder) for key in ("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")}
    folder.chmod(0o700)
    script = (
        "import asyncio, sys; from pathlib import Path; from companion.home import Home;"
        "from companion.link.doctor import examine;"
        "found = asyncio.run(examine(Home(Path(sys.argv[1])), [Path(sys.argv[1])], patience=3));"
        "print(*[one.what for one in found if one.link == 'keyring'])"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with session_bus(folder) as address:
        environment["DBUS_SESSION_BUS_ADDRESS"] = address
        if password is None:
            with secret_service(environment, folder, "the right password"):
                pass
            with secret_service(environment, folder, None):
                said = await asyncio.to_thread(run, command, environment)
        else:
            said = await asyncio.to_thread(run, command, environment)
    assert said == f"doctor.{what}"


async def test_a_keyring_without_the_key_of_the_data_is_named(desk: Desk) -> None:
    desk.home.desk_db.touch()
    assert await desk.broken() == ("keyring", "doctor.key_changed")
    assert not (desk.home.path / "key.json").exists(), "looking must change nothing"


def run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


async def test_without_a_choice_only_browsers_in_use_are_examined(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / ".config" / "chromium").mkdir(parents=True)
    (tmp_path / ".mozilla").mkdir()
    install.install(desk.home, names=["chromium"])
    found = await doctor.examine(desk.home, keyring=empty_keyring)
    own = [(one.browser, one.link, one.ok) for one in found if one.browser]
    assert own == [
        *[("chromium", link, True) for link in LINKS[:3]],
        *[("firefox", "manifest", False), ("firefox", "launcher", None), ("firefox", "ids", None)],
    ]
    assert found[3].what == "doctor.manifest_gone"
    lines = doctor.report(found, catalog("en").t)
    assert [line.startswith("✗ Registration [firefox]") for line in lines].count(True) == 1
    install.install(desk.home, names=["firefox"])
    found = await doctor.examine(desk.home, keyring=empty_keyring)
    assert all(one.ok for one in found if one.browser)


@pytest.mark.parametrize("locale", LOCALES)
async def test_every_finding_is_worded(desk: Desk, locale: str) -> None:
    words = catalog(locale)
    source = Path(doctor.__file__).read_text(encoding="utf-8")
    reasons = set(re.findall(r'_(?:good|broken)\("\w+", "(\w+)"', source)) | doctor.OFFICE_REASONS
    broken = set(re.findall(r'_broken\("\w+", "(\w+)"', source)) | doctor.OFFICE_REASONS
    assert len(reasons) > 20
    keys = {f"doctor.{reason}" for reason in reasons} | {f"doctor.{reason}_todo" for reason in broken}
    keys |= {f"doctor.link_{link}" for link in LINKS} | set(re.findall(r'"(doctor\.\w+)"', source))
    assert {key for key in keys if not words.has(key)} == set()
    wrong_id(desk)
    lines = doctor.report(list((await desk.examine()).values()), words.t)
    assert len(lines) == len(LINKS) + 3
    assert lines[2].startswith("✗")
    assert f"chudan install --home {desk.home.path} --browser-profile {desk.profile}" in lines[3]
    assert not re.search(r"--(?!home|browser-profile)", "".join(lines))
