"""PostgreSQL's own troubles, made by a real server."""

import asyncio
import socket
from functools import partial

import pytest
from sqlmodel import Session

from companion.db.engine import Database
from companion.db.errors import Corrupt, DiskFull, StoreError, StoreUnavailable
from tests.postgres import Server
from tests.store.tables import Purse, adding, metadata, purses


@pytest.fixture
async def remote(postgresql_url: str) -> Database:
    return Database.postgresql(postgresql_url)


def say(statement: str, session: Session) -> object:
    return session.connection().exec_driver_sql(statement).scalar()


async def fail(database: Database, state: str) -> StoreError:
    """What a failure that the server reports under a SQLSTATE becomes."""
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'made for a test' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(StoreError) as caught:
        await database.write(partial(say, statement))
    return caught.value


async def test_a_server_that_is_not_there() -> None:
    with socket.socket() as deaf:  # its port is taken, and nobody listens there
        deaf.bind(("127.0.0.1", 0))
        database = Database.postgresql(f"postgresql://postgres@127.0.0.1:{deaf.getsockname()[1]}/postgres")
        with pytest.raises(StoreUnavailable) as caught:
            await purses(database)
        assert caught.value.reason == "away"
        await database.close()


async def test_a_database_that_is_not_there(postgresql_server: Server) -> None:
    database = Database.postgresql(postgresql_server.url("nowhere"))
    with pytest.raises(StoreUnavailable) as caught:
        await purses(database)
    assert caught.value.reason == "away"
    await database.close()


async def test_connections_that_died_are_replaced(remote: Database, postgresql_server: Server) -> None:
    await remote.alter(metadata.create_all)
    await asyncio.gather(*(purses(remote) for _ in range(8)))
    postgresql_server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'"
    )
    await remote.write(adding(Purse(id="a")))
    assert await asyncio.gather(*(purses(remote) for _ in range(8))) == [["a"]] * 8
    await remote.close()


async def test_a_connection_that_dies_in_between(remote: Database) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        await remote.write(partial(say, "SELECT pg_terminate_backend(pg_backend_pid())"))
    assert caught.value.reason == "away"
    assert await remote.write(partial(say, "SELECT 1")) == 1
    await remote.close()


async def test_a_lock_that_stays(remote: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await remote.alter(metadata.create_all)
    await remote.write(adding(Purse(id="a", fen=0)))

    def meet(session: Session) -> None:
        session.connection().exec_driver_sql("SELECT 1 FROM purse FOR UPDATE")
        waiting = asyncio.run_coroutine_threadsafe(remote.write(second), loop)
        with pytest.raises(StoreUnavailable) as caught:
            waiting.result(10)
        assert caught.value.reason == "locked"

    def second(session: Session) -> None:
        session.connection().exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
        session.connection().exec_driver_sql("SELECT 1 FROM purse FOR UPDATE")

    loop = asyncio.get_running_loop()
    await remote.write(meet)
    await remote.close()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("25006", "read_only"),
        ("53100", "full"),
        ("53300", "away"),
        ("55P03", "locked"),
        ("57P01", "away"),
        ("58030", "io"),
    ],
)
async def test_what_the_server_reports(remote: Database, state: str, reason: str) -> None:
    error = await fail(remote, state)
    assert isinstance(error, StoreUnavailable)
    assert error.reason == reason
    assert isinstance(error, DiskFull) == (reason == "full")
    await remote.close()


async def test_damage_that_the_server_reports(remote: Database) -> None:
    assert isinstance(await fail(remote, "XX001"), Corrupt)
    await remote.close()


async def test_a_conflict_that_does_not_end_is_given_up(remote: Database) -> None:
    error = await fail(remote, "40001")
    assert isinstance(error, StoreUnavailable)
    assert error.reason == "locked"
    await remote.close()


async def test_what_is_durable_and_in_which_zone(remote: Database) -> None:
    assert await remote.write(partial(say, "SHOW fsync")) == "on"
    assert await remote.write(partial(say, "SHOW synchronous_commit")) == "on"
    assert await remote.read(partial(say, "SHOW timezone")) == "UTC"
    assert await remote.read(partial(say, "SHOW transaction_isolation")) == "repeatable read"
    await remote.close()


async def copied(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(65536):
        sink.write(chunk)
    sink.close()
    await sink.wait_closed()


async def test_the_server_is_reached_by_loopback_too(postgresql_server: Server) -> None:
    """Its socket is carried to a port that the system chooses: PostgreSQL itself wants to be told one."""
    carried = []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried.append(asyncio.current_task())
        there, back = await asyncio.open_unix_connection(str(postgresql_server.socket))
        await asyncio.gather(copied(reader, back), copied(there, writer))

    async with await asyncio.start_server(carry, "127.0.0.1", 0) as loopback:
        port = loopback.sockets[0].getsockname()[1]
        database = Database.postgresql(f"postgresql://postgres@127.0.0.1:{port}/postgres")
        assert await database.read(partial(say, "SELECT 1")) == 1
        await database.close()
        await asyncio.gather(*filter(None, carried))
