"""The messages of companion/protocol as data, for tests that compare something with them."""

from typing import Any, get_args

from pydantic import BaseModel

from companion import protocol


def members(union: Any) -> tuple[type[BaseModel], ...]:
    """The models of one direction."""
    found: tuple[type[BaseModel], ...] = get_args(get_args(union)[0])
    return found


UPWARD = members(protocol.Upward)
DOWNWARD = members(protocol.Downward)


def type_of(model: type[BaseModel]) -> str:
    """The value of a message's `type`."""
    name: str = model.model_fields["type"].default
    return name
