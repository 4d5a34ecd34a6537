"""The accounts a desk knows: never more than a message carries, never a reason not to start."""

from typing import Any, cast

import pytest

from companion.db.engine import Database
from companion.desk import accounts as module
from companion.desk.accounts import NAME, AccountBook
from companion.desk.condition import Condition
from companion.desk.extensions import Extensions
from companion.desk.memory import Memory
from companion.protocol import Account, Accounts, Welcome
from tests.unit.desk.parts import CARRIER, INSTANCE, ORIGIN, FakePeer, ManualClock, new_id


class Bench:
    """An account book, one browser, and a management system whose accounts a test sets."""

    def __init__(self, database: Database) -> None:
        self.there: list[Account] = []
        self.memory = Memory(database)
        self.condition = Condition(ManualClock(), lambda _name: None)
        self.peer = FakePeer()
        self.extensions = Extensions()
        self.extensions.add(INSTANCE, self.peer)
        self.book = self.new()

    def new(self) -> AccountBook:
        return AccountBook(cast(Any, self), self.memory, self.extensions, self.condition)

    async def accounts(self) -> list[Account]:
        return self.there


@pytest.fixture
def bench(desk_db: Database) -> Bench:
    return Bench(desk_db)


def account(login: str = "clerk01") -> Account:
    return Account(id=new_id(), carrier=CARRIER, origin=ORIGIN, login=login)


async def test_accounts_are_told_when_they_change_and_known_at_the_next_start(bench: Bench) -> None:
    bench.there = [account()]
    await bench.book.refresh()
    await bench.book.refresh()
    assert bench.peer.sent == [Accounts(accounts=bench.there)]
    again = bench.new()
    await again.load()
    assert again.all == bench.there


async def test_more_than_a_message_carries_cut_nobody_off(bench: Bench) -> None:
    bench.there = [account(f"clerk{number}") for number in range(module.MOST + 1)]
    await bench.book.refresh()
    await bench.book.refresh()
    assert bench.peer.sent == [Accounts(accounts=bench.there[: module.MOST])]
    Welcome(re=new_id(), daemon_version="1", device=new_id(), accounts=bench.book.all)
    assert [one.detail for one in bench.condition.incidents()] == ["501 accounts, at most 500 are used"]


@pytest.mark.parametrize("kept", ['[{"older": 1}]', "no JSON"])
async def test_what_an_older_version_kept_is_no_reason_not_to_start(bench: Bench, kept: str) -> None:
    await bench.memory.keep(NAME, kept)
    await bench.book.load()
    assert bench.book.all == []
