"""Visits at the desk: which browser makes one, and for whom a password leaves the keyring."""

from typing import Any, cast

import pytest

from companion.db.keying import KeyringLocked, NoKeyring
from companion.desk.extensions import Extensions
from companion.desk.sessions import Sessions
from companion.desk.visits import MOST, TRUSTED, Visits
from companion.management.wire import VisitBody
from companion.protocol import Account, ErrorCode, FillSecret, Refusal, SecretRequest, Visit
from tests.unit.desk.parts import CARRIER, INSTANCE, ORIGIN, OTHER, FakePeer, ManualClock, new_id, session

ACCOUNT = Account(id=new_id(), carrier=CARRIER, origin=ORIGIN, login="clerk01")
PASSWORD = "correct-horse-battery"


class Ring:
    """The keyring's passwords, by account."""

    def __init__(self) -> None:
        self.known = {(CARRIER, ORIGIN, "clerk01"): PASSWORD}
        self.trouble: Exception | None = None

    async def password(self, carrier: str, origin: str, login: str) -> str | None:
        if self.trouble:
            raise self.trouble
        return self.known.get((carrier, origin, login))


class Bench:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.extensions = Extensions()
        self.sessions = Sessions(self.clock, lambda: None)
        self.ring = Ring()
        self.visits = Visits(self.extensions, self.sessions, cast(Any, self.ring), self.clock)
        self.peers = {name: FakePeer(name) for name in (INSTANCE, OTHER)}

    def connect(self, *instances: str) -> None:
        for name in instances:
            self.extensions.add(name, self.peers[name])

    def went(self) -> list[str]:
        """The browsers that were sent on a visit."""
        return [name for name, peer in self.peers.items() if any(isinstance(one, Visit) for one in peer.sent)]

    async def ask(self, instance: str = INSTANCE, **changed: Any) -> FillSecret | ErrorCode:
        given = {"id": new_id(), "account": ACCOUNT.id, "origin": ORIGIN, "tab": 7, "frame": 0} | changed
        answer = await self.visits.secret(instance, SecretRequest.model_validate(given))
        if isinstance(answer, Refusal):
            assert PASSWORD not in answer.model_dump_json()
            return ErrorCode(answer.code)
        assert isinstance(answer, FillSecret)
        assert answer.re == given["id"]
        return answer


def body(account: Account = ACCOUNT) -> VisitBody:
    return VisitBody(
        visit=new_id(), purpose="quote", account=account, numbers=[], fields={"plate": "粤B12345"}
    )


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.connect(INSTANCE)
    return made


def test_the_browser_that_holds_the_account_goes(bench: Bench) -> None:
    bench.connect(OTHER)
    bench.sessions.report(OTHER, session("clerk01"))
    bench.sessions.report(INSTANCE, session("clerk02"))
    result = bench.visits.begin(body())
    assert (result.instance, result.taken, bench.went()) == (OTHER, True, [OTHER])


def test_else_one_in_which_nobody_has_to_be_logged_out(bench: Bench) -> None:
    bench.connect(OTHER)
    bench.sessions.report(OTHER, session("clerk02"))
    assert bench.visits.begin(body()).instance == INSTANCE


def test_without_a_browser_the_visit_is_not_begun() -> None:
    result = Bench().visits.begin(body())
    assert (result.taken, result.error) == (False, "no_browser")


async def test_a_visit_under_way_gets_its_password(bench: Bench) -> None:
    bench.visits.begin(body())
    given = await bench.ask()
    assert isinstance(given, FillSecret)
    assert (given.login, given.password) == ("clerk01", PASSWORD)
    assert PASSWORD not in repr(given)


async def test_nobody_else_gets_it(bench: Bench) -> None:
    assert await bench.ask() == ErrorCode.NOT_NOW
    bench.visits.begin(body())
    assert await bench.ask(OTHER) == ErrorCode.NOT_NOW
    assert await bench.ask(account=new_id()) == ErrorCode.NOT_NOW
    assert await bench.ask(origin="http://evil.localhost") == ErrorCode.FRAME_OF_A_STRANGER
    assert await bench.ask(origin=ORIGIN.replace("http:", "https:")) == ErrorCode.FRAME_OF_A_STRANGER


async def test_it_is_given_for_a_while_and_a_few_times_only(bench: Bench) -> None:
    bench.visits.begin(body())
    for _ in range(MOST):
        assert isinstance(await bench.ask(), FillSecret)
    assert await bench.ask() == ErrorCode.NOT_NOW
    bench.visits.begin(body())
    bench.clock.go(milliseconds=TRUSTED + 1)
    assert await bench.ask() == ErrorCode.NOT_NOW


@pytest.mark.parametrize("trouble", [KeyringLocked("locked"), NoKeyring("none")])
async def test_a_keyring_in_trouble_is_a_refusal(bench: Bench, trouble: Exception) -> None:
    bench.visits.begin(body())
    bench.ring.trouble = trouble
    assert await bench.ask() == ErrorCode.NOT_NOW


async def test_a_machine_without_the_password_says_so(bench: Bench) -> None:
    bench.visits.begin(body())
    bench.ring.known.clear()
    assert await bench.ask() == ErrorCode.NOT_HERE
