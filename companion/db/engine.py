"""The one seam to both databases: transactions in, results out, troubles under their own names."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import stamina
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from companion.db import postgresql, sqlite
from companion.db.errors import Conflict, Corrupt, StoreError, StoreUnavailable

T = TypeVar("T")
Dialect = Literal["sqlite", "postgresql"]

READERS = 3
WRITERS = 4
"""Concurrent writers on PostgreSQL. SQLite has one, on a thread of its own."""


class Database:
    """One database. Every unit of work is one transaction, run on a thread: the event loop never waits.

    Work is a plain function; on PostgreSQL it may run more than once (serialization, deadlock), so it
    must have no effect beside its session. Raises StoreError for troubles of the store; an error of the
    work itself passes through. Either way the transaction is rolled back.
    """

    def __init__(
        self,
        dialect: Dialect,
        engines: tuple[Engine, Engine],
        writers: int,
        trouble: Callable[[DBAPIError], StoreError | None],
    ) -> None:
        self.dialect = dialect
        self._writer, self._reader = engines
        self._trouble = trouble
        self._writing = ThreadPoolExecutor(writers, thread_name_prefix="db-write")
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="db-read")
        self._closed = False

    @classmethod
    def sqlite(cls, path: Path, key: bytes) -> "Database":
        """Open or make an encrypted file with a raw 32-byte key.

        Raises WrongKey, Corrupt, StoreUnavailable (locked, read-only, disk full) and TooOld.
        """
        return cls("sqlite", sqlite.engines(path, key, READERS), 1, partial(sqlite.trouble, path=path))

    @classmethod
    def postgresql(cls, url: str) -> "Database":
        """A PostgreSQL server by its `postgresql://` URL. Connects with the first unit of work."""
        return cls("postgresql", postgresql.engines(url, WRITERS, READERS), WRITERS, postgresql.trouble)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run work in one transaction; it is on disk when this returns.

        Cancelling the caller does not undo work that a thread has begun.
        """
        return await self.transact(partial(_in_session, work))

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run work on one read-only snapshot. What it writes is refused (StoreUnavailable, read_only)."""
        return await self._run(self._reading, partial(self._once, self._reader, partial(_in_session, work)))

    async def transact(self, work: Callable[[Connection], T]) -> T:
        """As `write`, without the session: for the hot insert."""
        attempt = self._once if self.dialect == "sqlite" else self._patiently
        return await self._run(self._writing, partial(attempt, self._writer, work))

    async def alter(self, work: Callable[[Connection], T]) -> T:
        """Run work that changes the schema, in one transaction, alone.

        SQLite changes a table by copying it, which the foreign keys of others would undo: they are off
        meanwhile and checked as a whole before the commit. Raises Corrupt when one is broken.
        """
        change = self._alter_sqlite if self.dialect == "sqlite" else self._alter_postgresql
        return await self._run(self._writing, partial(change, work))

    def trouble(self, error: DBAPIError) -> StoreError | None:
        """What a driver's error says about the store; None when the statement itself was at fault."""
        return self._trouble(error)

    async def close(self) -> None:
        """Finish what was begun and let go of the database. Later work is refused."""
        self._closed = True
        await asyncio.to_thread(self._shut)

    async def _run(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._closed:
            raise StoreUnavailable("closed", "the store is closed")
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    def _once(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        try:
            with engine.begin() as connection:
                return work(connection)
        except DBAPIError as error:
            trouble = self._trouble(error)
            if trouble is None:
                raise
            raise trouble from error

    def _patiently(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        retry = stamina.retry_context(
            on=Conflict, attempts=8, timeout=10, wait_initial=0.01, wait_max=0.5, wait_jitter=0.05
        )
        for attempt in retry:
            with attempt:
                return self._once(engine, work)
        raise AssertionError("stamina ends with a result or an error")

    def _alter_postgresql(self, work: Callable[[Connection], T]) -> T:
        def alone(connection: Connection) -> T:
            # Several copies of the server may start at once; the second finds the work done.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('chudan schema'))")
            return work(connection)

        return self._patiently(self._writer, alone)

    def _alter_sqlite(self, work: Callable[[Connection], T]) -> T:
        def checked(connection: Connection) -> T:
            result = work(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise Corrupt("a foreign key points nowhere after the change")
            return result

        self._pragma("PRAGMA foreign_keys = OFF")
        try:
            return self._once(self._writer, checked)
        finally:
            self._pragma("PRAGMA foreign_keys = ON")

    def _pragma(self, pragma: str) -> None:
        # Not possible within a transaction, therefore beside SQLAlchemy's.
        connection = self._writer.raw_connection()
        try:
            connection.cursor().execute(pragma)
        finally:
            connection.close()

    def _shut(self) -> None:
        self._reading.shutdown()
        self._writing.shutdown()
        self._reader.dispose()
        self._writer.dispose()


def _in_session(work: Callable[[Session], T], connection: Connection) -> T:
    with Session(connection, expire_on_commit=False) as session:
        result = work(session)
        session.commit()  # flushes; the transaction itself belongs to the connection
        return result
