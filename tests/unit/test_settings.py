"""Settings: documented, read from file and environment, refused by name when wrong."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from companion.cli import app
from companion.exits import NO_FILE, REASONS, exit_of, sentence
from companion.home import Home
from companion.settings import BadSettings, Settings
from companion.web.i18n import LOCALES, catalog

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    return Home(tmp_path / "desk").create()


def documented(heading: str) -> dict[str, str]:
    """First and second column of the table below a heading (or at the top)."""
    text = DOCUMENT.read_text(encoding="utf-8").split(heading, 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `?([^|`]+?)`? \| `?([^|]+?)`? \|", text, re.MULTILINE)
    return dict(rows[1:])


def test_every_setting_is_documented_with_its_default() -> None:
    defaults = {name: json.dumps(field.default) for name, field in Settings.model_fields.items()}
    assert documented("# Settings") == defaults


def test_every_exit_status_is_documented_and_worded() -> None:
    statuses = {str(found.status) for _, found in REASONS}
    assert set(documented("## How programs end")) == statuses | {"0", "1", "2"}
    for found in (NO_FILE, *(found for _, found in REASONS)):
        assert all(catalog(locale).has(f"cli.{found.key}") for locale in LOCALES)


def test_the_environment_wins_over_the_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings_file.write_text('locale = "en"\nconsole_port = 8470\n')
    monkeypatch.setenv("CHUDAN_CONSOLE_PORT", "8471")
    settings = Settings.of(home)
    assert (settings.locale, settings.console_port, settings.timezone) == ("en", 8471, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'lokale = "en"', "lokale: "),
        (b'locale = "ru"', "locale: "),
        (b'console_port = "many"', "console_port: "),
        (b'office = "many', "settings.toml: "),
        (b'locale = "\xff"', "settings.toml: "),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(home: Home, text: bytes, said: str) -> None:
    home.settings_file.write_bytes(text)
    with pytest.raises(BadSettings) as caught:
        Settings.of(home)
    told = sentence(caught.value, catalog("en"))
    assert said in told
    assert "many" not in told
    assert exit_of(caught.value).status == 10


OFF = ["http://team.example:8460", "http://10.0.0.7", "http://localhost.example", "HTTP://team.example"]
ON = ["", "https://team.example", "http://127.0.0.1:8460", "http://localhost:1", "http://[::1]:1"]


@pytest.mark.parametrize("office", OFF)
def test_a_token_never_crosses_the_network_in_clear_text(home: Home, office: str) -> None:
    command = ["enrol", office, "CODE", "--home", str(home.path)]
    ended = CliRunner().invoke(app, command)
    assert (ended.exit_code, "https://" in ended.stderr) == (10, True)
    assert not home.settings_file.exists()
    home.settings_file.write_text(f'office = "{office}"\n')
    with pytest.raises(BadSettings):
        Settings.of(home)


@pytest.mark.parametrize("office", ON)
def test_a_management_system_on_this_machine_needs_no_tls(home: Home, office: str) -> None:
    home.settings_file.write_text(f'office = "{office}"\n')
    assert Settings.of(home).office == office


def test_a_file_and_an_address_that_cannot_be_used_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file") as file:
        (tmp_path / "file" / "x").mkdir()
    assert exit_of(file.value).key == "cannot_use_file"
    assert exit_of(OSError(98, "Address already in use")).key == "cannot_listen"


@pytest.mark.parametrize("command", ["daemon", "doctor", "console", "enrol"])
def test_a_setting_that_cannot_be_read_is_a_sentence(home: Home, command: str) -> None:
    home.settings_file.write_text('locale = "en')
    more = ["http://127.0.0.1:9", "CODE"] if command == "enrol" else []
    ended = CliRunner().invoke(app, [command, "--home", str(home.path), *more])
    assert (ended.exit_code, type(ended.exception)) == (10, SystemExit)
    assert "settings.toml" in ended.stderr


@pytest.mark.parametrize("command", ["install", "uninstall", "doctor"])
def test_a_place_that_cannot_be_used_is_a_sentence(tmp_path: Path, home: Home, command: str) -> None:
    (tmp_path / "file").touch()
    runner = CliRunner()
    ended = runner.invoke(app, [command, "--home", str(tmp_path / "file" / "desk")])
    assert (ended.exit_code, "file" in ended.stderr) == (9, True)
    ended = runner.invoke(
        app, [command, "--home", str(home.path), "--browser-profile", str(tmp_path / "file" / "profile")]
    )
    assert isinstance(ended.exception, SystemExit | None), ended.exception
