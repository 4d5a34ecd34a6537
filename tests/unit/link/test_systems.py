"""Which files and registry keys with which content, for systems that this test does not run on."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.home import Home
from companion.link import browsers, doctor, host, host_words, install, launchers
from companion.link.launchers import Launcher
from companion.link.pipe_names import pipe_name, rights_of
from companion.link.systems import BadPlaceError, Name, System
from companion.protocol import HOST_NAME
from tests.unit.link.registry import MemoryRegistry
from tests.unit.link.test_doctor import empty_keyring

CHROME = rf"Software\Google\Chrome\NativeMessagingHosts\{HOST_NAME}"
FIREFOX = rf"Software\Mozilla\NativeMessagingHosts\{HOST_NAME}"
OWN = Path(r"Software\360Chrome\Chrome\NativeMessagingHosts")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "desk", {"XDG_RUNTIME_DIR": str(tmp_path / "run")}).create()


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    """A Windows of a clerk in China: its batch files are read in code page 936."""
    monkeypatch.setattr(launchers, "encoding", lambda name: "gbk" if name == "win32" else "utf-8")
    return System.of("win32", tmp_path, {}, MemoryRegistry())


def keys(system: System) -> dict[tuple[str, str], str]:
    assert isinstance(system.registry, MemoryRegistry)
    return system.registry.values


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_every_browser_has_a_row_on_every_system() -> None:
    expected = {"chromium", "chrome", "edge", "brave", "vivaldi", "firefox"}
    for system in ("linux", "darwin", "win32"):
        assert {row.name for row in browsers.BROWSERS if row.system == system} == expected


@pytest.mark.parametrize(
    ("system", "name", "folder"),
    [
        ("linux", "chrome", ".config/google-chrome/NativeMessagingHosts"),
        ("linux", "brave", ".config/BraveSoftware/Brave-Browser/NativeMessagingHosts"),
        ("linux", "firefox", ".mozilla/native-messaging-hosts"),
        ("darwin", "chrome", "Library/Application Support/Google/Chrome/NativeMessagingHosts"),
        ("darwin", "chromium", "Library/Application Support/Chromium/NativeMessagingHosts"),
        ("darwin", "edge", "Library/Application Support/Microsoft Edge/NativeMessagingHosts"),
        (
            *("darwin", "brave"),
            "Library/Application Support/BraveSoftware/Brave-Browser/NativeMessagingHosts",
        ),
        ("darwin", "vivaldi", "Library/Application Support/Vivaldi/NativeMessagingHosts"),
        ("darwin", "firefox", "Library/Application Support/Mozilla/NativeMessagingHosts"),
    ],
)
def test_manifests_lie_where_the_browser_looks(tmp_path: Path, system: Name, name: str, folder: str) -> None:
    (place,) = browsers.places([], [name], tmp_path / "desk", System.of(system, tmp_path, {}))
    assert (place.folder, place.key) == (tmp_path / folder, "")


def test_on_macos_the_manifest_names_a_shell_script(tmp_path: Path, home: Home) -> None:
    macos = System.of("darwin", tmp_path, {})
    (manifest,) = install.install(home, names=["firefox"], system=macos)
    found = read(manifest)
    assert found["path"] == str(manifest.with_suffix(".sh"))
    assert found["allowed_extensions"]
    assert Launcher.read(Path(found["path"]), "darwin").home == home.path
    assert install.uninstall(home, names=["firefox"], system=macos) == [manifest]
    assert list(manifest.parent.iterdir()) == []


def test_on_windows_keys_lead_to_manifests_in_the_desks_directory(home: Home, windows: System) -> None:
    written = install.install(home, system=windows)
    assert {key for key, _ in keys(windows)} == {
        CHROME,
        FIREFOX,
        rf"Software\Chromium\NativeMessagingHosts\{HOST_NAME}",
        rf"Software\Microsoft\Edge\NativeMessagingHosts\{HOST_NAME}",
    }
    assert sorted(keys(windows).values()) == sorted(map(str, written))
    assert all(path.is_relative_to(home.path / "browsers") for path in written)
    chrome, firefox = (read(Path(keys(windows)[key, ""])) for key in (CHROME, FIREFOX))
    assert ("allowed_origins" in chrome, "allowed_origins" in firefox) == (True, False)
    assert chrome["path"].endswith(f"{HOST_NAME}.bat")


def test_brave_and_vivaldi_read_the_key_of_chrome(home: Home, windows: System) -> None:
    assert len(install.install(home, names=["brave", "vivaldi"], system=windows)) == 1
    assert {key for key, _ in keys(windows)} == {CHROME}


def test_a_key_of_ones_own_on_windows(home: Home, windows: System) -> None:
    (manifest,) = install.install(home, [OWN], system=windows)
    assert keys(windows) == {(rf"{OWN}\{HOST_NAME}", ""): str(manifest)}
    assert manifest.parent == home.path / "browsers" / "360chrome-chrome"
    with pytest.raises(BadPlaceError, match="named by its key"):
        install.install(home, [Path(r"C:\Users\clerk\profile")], system=windows)


def test_on_windows_uninstalling_leaves_another_desks_key(
    home: Home, windows: System, tmp_path: Path
) -> None:
    install.install(home, names=["chrome"], system=windows)
    other = Home(tmp_path / "other", home.environment).create()
    (theirs,) = install.install(other, names=["chrome"], system=windows)
    assert len(install.uninstall(home, names=["chrome"], system=windows)) == 1
    assert keys(windows) == {(CHROME, ""): str(theirs)}
    assert install.uninstall(other, names=["chrome"], system=windows) == [theirs]
    assert keys(windows) == {}


def test_a_key_is_taken_away_though_its_files_are_gone(home: Home, windows: System) -> None:
    (manifest,) = install.install(home, names=["chrome"], system=windows)
    for path in manifest.parent.iterdir():
        path.unlink()
    assert install.uninstall(home, names=["chrome"], system=windows) == [manifest]
    assert keys(windows) == {}


@pytest.mark.parametrize(
    "folder", [r"C:\Users\内勤 01\desk", r"D:\100% sure\%PATH%", r"C:\a&b ^c!", r"C:\x(1)"]
)
def test_a_batch_file_survives_odd_names(folder: str) -> None:
    launcher = Launcher(*(Path(rf"{folder}\{part}") for part in ("desk", "python.exe", "h.py", "a.desk")))
    text = launcher.script("win32")
    assert text.startswith("@echo off\r\n")
    assert re.sub(r"%%|%\*", "", text).count("%") == 0, "cmd.exe would put a variable's value there"
    assert Launcher.parse(text, "win32") == launcher


def test_a_batch_file_starts_the_host_with_what_the_browser_says() -> None:
    launcher = Launcher(*map(Path, (r"C:\desk", r"C:\py\python.exe", r"C:\h.py", r"C:\desk\run\1.desk")))
    assert launcher.script("win32").split("\r\n") == [
        "@echo off",
        r'set "desk=C:\desk"',
        r'"C:\py\python.exe" -I -S -E "C:\h.py" "C:\desk\run\1.desk" %*',
        "",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@echo off\r\nstart calc\r\n\r\n",
        '@echo off\r\nset "desk=C:\\d"\r\n"p" -I -S -E "h" "s"\r\n',
        '@echo off\r\nset "desk=C:\\d"\r\n"p" -E "h" "s" %*\r\n',
        '@echo off\r\nset "desk=C:\\d"\r\n"p" -I -S -E "h" & "s" %*\r\n',
    ],
)
def test_a_strangers_batch_file_is_not_taken_for_ours(text: str) -> None:
    with pytest.raises(ValueError, match="no launcher of ours"):
        Launcher.parse(text, "win32")


def test_what_a_batch_file_cannot_hold_is_refused_and_nothing_written(
    home: Home, windows: System, tmp_path: Path
) -> None:
    for name in ("\N{GRINNING FACE}", 'a"b'):
        with pytest.raises(BadPlaceError, match="cannot hold"):
            install.install(Home(tmp_path / name, home.environment), names=["chrome"], system=windows)
    assert keys(windows) == {}


async def examined(home: Home, system: System) -> dict[str, tuple[bool | None, str]]:
    found = await doctor.examine(home, names=["chrome"], keyring=empty_keyring, patience=0.2, system=system)
    return {one.link: (one.ok, one.what) for one in found}


async def test_the_doctor_follows_the_registry(home: Home, windows: System) -> None:
    install.install(home, names=["chrome"], system=windows)
    assert (await examined(home, windows))["manifest"] == (True, "doctor.manifest_ok")
    windows.keys.put(CHROME, r"C:\elsewhere.json")
    assert (await examined(home, windows))["manifest"] == (False, "doctor.manifest_unlinked")
    windows.keys.drop(CHROME)
    found = await examined(home, windows)
    assert found["manifest"] == (False, "doctor.manifest_unlinked")
    assert found["launcher"] == (True, "doctor.launcher_ok")


def test_the_doctor_names_a_command_as_windows_wants_it_typed(home: Home, windows: System) -> None:
    words = ["chudan", "install", "--home", r"C:\内勤 01"]
    assert doctor._typed(words, windows) == r'chudan install --home "C:\内勤 01"'


def test_a_pipe_is_named_after_its_desk() -> None:
    expected = r"\\.\pipe\chudan.0123456789ab.desk"
    assert pipe_name(r"C:\Users\clerk\chudan\run\chudan\0123456789ab.desk") == expected
    assert pipe_name("/run/user/1000/chudan/0123456789ab.desk") == expected
    assert rights_of("S-1-5-21-1-2-3-1001") == "D:P(A;;GA;;;S-1-5-21-1-2-3-1001)"


@given(st.lists(st.text(max_size=600), max_size=3))
def test_both_hosts_say_the_same(arguments: list[str]) -> None:
    assert host_words.hello(arguments, 7) == host.hello(arguments).replace(
        b'"pid":%d}' % os.getpid(), b'"pid":7}'
    )
    assert (host_words.DAEMON_DOWN, host_words.STRANGER) == (host.DAEMON_DOWN, host.STRANGER)
    assert host_words.frame(host.STRANGER) == host.frame(host.STRANGER)
