"""Settings: documented, read from file and environment, refused by name when wrong."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from companion.exits import REASONS, exit_of, sentence
from companion.home import Home
from companion.settings import Settings
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
    defaults = {
        name: f'"{field.default}"' if isinstance(field.default, str) else str(field.default)
        for name, field in Settings.model_fields.items()
    }
    assert documented("# Settings") == defaults


def test_every_exit_status_is_documented_and_worded() -> None:
    statuses = {str(found.status) for _, found in REASONS}
    assert set(documented("## How programs end")) == statuses | {"0", "1", "2"}
    for _, found in REASONS:
        assert all(catalog(locale).has(f"cli.{found.key}") for locale in LOCALES)


def test_the_environment_wins_over_the_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings_file.write_text('locale = "en"\nconsole_port = 8470\n')
    monkeypatch.setenv("CHUDAN_CONSOLE_PORT", "8471")
    settings = Settings.of(home)
    assert (settings.locale, settings.console_port, settings.timezone) == ("en", 8471, "Asia/Shanghai")


@pytest.mark.parametrize("line", ['lokale = "en"', 'locale = "ru"', 'console_port = "many"'])
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(home: Home, line: str) -> None:
    home.settings_file.write_text(line)
    with pytest.raises(ValidationError) as caught:
        Settings.of(home)
    said = sentence(caught.value, catalog("en"))
    assert line.split()[0] in said
    assert "many" not in said
    assert exit_of(caught.value).status == 10
