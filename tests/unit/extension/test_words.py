"""The extension's words: both languages whole, no key without words, no words without a key."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from companion.management.issuing.downloads import FILE_ERRORS
from companion.management.issuing.quick import FAILURES
from companion.protocol import FormField

ROOT = Path(__file__).parents[3]
EXTENSION = ROOT / "extension"
LANGUAGES = ["zh_CN", "en"]
FOLLOWING = (
    "choice_",
    "ask_title_",
    "ask_done_",
    "kind_",
    "lamp_",
    "verb_",
    "why_",
    "step_",
    "notify_",
    "menu_",
    "visit_",
    "ask_push_",
    "ask_to_",
    "ask_which_",
    "ask_field_",
    "quick_state_",
    "quick_kind_",
    "quick_short_",
    "quick_why_",
    "quick_title_",
    "quick_head_",
    "quick_number_",
    "quick_field_",
    "quick_row_",
)
"""Keys that the code puts together: what follows is a word of the protocol or of a closed list beside it."""


def words(language: str) -> dict[str, str]:
    catalog = json.loads((EXTENSION / "_locales" / language / "messages.json").read_text(encoding="utf-8"))
    return {key: entry["message"] for key, entry in catalog.items()}


def used() -> set[str]:
    """Keys written out in the code, the markup and the manifest."""
    found: set[str] = set()
    for path in [*EXTENSION.rglob("*.js"), *EXTENSION.rglob("*.html"), EXTENSION / "manifest.json"]:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"""(?:\bt\(|getMessage\(|\bwords\()["']([a-z]\w*)["']""", text))
        found |= set(re.findall(r'data-t="(\w+)"', text))
        found |= set(re.findall(r"__MSG_(\w+)__", text))
        found |= set(re.findall(r'input\("(\w+)"', text))
        found |= set(re.findall(r'"(why_\w+)"', text))
        found |= set(re.findall(r'\bbutton\("\w*", "(\w+)"', text))
        for chosen in re.findall(r"\bt\(([^()]*\?[^()]*)\)", text):
            found |= set(re.findall(r'"(\w+)"', chosen))
    return found


def test_both_languages_have_the_same_keys() -> None:
    assert words("zh_CN").keys() == words("en").keys()


def test_both_languages_name_the_same_parameters() -> None:
    chinese, english = words("zh_CN"), words("en")
    differ = [
        key
        for key in chinese
        if set(re.findall(r"\$\d", chinese[key])) != set(re.findall(r"\$\d", english[key]))
    ]
    assert differ == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_nothing_but_a_parameter(language: str) -> None:
    assert [key for key, text in words(language).items() if not re.sub(r"\$\d|\s", "", text)] == []


def test_every_key_in_use_has_words() -> None:
    assert len(used()) > 50
    assert used() - words("zh_CN").keys() == set()


def test_no_words_are_left_over() -> None:
    left = {key for key in words("zh_CN") if not key.startswith((*FOLLOWING, "welcome_"))}
    assert left - used() == set()


def test_every_step_of_the_timeline_has_a_short_form_for_the_popup() -> None:
    timeline = json.loads((ROOT / "companion/web/locales/zh_CN/timeline.json").read_text(encoding="utf-8"))
    kinds = {key for key in timeline if not key.startswith(("why_", "what_")) and "." not in key}
    assert kinds
    assert {kind for kind in kinds if f"step_{kind}" not in words("zh_CN")} == set()


def test_every_reason_of_the_management_systems_lamp_has_words() -> None:
    condition = (ROOT / "companion/desk/condition.py").read_text(encoding="utf-8")
    details = set(re.findall(r'"((?:office|store)_\w+|disk_full)"', condition)) - {
        "store_ok",
        "store_failed",
        "store_works",
    }
    details = {detail for detail in details if not detail.endswith("_changed")}
    assert "office_away" in details
    assert {detail for detail in details if f"why_{detail}" not in words("zh_CN")} == set()


def test_every_state_of_the_link_has_words() -> None:
    link = (EXTENSION / "background" / "link.js").read_text(encoding="utf-8")
    typedef = link.split("} LinkState")[0].rpartition("@typedef {")[2]
    states = set(re.findall(r'"(\w+)"', typedef)) - {"up", "connecting"}
    assert "daemon_down" in states
    wanted = {f"why_{state}{kept}" for state in states for kept in ("", "_kept")}
    assert wanted - words("zh_CN").keys() == set()


def test_everything_that_a_visit_can_fill_in_has_a_name() -> None:
    """The fields of the entry form, and the number of the query page (content/fill.js)."""
    wanted = {f"visit_field_{name}" for name in (*get_args(FormField), "number")}
    assert wanted - words("zh_CN").keys() == set()


def test_every_reason_of_a_failed_quick_download_has_words_for_button_and_form() -> None:
    reasons = {*FAILURES, *FILE_ERRORS, "away", "refused", "other"}
    wanted = {f"quick_{length}_{reason}" for reason in reasons for length in ("short", "why")}
    assert wanted - words("zh_CN").keys() == set()


def test_the_short_reason_fits_the_button() -> None:
    """Four Chinese characters, nine others: what the button leaves room for beside 失败 (row_button.js)."""
    short = {"zh_CN": 4, "en": 10}
    long = {
        (language, key): text
        for language, most in short.items()
        for key, text in words(language).items()
        if key.startswith("quick_short_") and len(text) > most
    }
    assert long == {}
