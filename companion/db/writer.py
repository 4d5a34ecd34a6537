"""Group commit: everything that waits goes to disk in one transaction, with one sync."""

import asyncio
from collections.abc import Mapping, Set
from functools import partial
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, StatementError

from companion.db.engine import Database

Row = Mapping[str, Any]
Outcome = bool | Exception

BATCH = 1000
"""Rows in one transaction at most."""
_BAD_ROW = (StatementError, OverflowError, TypeError, ValueError)
"""What a row that no table takes raises: refused by the database, by a column type or by the driver."""


class GroupCommit:
    """Inserts into one table, many callers to a commit. Rows are stored in the order they were put."""

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._insert = _insert_if_new(database, table)
        self._waiting: list[tuple[Row, asyncio.Future[bool]]] = []
        self._columns: Set[str] | None = None
        self._flushing: asyncio.Task[None] | None = None

    async def put(self, row: Row) -> bool:
        """Store a row; it is on disk when this returns. False: it was there before (same unique key).

        Every row names the same columns as the first one (ValueError). Raises StoreError when the batch
        could not be committed, and the database's own error for a row that it refuses; the rows beside
        it are stored all the same.
        """
        if row.keys() != self._columns:
            self._learn(row)
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((row, stored))
        if self._flushing is None:
            self._flushing = loop.create_task(self._flush())
        return await stored

    def _learn(self, row: Row) -> None:
        if self._columns is not None:
            raise ValueError("a row names other columns than those before it")
        self._columns = frozenset(row.keys())

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                await self._commit(batch)
        finally:
            self._flushing = None

    async def _commit(self, batch: list[tuple[Row, asyncio.Future[bool]]]) -> None:
        rows = [row for row, _ in batch]
        commit = asyncio.ensure_future(self._database.transact(partial(self._store, rows)))
        await asyncio.wait([commit])
        error = commit.exception()
        outcomes = [error] * len(rows) if error else commit.result()
        for (_, stored), outcome in zip(batch, outcomes, strict=True):
            _settle(stored, outcome)

    def _store(self, rows: list[Row], connection: Connection) -> list[Outcome]:
        """All at once; row by row only when one of them was there before or is refused."""
        together = connection.begin_nested()
        try:
            if connection.execute(self._insert, rows).rowcount == len(rows):
                together.commit()
                return [True] * len(rows)
        except _BAD_ROW as error:
            self._raise_trouble(error)
        together.rollback()
        return [self._store_one(row, connection) for row in rows]

    def _store_one(self, row: Row, connection: Connection) -> Outcome:
        try:
            with connection.begin_nested():
                return connection.execute(self._insert, row).rowcount == 1
        except _BAD_ROW as error:
            self._raise_trouble(error)
            return error

    def _raise_trouble(self, error: Exception) -> None:
        if isinstance(error, DBAPIError) and self._database.trouble(error):
            raise error


def _insert_if_new(database: Database, table: Table) -> Insert:
    insert: Insert
    if database.dialect == "sqlite":
        insert = sqlite.insert(table).on_conflict_do_nothing()
    else:
        insert = postgresql.insert(table).on_conflict_do_nothing()
    return insert.execution_options(preserve_rowcount=True)


def _settle(stored: asyncio.Future[bool], outcome: bool | BaseException) -> None:
    if stored.done():  # the caller was cancelled meanwhile
        return
    if isinstance(outcome, bool):
        stored.set_result(outcome)
    else:
        stored.set_exception(outcome)
