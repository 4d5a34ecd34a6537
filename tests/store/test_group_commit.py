"""Group commit: many callers, one transaction, and nobody harms his neighbour."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, StatementError

from companion.db.engine import Database, T
from companion.db.errors import StoreUnavailable
from companion.db.writer import BATCH, GroupCommit
from tests.store.tables import NOTE, PURSE, Purse, adding, purses


class Counting:
    """A database that counts transactions of the group commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dialect = database.dialect
        self.trouble = database.trouble
        self.commits = 0

    async def transact(self, work: Callable[[Connection], T]) -> T:
        self.commits += 1
        return await self._database.transact(work)


def purse(name: str, fen: Any = 0) -> dict[str, Any]:
    return {"id": name, "fen": fen}


async def put_all(commit: GroupCommit, *rows: dict[str, Any]) -> list[bool | BaseException]:
    return await asyncio.gather(*map(commit.put, rows), return_exceptions=True)


async def test_a_row_is_there_when_put_returns(store: Database) -> None:
    commit = GroupCommit(store, PURSE)
    assert await commit.put(purse("a")) is True
    assert await purses(store) == ["a"]


async def test_whoever_waits_shares_a_commit(store: Database) -> None:
    counting = Counting(store)
    commit = GroupCommit(counting, PURSE)  # type: ignore[arg-type]
    names = [f"{number:04}" for number in range(BATCH + 64)]
    assert await put_all(commit, *map(purse, names)) == [True] * len(names)
    assert await purses(store) == names
    assert counting.commits == 2


async def test_rows_are_stored_in_the_order_they_came(store: Database) -> None:
    commit = GroupCommit(store, PURSE)
    order: list[str] = []

    async def put(name: str) -> None:
        await commit.put(purse(name))
        order.append(name)

    names = [str(number) for number in range(200, 0, -1)]
    await asyncio.gather(*map(put, names))
    assert order == names


async def test_what_was_there_before_is_not_stored_twice(store: Database) -> None:
    commit = GroupCommit(store, PURSE)
    await commit.put(purse("a", 1))
    assert await put_all(commit, purse("b"), purse("a", 2), purse("c"), purse("c")) == [
        True,
        False,
        True,
        False,
    ]
    assert await purses(store) == ["a", "b", "c"]
    assert (await store.read(lambda session: session.get_one(Purse, "a"))).fen == 1


@pytest.mark.parametrize("fen", [1.5, 2**70, "\ud800"])
async def test_a_row_that_is_refused_harms_no_other(store: Database, fen: Any) -> None:
    commit = GroupCommit(store, PURSE)
    first, bad, last = await put_all(commit, purse("a"), purse("b", fen), purse("c"))
    assert (first, last) == (True, True)
    assert isinstance(bad, StatementError | OverflowError)
    assert await purses(store) == ["a", "c"]


async def test_a_broken_constraint_harms_no_other(store: Database) -> None:
    await store.write(adding(Purse(id="a")))
    commit = GroupCommit(store, NOTE)
    owners = {"1": "a", "2": "nobody", "3": "a"}
    rows = [{"id": name, "purse": owner, "text": "?"} for name, owner in owners.items()]
    first, bad, last = await put_all(commit, *rows)
    assert (first, last) == (True, True)
    assert isinstance(bad, IntegrityError)


async def test_a_caller_who_leaves_takes_nobody_along(store: Database) -> None:
    commit = GroupCommit(store, PURSE)
    leaving, staying = (asyncio.create_task(commit.put(purse(name))) for name in "ab")
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying is True
    assert "b" in await purses(store)
    assert await commit.put(purse("c")) is True


async def test_rows_name_the_same_columns(store: Database) -> None:
    commit = GroupCommit(store, PURSE)
    await commit.put(purse("a"))
    with pytest.raises(ValueError, match="columns"):
        await commit.put({"id": "b"})


async def test_a_store_that_is_away_is_told_to_everybody(store: Database) -> None:
    commit = GroupCommit(store, PURSE)
    await store.close()
    outcomes = await put_all(commit, purse("a"), purse("b"))
    assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)
    assert len(outcomes) == 2
