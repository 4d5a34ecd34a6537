"""Both languages say the same things, with the same parameters, and templates ask for nothing else."""

import json
import re
from pathlib import Path

import pytest

from companion.web.i18n import FOLDER, LOCALES, Catalog, catalog

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted((ROOT / "companion").glob("**/templates/*.html"))


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    files = {locale: sorted(path.name for path in (FOLDER / locale).glob("*.json")) for locale in LOCALES}
    assert files["zh_CN"] == files["en"]
    for name in files["en"]:
        chinese, english = (json.loads((FOLDER / locale / name).read_text("utf-8")) for locale in LOCALES)
        assert list(chinese) == list(english), name


def test_a_text_wants_the_same_parameters_in_both_languages() -> None:
    chinese, english = (catalog(locale) for locale in LOCALES)
    different = [
        key
        for key in chinese.all & english.all
        if (chinese.parameters(key) ^ english.parameters(key)) - ({"n"} if key.endswith(".one") else set())
    ]
    assert different == []


def test_chinese_is_chinese_and_english_is_english() -> None:
    han = re.compile("[\u4e00-\u9fff]")
    spoken = [key for key in catalog("en").all if han.search(catalog("en").t(key))]
    # The name of the language itself, and the one toast whose words are fixed (I-2.6).
    assert set(spoken) <= {"web.language_zh_CN", "toast.download_failed", "toast.download_failed_text"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parts[-3]}-{path.name}")
@pytest.mark.parametrize("locale", LOCALES)
def test_every_key_of_a_template_has_words(template: Path, locale: str) -> None:
    text = template.read_text("utf-8")
    words = catalog(locale)
    asked = set(re.findall(r'\bt\("([^"]+)"[,)]', text))
    assert [key for key in asked if not words.has(key)] == []
    begun = set(re.findall(r'\bt\("([^"]+)" ~', text))
    assert [start for start in begun if not any(key.startswith(start) for key in words.all)] == []


def test_templates_are_found() -> None:
    assert len(TEMPLATES) >= 10


def test_one_is_told_from_many() -> None:
    words = catalog("en")
    assert words.t("console.total", n=1) == "1 in total"
    assert words.t("console.attempts", n=1) == "1 attempt"
    assert words.t("console.attempts", n=3) == "3 attempts"


def test_a_missing_parameter_shows_and_does_not_break_the_page() -> None:
    words = Catalog("en", {"a.b": "{plate} of {name}"})
    assert words.t("a.b", plate="粤B12345") == "粤B12345 of --"
    assert words.t("a.c") == "a.c"
