"""Work beside: kept, restarted where it must not end, never silently dead."""

import asyncio

import pytest
import structlog

from companion import background as module
from companion.background import Background
from tests.unit.desk.parts import eventually


async def test_a_failure_is_logged_by_kind_and_place_not_by_its_data() -> None:
    async def fail() -> None:
        raise ValueError("粤B12345")

    background = Background()
    with structlog.testing.capture_logs() as logged:
        task = background.start(fail(), "import")
        await eventually(task.done)
        await asyncio.sleep(0)
    [line] = logged
    assert (line["event"], line["task"], line["error"]) == ("task_failed", "import", "ValueError")
    assert line["at"].startswith("test_background.py:")
    assert "粤B12345" not in str(line)


async def test_work_without_end_begins_again_after_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    begun: list[None] = []

    async def fragile() -> None:
        begun.append(None)
        if len(begun) < 3:
            raise ValueError
        await asyncio.Event().wait()

    background = Background()
    background.keep_running(fragile, "loop")
    await eventually(lambda: len(begun) == 3)
    await background.close()


async def test_what_ends_during_its_pause_begins_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    begun: list[None] = []

    async def fragile() -> None:
        begun.append(None)
        raise ValueError

    background = Background()
    background.keep_running(fragile, "loop")
    await eventually(lambda: not background._tasks)
    await background.close()
    later = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, later.set)  # the loop calls in the order of the times
    await later.wait()
    assert len(begun) == 1
