"""What the extension may do is a closed list; every new right has to pass this file."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

EXTENSION = Path(__file__).parents[3] / "extension"
MANIFEST: dict[str, Any] = json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))


def test_rights_are_frozen() -> None:
    assert MANIFEST["permissions"] == [
        "nativeMessaging",
        "storage",
        "scripting",
        "alarms",
        "notifications",
        "contextMenus",
        "activeTab",
    ]
    assert MANIFEST["optional_host_permissions"] == ["*://*/*"]


@pytest.mark.parametrize(
    "key",
    ["host_permissions", "content_scripts", "externally_connectable", "optional_permissions", "sandbox"],
)
def test_what_it_never_asks_for(key: str) -> None:
    assert key not in MANIFEST


def test_pages_can_embed_the_question_frame_and_nothing_else() -> None:
    [resources] = MANIFEST["web_accessible_resources"]
    assert resources["resources"] == ["ask/ask.html"]
    assert resources["use_dynamic_url"] is True


def test_keys_open_the_waiting_question_and_the_console() -> None:
    keys = {name: command["suggested_key"] for name, command in MANIFEST["commands"].items()}
    assert keys == {"question": {"default": "Alt+Shift+Q"}, "console": {"default": "Alt+Shift+M"}}
    doors = (EXTENSION / "background" / "doors.js").read_text(encoding="utf-8")
    assert [name for name in keys if f"\n  {name}: " not in doors] == []


def test_our_own_pages_run_our_own_files_only() -> None:
    policy = MANIFEST["content_security_policy"]["extension_pages"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_development_id_follows_from_the_key() -> None:
    digest = hashlib.sha256(base64.b64decode(MANIFEST["key"])).hexdigest()[:32]
    made = "".join(chr(ord("a") + int(digit, 16)) for digit in digest)
    assert made == "cjkbinnlcbhhpcjmdmokiljdheailkbp"
    template = (EXTENSION.parent / "native_host_manifest.json").read_text(encoding="utf-8")
    assert made in template
    assert MANIFEST["browser_specific_settings"]["gecko"]["id"] in template


def test_every_file_it_names_exists() -> None:
    named = [
        MANIFEST["background"]["service_worker"],
        *MANIFEST["background"]["scripts"],
        MANIFEST["action"]["default_popup"],
        MANIFEST["options_ui"]["page"],
        *MANIFEST["icons"].values(),
        *MANIFEST["action"]["default_icon"].values(),
    ]
    assert [name for name in named if not (EXTENSION / name).is_file()] == []
