"""A defect in what runs without an end: logged, and everything goes on by itself."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import structlog

from companion.management.client import OfficeClient
from companion.management.issuing import claims, commands
from tests.api.desk import of_kind, working
from tests.unit.management.portal import Quote, hint

A = Quote("TDAA00000001")


def failing_once(real: Callable[..., Any]) -> Callable[..., Any]:
    """A function with a defect that shows itself at the first call."""
    calls: list[None] = []

    def function(*given: Any, **named: Any) -> Any:
        calls.append(None)
        if len(calls) == 1:
            raise RuntimeError("粤B12345")
        return real(*given, **named)

    return function


@pytest.mark.parametrize(
    ("module", "name", "task"),
    [
        (claims, "anything_due", "office_work"),
        (claims, "claim_all", "office_work"),
        (commands, "pending", "office_pump"),
    ],
)
async def test_after_a_defect_a_hint_is_still_confirmed(
    client: OfficeClient, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, task: str
) -> None:
    monkeypatch.setattr(module, name, failing_once(getattr(module, name)))
    with structlog.testing.capture_logs() as logged:
        async with working(client, A) as desk:
            await client.post_event(hint(A.number))
            await desk.told(of_kind("ask"))
    (line,) = [line for line in logged if line["event"] == "task_failed"]
    assert (line["task"], line["error"]) == (task, "RuntimeError")
    assert " > test_defects.py:" in line["at"]
    assert "粤B12345" not in str(logged)
