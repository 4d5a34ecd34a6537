"""What people typed, cleaned at the edge: forms and addresses."""

import unicodedata
from collections.abc import Mapping
from typing import Any


def typed(fields: Mapping[str, Any], name: str) -> str:
    """A field's text without surrounding blanks and control characters; empty when it is no text.

    Control characters come from pasting; PostgreSQL refuses one of them (NUL) in any text.
    """
    value = fields.get(name, "")
    return printable(value).strip() if isinstance(value, str) else ""


def printable(text: str) -> str:
    """The text without control characters, surrogates and invisible marks of direction."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cs", "Cf"))
