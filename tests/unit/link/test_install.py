"""Manifests and launchers: for whom they are written, what they carry, and what is left alone."""

import base64
import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from companion.home import Home
from companion.link import browsers, install
from companion.link.launchers import Launcher
from companion.protocol import HOST_NAME

ROOT = Path(__file__).parents[3]


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with an empty home directory of their own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path


@pytest.fixture
def home(user: Path) -> Home:
    return Home(user / "desk").create()


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def extension_id(key: str) -> str:
    """The id that Chromium computes from a manifest's key."""
    digest = hashlib.sha256(base64.b64decode(key)).hexdigest()[:32]
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digest)


def test_the_template_lets_in_exactly_our_extension() -> None:
    extension = read(ROOT / "extension" / "manifest.json")
    template = read(install.TEMPLATE)
    assert template["name"] == HOST_NAME
    assert template["allowed_origins"] == [f"chrome-extension://{extension_id(extension['key'])}/"]
    assert template["allowed_extensions"] == [extension["browser_specific_settings"]["gecko"]["id"]]
    assert install.callers() == {*template["allowed_origins"], *template["allowed_extensions"]}


def test_one_chromium_profile_gets_one_manifest_and_nothing_else_changes(user: Path, home: Home) -> None:
    profile = user / "profile"
    before = sorted(path for path in user.rglob("*"))
    (manifest,) = install.install(home, [profile])
    assert manifest == profile / "NativeMessagingHosts" / f"{HOST_NAME}.json"
    found = read(manifest)
    assert found.keys() == {"name", "description", "path", "type", "allowed_origins"}
    launcher = Launcher.read(Path(found["path"]))
    assert (launcher.home, launcher.socket) == (home.path, home.desk_socket)
    assert os.access(found["path"], os.X_OK)
    assert stat.S_IMODE(manifest.stat().st_mode) == 0o600
    new = set(user.rglob("*")) - set(before)
    assert new == {profile, manifest.parent, manifest, Path(found["path"])}


def test_firefox_has_one_folder_and_its_own_list_of_ids(user: Path, home: Home) -> None:
    (manifest,) = install.install(home, names=["firefox"])
    assert manifest == user / ".mozilla" / "native-messaging-hosts" / f"{HOST_NAME}.json"
    assert read(manifest).keys() == {"name", "description", "path", "type", "allowed_extensions"}


def test_without_a_choice_every_browser_of_the_table_is_served(user: Path, home: Home) -> None:
    written = install.install(home)
    assert len(written) == len([row for row in browsers.BROWSERS if row.system == "linux"])
    assert user / ".config" / "chromium" / "NativeMessagingHosts" / f"{HOST_NAME}.json" in written


def test_a_moved_config_folder_is_honoured(user: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(user / "elsewhere"))
    (manifest,) = install.install(home, names=["chromium"])
    assert manifest.is_relative_to(user / "elsewhere" / "chromium")


def test_an_unknown_browser_is_named_and_nothing_is_written(user: Path, home: Home) -> None:
    with pytest.raises(ValueError, match="netscape"):
        install.install(home, names=["netscape"])
    assert not (user / ".config").exists()


def test_installing_again_heals_and_uninstalling_leaves_nothing(user: Path, home: Home) -> None:
    (manifest,) = install.install(home, names=["chromium"])
    manifest.write_text("{")
    install.install(home, names=["chromium"])
    assert read(manifest)["name"] == HOST_NAME
    assert install.uninstall(home, names=["chromium"]) == [manifest]
    assert list(manifest.parent.iterdir()) == []
    assert install.uninstall(home, names=["chromium"]) == []


def test_another_desks_registration_is_left_alone(user: Path, home: Home) -> None:
    (manifest,) = install.install(Home(user / "other").create(), names=["chromium"])
    assert install.uninstall(home, names=["chromium"]) == []
    assert manifest.exists()


def test_a_strangers_launcher_is_not_taken_for_ours(user: Path, home: Home) -> None:
    (manifest,) = install.install(home, names=["chromium"])
    Path(read(manifest)["path"]).write_text("#!/bin/sh\nexec something else\n")
    with pytest.raises(ValueError, match="no launcher of ours"):
        Launcher.read(Path(read(manifest)["path"]))
    assert install.uninstall(home, names=["chromium"]) == []


@pytest.mark.parametrize("name", ["with blanks", "it's", 'say "x"', "内勤", "a\nb", "$(touch x)", "# no"])
def test_a_launcher_survives_odd_names(tmp_path: Path, name: str) -> None:
    paths = [tmp_path / name / part for part in ("desk", "python", "host.py", "a.desk")]
    launcher = Launcher(*paths)
    script = tmp_path / "launcher.sh"
    script.write_text(launcher.script())
    assert Launcher.read(script) == launcher
