"""The JavaScript side of the protocol is what the protocol says."""

import json
import re

from companion import protocol
from scripts.protocol_types import FILES, SHARED, models, unions


def test_the_written_files_are_what_the_protocol_says() -> None:
    stale = [name for name, make in FILES.items() if (SHARED / name).read_text(encoding="utf-8") != make()]
    assert stale == [], "run python scripts/protocol_types.py"


def test_every_model_and_field_has_its_type() -> None:
    text = FILES["messages.js"]().replace("\n * ", " ")
    assert len(models()) > 30
    for model in models():
        [shape] = re.findall(rf"@typedef \{{\{{([^@]*?)\}}\}} {model.__name__}\b", text)
        fields = re.findall(r"(\w+): ", shape)
        assert fields == list(model.model_fields), model.__name__


def test_every_error_number_is_there() -> None:
    text = FILES["messages.js"]()
    for code in protocol.ErrorCode:
        assert f"  {code.name}: {code.value},\n" in text


def test_both_directions_name_every_message() -> None:
    text = FILES["schema.js"]()
    for name, members in unions().items():
        [table] = re.findall(rf"export const {name.upper()} = (\{{.*?\}});", text, re.DOTALL)
        assert list(json.loads(table).values()) == members
