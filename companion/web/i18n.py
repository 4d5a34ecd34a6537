"""Words of console, local pages, toasts and timeline: keys in JSON files, one folder per language.

`timeline.question_asked` is the key `question_asked` of `locales/<language>/timeline.json`. A text names its
parameters in braces. Where English tells one from many, `<key>.one` stands beside `<key>` and is taken when
the parameter `n` is 1; both languages have both keys.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

LOCALES = ("zh_CN", "en")
"""Chinese is written first and stands in where a language is not known."""
FOLDER = Path(__file__).parent / "locales"
MISSING = "--"
"""Shown for a value that is not there."""


class Catalog:
    """All words of one language."""

    def __init__(self, locale: str, words: Mapping[str, str]) -> None:
        self.locale = locale
        self._words = words

    @property
    def tag(self) -> str:
        """The language as HTML and HTTP name it."""
        return {"zh_CN": "zh-CN"}.get(self.locale, self.locale)

    def t(self, key: str, **params: Any) -> str:
        """The text of `key`. An unknown key shows itself; a parameter that is not given shows as `--`.

        Timeline entries are stored for years and worded when read: a page must not break over an old one.
        """
        text = self._words.get(key)
        if params.get("n") == 1:
            text = self._words.get(f"{key}.one", text)
        if text is None:
            return key
        return text.format_map(_Params(params))

    def has(self, key: str) -> bool:
        """Whether there are words for `key`."""
        return key in self._words

    @property
    def all(self) -> frozenset[str]:
        """Every key of this language."""
        return frozenset(self._words)

    def parameters(self, key: str) -> frozenset[str]:
        """The names of the parameters that the text of `key` wants."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self._words[key]) if name)


class _Params(dict[str, Any]):
    """Parameters of a text; what is missing or empty is shown, not raised."""

    def __getitem__(self, key: str) -> Any:
        value = self.get(key)
        return MISSING if value is None or value == "" else value


@cache
def catalog(locale: str) -> Catalog:
    """The words of a language; Chinese where it is not one of LOCALES."""
    known = locale if locale in LOCALES else LOCALES[0]
    words: dict[str, str] = {}
    for path in sorted((FOLDER / known).glob("*.json")):
        texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        words.update({f"{path.stem}.{key}": text for key, text in texts.items()})
    return Catalog(known, words)
