"""PROTOCOL.md says what companion/protocol does: every message, field, number and limit."""

import re
import types
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from companion import protocol
from companion.link import framing, server
from companion.protocol import ErrorCode
from tests.protocol.models import DOWNWARD, UPWARD, type_of

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "PROTOCOL.md").read_text(encoding="utf-8")
PARTS = [
    model
    for model in vars(protocol).values()
    if isinstance(model, type)
    and issubclass(model, protocol.Model)
    and not issubclass(model, protocol.Message)
    and model is not protocol.Model
]
NAMED = {
    id(getattr(protocol, name)): name.lower()
    for name in (
        "Id",
        "CarrierId",
        "Origin",
        "Number",
        "Login",
        "Millis",
        "Text",
        "Fen",
        "Small",
        "Picture",
        "Piece",
        "Size",
    )
}
NAMED[id(protocol.CarrierId)] = "carrier"
PLAIN = {bool: "boolean", int: "integer", str: "string"}
LIMITS = {"min_length": "≥", "ge": "≥", "gt": ">", "max_length": "≤", "le": "≤", "lt": "<"}


def section(title: str) -> str:
    """The text below a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}$\n(.*?)(?=^#|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found, f"PROTOCOL.md has no section {title!r}"
    return found[1]


def table(text: str) -> list[list[str]]:
    """The rows of a Markdown table, without its head."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip().replace(r"\|", "|") for cell in row] for row in rows[2:]]


def worded(hint: Any) -> str:
    """A type as PROTOCOL.md writes it."""
    if id(hint) in NAMED:
        return NAMED[id(hint)]
    if get_origin(hint) is Annotated:
        return bounded(*get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return " or ".join("null" if one is type(None) else worded(one) for one in get_args(hint))
    if get_origin(hint) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(hint))
    if get_origin(hint) is list:
        return f"list of {worded(get_args(hint)[0])}"
    if get_origin(hint) is dict:
        return f"object of {worded(get_args(hint)[0])} to {worded(get_args(hint)[1])}"
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint.__name__
    return PLAIN[hint]


def bounded(hint: Any, *fields: FieldInfo) -> str:
    """A type with its limits; where two say the same kind of thing, the later one holds."""
    limits: dict[str, Any] = {}
    for limit in (limit for field in fields for limit in field.metadata):
        if getattr(limit, "pattern", None):
            return f"`{limit.pattern}`"
        limits |= {name: getattr(limit, name) for name in LIMITS if hasattr(limit, name)}
    bounds = [f"{sign} {limits[name]}" for name, sign in LIMITS.items() if name in limits]
    return f"{worded(hint)}, {' and '.join(bounds)}"


def fields(model: type[BaseModel]) -> dict[str, str]:
    hints = get_type_hints(model, include_extras=True)
    return {name: worded(hints[name]) for name in model.model_fields if name not in ("v", "type")}


def documented(title: str) -> dict[str, str]:
    rows = table(section(title))
    assert all(len(row) == 3 and row[2] for row in rows), f"{title}: name, type and meaning"
    return {row[0].strip("`"): row[1] for row in rows}


@pytest.mark.parametrize("model", [*UPWARD, *DOWNWARD], ids=type_of)
def test_every_message_is_documented_as_it_is(model: type[BaseModel]) -> None:
    assert documented(f"`{type_of(model)}`") == fields(model)


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_every_shared_part_is_documented_as_it_is(model: type[BaseModel]) -> None:
    assert documented(model.__name__) == fields(model)


def test_nothing_is_documented_that_is_not_there() -> None:
    messages = set(re.findall(r"^### `(\w+)`$", DOCUMENT, re.MULTILINE))
    assert messages == {type_of(model) for model in (*UPWARD, *DOWNWARD)}
    parts = set(re.findall(r"^### (\w+)$", DOCUMENT, re.MULTILINE))
    assert parts == {model.__name__ for model in PARTS}


def test_every_number_is_documented_and_none_changed() -> None:
    rows = {int(row[0]): row[1].strip("`") for row in table(section("Error numbers"))}
    assert rows == {code.value: code.name for code in ErrorCode}
    # Numbers are only ever added: this list grows, and what stands in it stays.
    first = {101: "FRAME_TOO_LONG", 102: "NOT_JSON", 103: "NOT_A_NUMBER", 104: "DUPLICATE_KEY"}
    first |= {105: "BAD_TEXT", 106: "TOO_DEEP", 107: "NOT_AN_OBJECT", 111: "UNKNOWN_MESSAGE"}
    first |= {112: "WRONG_VERSION", 113: "BAD_FIELD", 114: "HELLO_FIRST", 121: "CALLER_REFUSED"}
    first |= {122: "PEER_REFUSED", 131: "FRAME_OF_A_STRANGER", 201: "STORE_UNAVAILABLE", 202: "DISK_FULL"}
    first |= {211: "OFFICE_AWAY", 221: "DAEMON_DOWN"}
    assert first.items() <= rows.items()


def test_every_simple_type_is_documented_as_it_is() -> None:
    aliases = [alias for alias in vars(protocol).values() if id(alias) in NAMED]
    rows = {row[0].strip("`"): row[1] for row in table(section("Simple types"))}
    assert rows == {NAMED[id(alias)]: bounded(*get_args(alias)) for alias in aliases}


def test_every_limit_is_documented() -> None:
    limits = {row[0]: row[1] for row in table(section("Limits"))}
    assert limits == {
        "protocol version": f"{protocol.VERSION}",
        "one frame": f"{protocol.MAX_FRAME} bytes",
        "a longer frame is skipped up to": f"{framing.MAX_SKIP} bytes",
        "nesting": f"{protocol.MAX_DEPTH} levels",
        "time for `host_hello`": f"{server.HELLO_WITHIN:g} s",
        "unread bytes kept for one peer": f"{server.MAX_UNREAD} bytes",
    }
