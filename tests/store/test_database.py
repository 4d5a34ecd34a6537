"""The seam means the same on both databases."""

import asyncio
from contextlib import suppress
from itertools import count
from threading import Barrier, BrokenBarrierError, Event

import pytest
from sqlalchemy import Update, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, func, select

from companion.db.engine import Database
from companion.db.errors import StoreUnavailable
from tests.store.tables import PURSE, Note, Purse, adding, purses


def one_more(name: str) -> Update:
    return update(PURSE).where(PURSE.c.id == name).values(fen=PURSE.c.fen + 1)


async def test_what_was_written_is_read(store: Database) -> None:
    await store.write(adding(Purse(id="a"), Purse(id="b")))
    assert await purses(store) == ["a", "b"]


async def test_rows_can_be_used_after_the_transaction(store: Database) -> None:
    def work(session: Session) -> Purse:
        purse = Purse(id="a", fen=5)
        session.add(purse)
        return purse

    assert (await store.write(work)).fen == 5
    assert (await store.read(lambda session: session.get_one(Purse, "a"))).fen == 5


async def test_an_error_of_the_work_undoes_all_of_it(store: Database) -> None:
    def work(session: Session) -> None:
        session.add(Purse(id="a"))
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(work)
    assert await purses(store) == []


async def test_work_cannot_commit_half_of_itself(store: Database) -> None:
    def work(session: Session) -> None:
        session.add(Purse(id="a"))
        session.commit()
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(work)
    assert await purses(store) == []


async def test_a_broken_constraint_is_the_works_own_error(store: Database) -> None:
    await store.write(adding(Purse(id="a")))
    with pytest.raises(IntegrityError) as caught:
        await store.write(adding(Purse(id="b"), Purse(id="a", fen=4711)))
    assert "4711" not in str(caught.value)
    assert await purses(store) == ["a"]


async def test_foreign_keys_are_held(store: Database) -> None:
    with pytest.raises(IntegrityError):
        await store.write(adding(Note(id="n", purse="nobody", text="?")))


async def test_reading_cannot_write(store: Database) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        await store.read(adding(Purse(id="a")))
    assert caught.value.reason == "read_only"
    assert await purses(store) == []


async def test_a_reader_sees_one_moment(store: Database) -> None:
    began, written = Event(), Event()

    def twice(session: Session) -> tuple[int, int]:
        count = select(func.count()).select_from(Purse)
        first = session.exec(count).one()
        began.set()
        assert written.wait(10)
        return first, session.exec(count).one()

    reading = asyncio.create_task(store.read(twice))
    assert await asyncio.to_thread(began.wait, 10)
    await store.write(adding(Purse(id="a")))
    written.set()
    assert await reading == (0, 0)
    assert await purses(store) == ["a"]


async def test_nothing_is_lost_between_writers(store: Database) -> None:
    await store.write(adding(Purse(id="a", fen=0)))

    def work(session: Session) -> None:
        purse = session.exec(select(Purse).where(Purse.id == "a").with_for_update()).one()
        purse.fen = (purse.fen or 0) + 1
        session.add(purse)

    await asyncio.gather(*(store.write(work) for _ in range(40)))
    assert (await store.read(lambda session: session.get_one(Purse, "a"))).fen == 40


async def test_deadlocked_work_is_run_again(store: Database) -> None:
    await store.write(adding(Purse(id="a", fen=0), Purse(id="b", fen=0)))
    # SQLite's writers never meet.
    meets = store.dialect == "postgresql"
    meet, runs = Barrier(2, timeout=20 if meets else 0.1), count()

    def work(session: Session, first: str, second: str) -> None:
        again = next(runs) > 1
        session.exec(one_more(first))
        with suppress(BrokenBarrierError):
            again or meet.wait()
        session.exec(one_more(second))

    await asyncio.gather(
        store.write(lambda session: work(session, "a", "b")),
        store.write(lambda session: work(session, "b", "a")),
    )
    assert await store.read(lambda session: set(session.exec(select(Purse.fen)))) == {2}
    assert next(runs) >= (3 if meets else 2)


async def test_the_loop_goes_on_while_a_thread_waits(store: Database) -> None:
    go = Event()

    def work(session: Session) -> None:
        session.add(Purse(id="a"))
        assert go.wait(10)

    writing = asyncio.create_task(store.write(work))
    assert await asyncio.gather(*(purses(store) for _ in range(10))) == [[]] * 10
    go.set()
    await writing


async def test_after_closing_work_is_refused_and_what_was_begun_is_there(store: Database) -> None:
    begun = Event()

    def work(session: Session) -> str:
        begun.set()
        session.add(Purse(id="a"))
        return "done"

    writing = asyncio.create_task(store.write(work))
    assert await asyncio.to_thread(begun.wait, 10)
    await store.close()
    assert await writing == "done"
    with pytest.raises(StoreUnavailable) as caught:
        await purses(store)
    assert caught.value.reason == "closed"


async def test_a_bad_statement_is_no_trouble_of_the_store(store: Database) -> None:
    with pytest.raises(DBAPIError, match="nowhere"):
        await store.read(lambda session: session.connection().exec_driver_sql("SELECT * FROM nowhere"))
