"""Write extension/shared/messages.js and schema.js: what companion/protocol/ says, for JavaScript.

python scripts/protocol_types.py            write both files
python scripts/protocol_types.py --check    exit 1 when they differ from the protocol
"""

import inspect
import json
import sys
import textwrap
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from pydantic import BaseModel, TypeAdapter  # noqa: E402

from companion import protocol  # noqa: E402

SHARED = ROOT / "extension" / "shared"
NOISE = {"title", "description", "default"}
JS_TYPES = {"string": "string", "integer": "number", "boolean": "boolean", "null": "null"}


def models() -> list[type[BaseModel]]:
    """Every message and part of one, in the order of the protocol."""
    return [
        value
        for value in vars(protocol).values()
        if inspect.isclass(value)
        and issubclass(value, protocol.Model)
        and value not in (protocol.Model, protocol.Message)
    ]


def words() -> dict[tuple[str, ...], str]:
    """The closed lists of words that have a name: values -> name."""
    return {get_args(value): name for name, value in vars(protocol).items() if get_origin(value) is Literal}


def unions() -> dict[str, list[str]]:
    """The two directions: name -> names of their messages."""
    return {
        name: [member.__name__ for member in get_args(get_args(union)[0])]
        for name, union in (("Upward", protocol.Upward), ("Downward", protocol.Downward))
    }


def js_type(schema: dict[str, Any]) -> str:
    """The JSDoc type of a piece of JSON Schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        named = words().get(tuple(schema["enum"]))
        return named or " | ".join(json.dumps(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(js_type(part) for part in schema["anyOf"])
    if schema["type"] == "array":
        item = js_type(schema["items"])
        return f"({item})[]" if " | " in item else f"{item}[]"
    if schema["type"] == "object":
        return "Record<string, string>"
    return JS_TYPES[schema["type"]]


def typedef(model: type[BaseModel]) -> str:
    """The JSDoc block of one model."""
    fields = model.model_json_schema(mode="serialization")["properties"]
    shape = ", ".join(f"{name}: {js_type(schema)}" for name, schema in fields.items())
    first = (inspect.getdoc(model) or "").split("\n\n")[0].replace("\n", " ")
    return block(first, f"@typedef {{{{{shape}}}}} {model.__name__}")


def block(*paragraphs: str) -> str:
    """A JSDoc comment, wrapped."""
    lines = [line for text in paragraphs for line in textwrap.wrap(text, 106, break_on_hyphens=False)]
    return "/**\n" + "".join(f" * {line}\n" for line in lines) + " */\n"


def messages_js() -> str:
    """The module of constants and types."""
    codes = "".join(f"  {code.name}: {code.value},\n" for code in protocol.ErrorCode)
    parts = [
        "// Written by scripts/protocol_types.py from companion/protocol/. Do not edit.\n",
        f"export const VERSION = {protocol.VERSION};\n"
        f"export const HOST_NAME = {json.dumps(protocol.HOST_NAME)};\n"
        f"export const MAX_FRAME = {protocol.MAX_FRAME};\n",
        block("Numbered refusals. A number never changes its meaning.")
        + f"export const ErrorCode = Object.freeze({{\n{codes}}});\n",
        *(
            f"/** @typedef {{{' | '.join(json.dumps(value) for value in values)}}} {name} */\n"
            for values, name in words().items()
        ),
        *map(typedef, models()),
        *(block(f"@typedef {{{' | '.join(members)}}} {name}") for name, members in unions().items()),
        block(
            "Kept by the extension until acknowledged.",
            f"@typedef {{{' | '.join(member.__name__ for member in get_args(protocol.Durable))}}} Durable",
        ),
    ]
    return "\n".join(parts)


def bare(schema: Any) -> Any:
    """A schema without what only people read."""
    if isinstance(schema, list):
        return [bare(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: ({name: bare(part) for name, part in value.items()} if key == "properties" else bare(value))
        for key, value in schema.items()
        if key not in NOISE
    }


def schema_js() -> str:
    """The module of what a message must look like, as JSON Schema."""
    adapter: TypeAdapter[Any] = TypeAdapter(protocol.Upward | protocol.Downward)
    defs = adapter.json_schema()["$defs"]
    lines = "".join(f"  {name}: {json.dumps(bare(schema))},\n" for name, schema in sorted(defs.items()))
    directions = "".join(
        f"/** Message type -> definition. @type {{Record<string, string>}} */\n"
        f"export const {name.upper()} = {json.dumps(type_names(members), indent=2)};\n\n"
        for name, members in unions().items()
    )
    return (
        "// Written by scripts/protocol_types.py from companion/protocol/. Do not edit.\n\n"
        f"{directions}/** @type {{Record<string, any>}} */\nexport const DEFS = {{\n{lines}}};\n"
    )


def type_names(members: list[str]) -> dict[str, str]:
    """Message type on the wire -> name of its model."""
    return {getattr(protocol, member).model_fields["type"].default: member for member in members}


FILES = {"messages.js": messages_js, "schema.js": schema_js}


def main() -> int:
    """Write, or with --check compare."""
    differ = [
        name
        for name, make in FILES.items()
        if not (SHARED / name).is_file() or (SHARED / name).read_text(encoding="utf-8") != make()
    ]
    if "--check" in sys.argv:
        print("\n".join(f"{name} differs from the protocol" for name in differ))
        return 1 if differ else 0
    for name in differ:
        (SHARED / name).write_text(FILES[name](), encoding="utf-8")
        print(f"wrote extension/shared/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
