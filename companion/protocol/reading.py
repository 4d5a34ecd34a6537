"""Frames to messages and back: as strict as both sides can agree on."""

import json
from typing import Any, Literal, Never, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from companion.protocol.downward import Downward
from companion.protocol.parts import ID, MAX_DEPTH, MAX_FRAME, VERSION, ErrorCode, Message, Model
from companion.protocol.upward import Upward


class ProtocolError(Exception):
    """A frame or message that is refused. `message` never repeats the sender's data."""

    def __init__(self, code: ErrorCode, message: str, re: str | None = None) -> None:
        super().__init__(f"{code.value} {message}")
        self.code = code
        self.message = message
        self.re = re


_UPWARD: TypeAdapter[Any] = TypeAdapter(Upward)
_DOWNWARD: TypeAdapter[Any] = TypeAdapter(Downward)


def parse_json(payload: bytes) -> dict[str, Any]:
    """Read one JSON object as strictly as both sides can agree on.

    Raises ProtocolError for what `json.loads` would let through: NaN and infinities, duplicate keys, other
    encodings than UTF-8, lone surrogates, deep nesting, and anything that is not an object.
    """
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        raise ProtocolError(ErrorCode.BAD_TEXT, "not UTF-8") from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys)
    except RecursionError:
        raise ProtocolError(ErrorCode.TOO_DEEP, "nested too deeply") from None
    except ValueError:
        raise ProtocolError(ErrorCode.NOT_JSON, "not JSON") from None
    if not isinstance(value, dict):
        raise ProtocolError(ErrorCode.NOT_AN_OBJECT, "a message is an object")
    _check(value, MAX_DEPTH)
    return value


def parse_upward(payload: bytes) -> Any:
    """Read a message from the extension or its host. Raises ProtocolError."""
    return _parse(payload, _UPWARD)


def parse_downward(payload: bytes) -> Any:
    """Read a message from the daemon, as tests and tools do. Raises ProtocolError."""
    return _parse(payload, _DOWNWARD)


def encode(message: Message) -> bytes:
    """The JSON bytes of a message. Raises ProtocolError when it would not fit into one frame."""
    payload = message.model_dump_json().encode()
    if len(payload) > MAX_FRAME:
        raise ProtocolError(ErrorCode.FRAME_TOO_LONG, f"{len(payload)} bytes, at most {MAX_FRAME}")
    return payload


def _parse(payload: bytes, adapter: TypeAdapter[Any]) -> Any:
    value = parse_json(payload)
    name = value.get("id")
    re = name if isinstance(name, str) and ID.fullmatch(name) else None
    if value.get("v") is True or value.get("v") != VERSION:
        raise ProtocolError(ErrorCode.WRONG_VERSION, f"this daemon speaks version {VERSION}", re)
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
            raise ProtocolError(ErrorCode.UNKNOWN_MESSAGE, "unknown message type", re) from None
        raise ProtocolError(ErrorCode.BAD_FIELD, place_of(error), re) from None


def place_of(error: ValidationError) -> str:
    """The first thing that is wrong and where, for logs and refusals: in names of our own fields alone.

    Keys invented by the sender, of fields and of dictionaries alike, could carry anything.
    """
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    path = first["loc"] if first["type"] != "extra_forbidden" else first["loc"][:-1]
    ours = _words(Model)
    where = ".".join(str(part) for part in path if isinstance(part, int) or part in ours)
    return f"{where[:100]}: {first['type']}"


def _words(model: type[BaseModel]) -> set[str]:
    """Names of fields, and of the kinds of messages, in all models on the wire."""
    words = set(model.model_fields)
    for field in model.model_fields.values():
        if get_origin(field.annotation) is Literal:
            words.update(str(word) for word in get_args(field.annotation))
    return words.union(*(_words(one) for one in model.__subclasses__()))


def _refuse_constant(_name: str) -> Never:
    raise ProtocolError(ErrorCode.NOT_A_NUMBER, "NaN and infinities are no JSON")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ProtocolError(ErrorCode.DUPLICATE_KEY, "a key stands twice")
    return value


def _check(value: Any, depth: int) -> None:
    if depth == 0:
        raise ProtocolError(ErrorCode.TOO_DEEP, f"at most {MAX_DEPTH} levels")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth - 1)
            _check(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth - 1)


def _check_text(text: str) -> None:
    if "\0" in text:  # PostgreSQL stores every character but this one
        raise ProtocolError(ErrorCode.BAD_TEXT, "a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ProtocolError(ErrorCode.BAD_TEXT, "a lone surrogate") from None
