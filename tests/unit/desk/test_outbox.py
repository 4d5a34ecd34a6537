"""The outbox: in order per number, nothing lost, nobody held up by somebody else's trouble."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from companion.db.engine import Database
from companion.db.errors import StoreError
from companion.desk import outbox as module
from companion.desk.inbox import Inbox, Waiting
from companion.desk.outbox import PATIENCE, Outbox
from companion.desk.store import InboxRow
from companion.management.client import OfficeAway
from companion.protocol import ErrorCode, Hint
from tests.unit.desk.parts import INSTANCE, FakeOffice, eventually, hint, new_id, refused

DEFECT = OfficeAway("500", "defect")


class Bench:
    """An outbox at work, and what it reported."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.office = FakeOffice()
        self.poisoned: list[tuple[str, int]] = []
        self.delivery: list[str] = []
        self.outbox = Outbox(inbox, self.office, self._poison, self.delivery.append)

    def _poison(self, row: Waiting, code: int) -> None:
        self.poisoned.append((row.id, code))

    async def put(self, *messages: Hint) -> None:
        for message in messages:
            await self.inbox.keep(INSTANCE, message)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.outbox.run())
        try:
            yield
        finally:
            assert not task.done(), task
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def empty(self) -> bool:
        return await self.inbox.depth() == 0


@pytest.fixture
def bench(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.05)
    return Bench(inbox)


async def test_what_waits_goes_up_in_order(bench: Bench) -> None:
    messages = [hint(f"TDAA{number:05}") for number in range(5)]
    await bench.put(*messages)
    async with bench.running():
        await eventually(bench.empty)
    assert bench.office.taken == [message.id for message in messages]


async def test_more_than_one_batch(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    messages = [hint(f"TDAA{number:05}") for number in range(5)]
    await bench.put(*messages)
    async with bench.running():
        await eventually(bench.empty)
    assert bench.office.taken == [message.id for message in messages]


@pytest.mark.parametrize(
    ("answer", "delivery"),
    [
        (OfficeAway("TimeoutError"), "office_away"),
        (OfficeAway("503 201", "store"), "office_store"),
        (DEFECT, "office_away"),
        (refused(121, 401), "office_refused"),
    ],
)
async def test_while_the_office_takes_nothing_everything_waits_and_then_goes(
    bench: Bench, answer: Exception, delivery: str
) -> None:
    first, second = hint("TDAA00001"), hint("TDAA00002")
    bench.office.away = answer
    await bench.put(first, second)
    async with bench.running():
        await eventually(lambda: len(bench.office.tried) > PATIENCE)
        assert set(bench.delivery) == {delivery}
        assert set(bench.office.tried) == {first.id}, "an office that is away is asked with one event"
        assert [row.attempts for row in await bench.inbox.waiting(10)] == [0, 0]
        bench.office.away = None
        bench.outbox.office_is_back()
        await eventually(bench.empty)
        await eventually(lambda: bench.delivery[-1] == "office_ok")
    assert bench.office.taken == [first.id, second.id]
    assert bench.poisoned == []


@pytest.mark.parametrize("wake", [Outbox.wake, Outbox.office_is_back])
async def test_waking_ends_a_long_pause_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, wake: Callable[[Outbox], None]
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 3600.0)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 3600.0)
    bench.office.away = OfficeAway("away")
    await bench.put(hint())
    async with bench.running():
        await eventually(lambda: len(bench.office.tried) == 1)
        bench.office.away = None
        wake(bench.outbox)
        await eventually(bench.empty)


async def test_new_events_do_not_use_up_the_patience_with_another(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 3600.0)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 3600.0)
    hard = hint("TDAA00001")
    bench.office.script(hard.id, *[DEFECT] * (PATIENCE + 1))
    others = [hint(f"TDAA1{number:04}") for number in range(PATIENCE + 1)]
    await bench.put(hard)
    async with bench.running():
        for other in others:
            await bench.put(other)
            bench.outbox.wake()
            await eventually(partial(bench.office.taken.__contains__, other.id))
    assert bench.poisoned == []
    assert bench.office.tried.count(hard.id) == 1
    assert [row.attempts for row in await bench.inbox.waiting(1)] == [1]


async def test_poison_is_passed_by_and_reported(bench: Bench) -> None:
    bad, good, same_number = hint("TDAA00001"), hint("TDAA00002"), hint("TDAA00001")
    bench.office.script(bad.id, refused(113))
    await bench.put(bad, good, same_number)
    async with bench.running():
        await eventually(lambda: bool(bench.poisoned))
        await eventually(bench.empty)
    assert bench.office.taken == [good.id, same_number.id]
    assert bench.poisoned == [(bad.id, 113)]
    assert [poison.id for poison in await bench.inbox.poisoned()] == [bad.id]


async def test_a_row_nobody_can_read_is_passed_by(bench: Bench, desk_db: Database) -> None:
    row = InboxRow(id=new_id(), received=1, instance=INSTANCE, kind="hint", body="{}")
    row_id = row.id
    await desk_db.write(lambda write: write.add(row))
    good = hint()
    await bench.put(good)
    async with bench.running():
        await eventually(lambda: bool(bench.poisoned))
    assert bench.office.taken == [good.id]
    assert bench.poisoned == [(row_id, ErrorCode.BAD_FIELD)]


async def test_an_event_the_office_stumbles_over_holds_up_only_its_own_number(bench: Bench) -> None:
    hard, behind, other = hint("TDAA00001"), hint("TDAA00001"), hint("TDAA00002")
    bench.office.script(hard.id, DEFECT, DEFECT, None)
    await bench.put(hard, behind, other)
    async with bench.running():
        await eventually(bench.empty)
    assert bench.office.taken == [other.id, hard.id, behind.id]
    assert bench.poisoned == []


async def test_an_event_that_never_goes_through_becomes_poison(bench: Bench) -> None:
    hard, behind = hint("TDAA00001"), hint("TDAA00001")
    bench.office.script(hard.id, *[DEFECT] * (PATIENCE + 1))
    await bench.put(hard, behind)
    async with bench.running():
        await eventually(lambda: bool(bench.poisoned))
        await eventually(bench.empty)
    assert bench.office.tried.count(hard.id) == PATIENCE
    assert bench.office.taken == [behind.id]
    assert bench.poisoned == [(hard.id, ErrorCode.DEFECT)]


async def test_a_store_that_fails_is_tried_again(
    bench: Bench, desk_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = hint()
    await bench.put(message)
    settle, failures = bench.inbox.settle, iter([True, True, False])

    async def sometimes(*given: object) -> None:
        if next(failures, False):
            raise StoreError("io")
        await settle(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.inbox, "settle", sometimes)
    async with bench.running():
        await eventually(bench.empty)
    # Delivered again each time it could not be written down: the office knows it by its id.
    assert bench.office.taken == [message.id] * 3
