"""The inbox: on disk when it says so, once, in order, until taken."""

from companion.db.engine import Database
from companion.desk.inbox import REMEMBERED_MS, Inbox
from companion.desk.store import InboxRow
from tests.unit.desk.parts import INSTANCE, ManualClock, answer, hint, new_id


async def test_a_message_is_kept_once(inbox: Inbox) -> None:
    message = hint()
    assert await inbox.keep(INSTANCE, message) is True
    assert await inbox.keep(INSTANCE, message) is False
    [row] = await inbox.waiting(10)
    assert row.event is not None
    assert (row.event.instance, row.event.body) == (INSTANCE, message)
    assert await inbox.depth() == 1


async def test_order_survives_a_clock_set_back(desk_db: Database, inbox: Inbox, clock: ManualClock) -> None:
    first, second, third = hint(), hint(), hint()
    await inbox.keep(INSTANCE, first)
    clock.go(hours=-3)
    await inbox.keep(INSTANCE, second)
    again = Inbox(desk_db, clock)
    await again.resume()
    await again.keep(INSTANCE, third)
    assert [row.id for row in await again.waiting(10)] == [first.id, second.id, third.id]


async def test_what_is_taken_or_refused_no_longer_waits(inbox: Inbox, clock: ManualClock) -> None:
    taken, failed, bad = hint(), hint(), hint()
    for message in (taken, failed, bad):
        await inbox.keep(INSTANCE, message)
    clock.go(seconds=5)
    await inbox.settle([taken.id], [failed.id], {bad.id: 113})
    assert [(row.id, row.attempts) for row in await inbox.waiting(10)] == [(failed.id, 1)]
    [poison] = await inbox.poisoned()
    assert (poison.id, poison.kind, poison.code) == (bad.id, "hint", 113)
    assert await inbox.oldest() == poison.at == 1772413920000


async def test_a_taken_message_is_known_for_three_days_and_then_forgotten(
    desk_db: Database, inbox: Inbox, clock: ManualClock
) -> None:
    old, new = hint(), hint()
    await inbox.keep(INSTANCE, old)
    await inbox.settle([old.id], [], {})
    assert await inbox.keep(INSTANCE, old) is False
    clock.go(milliseconds=REMEMBERED_MS + 1)
    await inbox.keep(INSTANCE, new)
    await inbox.settle([new.id], [], {})
    assert await desk_db.read(lambda read: read.get(InboxRow, old.id)) is None
    assert await desk_db.read(lambda read: read.get(InboxRow, new.id)) is not None


async def test_a_row_nobody_can_read_is_shown_as_such(desk_db: Database, inbox: Inbox) -> None:
    message = hint()
    row = InboxRow(
        id=new_id(), received=1, instance=INSTANCE, kind="hint", body='{"type": "from_the_future"}'
    )
    await desk_db.write(lambda write: write.add(row))
    await inbox.keep(INSTANCE, message)
    strange, good = await inbox.waiting(10)
    assert strange.event is None
    assert strange.lanes == frozenset()
    assert good.id == message.id


async def test_answers_on_their_way_are_known(desk_db: Database, inbox: Inbox) -> None:
    older = InboxRow(id=new_id(), received=1, instance=INSTANCE, kind="answer", body='{"older": 1}')
    await desk_db.write(lambda write: write.add(older))
    waits, taken = answer(new_id()), answer(new_id())
    for message in (waits, taken, hint()):
        await inbox.keep(INSTANCE, message)
    await inbox.settle([taken.id], [], {})
    assert await inbox.answered() == {waits.question}


async def test_events_about_one_number_or_one_question_share_a_lane(inbox: Inbox) -> None:
    question = new_id()
    for message in (hint("TDAA1", "TDZA1"), hint("TDZA1"), answer(question), answer(question)):
        await inbox.keep(INSTANCE, message)
    both, one, first, second = [row.lanes for row in await inbox.waiting(10)]
    assert both & one
    assert first & second
    assert not (both | one) & first
