"""Instants and money come back as they went in, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import StatementError
from sqlmodel import col, func, select, text

from companion.db.engine import Database
from tests.store.tables import Purse, adding

NOON = datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC)


async def kept(database: Database, purse: Purse) -> Purse:
    await database.write(adding(purse))
    return await database.read(lambda session: session.get_one(Purse, purse.id))


@pytest.mark.parametrize(
    "instant",
    [
        NOON,
        NOON.replace(microsecond=0),
        datetime(1990, 7, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
        datetime(2026, 1, 1, 0, 0, tzinfo=timezone(-timedelta(hours=11))),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
async def test_an_instant_comes_back_in_utc(store: Database, instant: datetime) -> None:
    counted = (await kept(store, Purse(id="a", counted=instant))).counted
    assert counted == instant
    assert counted.tzinfo is UTC


async def test_instants_compare_and_sort_across_zones(store: Database) -> None:
    shanghai = NOON.astimezone(ZoneInfo("Asia/Shanghai"))
    rows = {"a": shanghai + timedelta(microseconds=1), "b": NOON, "c": NOON.replace(microsecond=0)}
    await store.write(adding(*(Purse(id=name, counted=at) for name, at in rows.items())))
    until = select(Purse.id).where(col(Purse.counted) <= shanghai).order_by(col(Purse.counted))
    assert await store.read(lambda session: list(session.exec(until))) == ["c", "b"]
    latest = select(func.max(Purse.counted))
    assert await store.read(lambda session: session.exec(latest).one()) == rows["a"]


async def test_nothing_stays_nothing(store: Database) -> None:
    purse = await kept(store, Purse(id="a"))
    assert (purse.fen, purse.counted) == (None, None)


async def test_a_naive_datetime_is_refused(store: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        await store.write(adding(Purse(id="a", counted=NOON.replace(tzinfo=None))))


@pytest.mark.parametrize("fen", [0, 1, -1, 10**13, -(10**13), 2**53 + 1])
async def test_money_is_exact(store: Database, fen: int) -> None:
    assert (await kept(store, Purse(id="a", fen=fen))).fen == fen


async def test_a_sum_of_money_is_money(store: Database) -> None:
    await store.write(adding(Purse(id="a", fen=2**53), Purse(id="b", fen=1)))
    total = await store.read(lambda session: session.exec(select(func.sum(Purse.fen))).one())
    assert total == 2**53 + 1
    assert type(total) is int


@pytest.mark.parametrize("amount", [1.5, 1.0, Decimal("1"), True, "1"])
async def test_only_integers_are_money(store: Database, amount: Any) -> None:
    with pytest.raises(StatementError, match="integer fen"):
        await store.write(adding(Purse(id="a", fen=amount)))


async def test_money_is_stored_as_an_integer(store: Database) -> None:
    await store.write(adding(Purse(id="a", fen=5)))
    kind = "typeof(fen)" if store.dialect == "sqlite" else "pg_typeof(fen)::text"
    stored = await store.read(lambda session: session.scalar(text(f"SELECT {kind} FROM purse")))
    assert stored in ("integer", "bigint")
