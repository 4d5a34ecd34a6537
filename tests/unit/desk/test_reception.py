"""The reception: acknowledged after the commit, refused with a number, told once."""

import asyncio
from typing import Any, cast

import pytest

from companion.background import Background
from companion.db.errors import DiskFull, StoreError, StoreUnavailable
from companion.desk.condition import Condition
from companion.desk.extensions import Extensions
from companion.desk.inbox import Inbox
from companion.desk.jobs import Jobs
from companion.desk.questions import Questions
from companion.desk.reception import Reception
from companion.desk.sessions import Sessions
from companion.management.client import OfficeAway, OfficeRefused
from companion.management.wire import AskCommand
from companion.protocol import Ack, CustomerSearch, Drift, ErrorCode, Message, Refusal, Welcome
from tests.unit.desk.parts import (
    INSTANCE,
    PLACE,
    FakePeer,
    ManualClock,
    answer,
    eventually,
    hint,
    new_id,
    query,
    question,
    session,
)


class Peer(FakePeer):
    """A peer that refuses as a real connection does."""

    def refuse(self, code: ErrorCode, message: str, re: str | None = None, retry: bool = False) -> None:
        self.send(Refusal(re=re, code=code, message=message, retry=retry))


class Nobody:
    """Stands where a part of the desk is not wanted: takes every call."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def __getattr__(self, name: str) -> Any:
        return lambda *_given: None


class Bench:
    def __init__(self, inbox: Inbox) -> None:
        self.told: list[str] = []
        self.condition = Condition(ManualClock(), self.told.append)
        self.inbox = inbox
        self.peer = Peer()
        self.extensions = Extensions()
        self.sessions = Sessions(ManualClock(), lambda: None)
        self.questions = Questions(self.extensions)
        self.client: Any = Nobody()
        self.reception = Reception(
            Background(),
            self.condition,
            cast(Any, self),
            inbox=inbox,
            outbox=cast(Any, Nobody()),
            accounts=cast(Any, Nobody(all=[])),
            extensions=self.extensions,
            sessions=self.sessions,
            jobs=Jobs(self.sessions, self.extensions),
            incoming=cast(Any, Nobody()),
            questions=self.questions,
            visits=cast(Any, Nobody()),
            profiles=cast(Any, Nobody()),
            status=cast(Any, Nobody()),
            doors=cast(Any, Nobody()),
        )
        self.reception.device = new_id()
        self.say(self.peer.hello)
        assert isinstance(self.peer.sent.pop(), Welcome)

    async def customers(self, _text: str) -> Any:
        raise self.client

    def say(self, message: Message | None) -> None:
        self.reception.received(cast(Any, self.peer), message)

    async def hears(self) -> Message:
        await eventually(lambda: self.peer.sent)
        return self.peer.sent.pop(0)


@pytest.fixture
def bench(inbox: Inbox) -> Bench:
    return Bench(inbox)


async def test_what_is_acknowledged_is_in_the_inbox(bench: Bench) -> None:
    messages = [hint() for _ in range(3)]
    for message in messages:
        bench.say(message)
    acked: list[str] = []
    while len(acked) < 3:
        acked += cast(Ack, await bench.hears()).re
    assert set(acked) == {row.id for row in await bench.inbox.waiting(10)} == {one.id for one in messages}


@pytest.mark.parametrize(
    ("error", "code", "toast"),
    [
        (DiskFull("no space"), ErrorCode.DISK_FULL, "disk_full"),
        (StoreUnavailable("locked", "busy"), ErrorCode.STORE_UNAVAILABLE, "store_unavailable"),
    ],
)
async def test_what_cannot_be_kept_is_refused_and_told_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: StoreError, code: ErrorCode, toast: str
) -> None:
    async def fail(*_given: object) -> bool:
        raise error

    keep = bench.inbox.keep
    monkeypatch.setattr(bench.inbox, "keep", fail)
    message = hint()
    for _ in range(2):
        bench.say(message)
        refusal = cast(Refusal, await bench.hears())
        assert (refusal.re, refusal.code, refusal.retry) == (message.id, code, True)
    assert bench.told == [toast]
    assert (bench.condition.light.lamp, bench.condition.light.detail) == ("broken", toast)
    monkeypatch.setattr(bench.inbox, "keep", keep)
    bench.say(message)
    assert cast(Ack, await bench.hears()).re == [message.id]
    assert bench.told == [toast, "store_works"]
    assert [one.code for one in bench.condition.incidents()] == [code]


async def test_an_answer_on_disk_ends_the_question_here(bench: Bench) -> None:
    asked = AskCommand(question=question(), instance=INSTANCE, place=PLACE)
    bench.questions.ask(asked)
    bench.peer.sent.clear()
    bench.say(answer(asked.question.id))
    await bench.hears()
    assert bench.questions.open() == []


async def test_a_search_says_why_it_finds_nobody(bench: Bench) -> None:
    search = CustomerSearch(id=new_id(), text="张")
    for error, code, retry in (
        (OfficeAway("away"), ErrorCode.OFFICE_AWAY, True),
        (OfficeRefused(401, 121, "no"), ErrorCode.CALLER_REFUSED, False),
        (OfficeRefused(418, 9999, "a number of the future"), ErrorCode.OFFICE_AWAY, False),
        (StoreUnavailable("io", "desk.db"), ErrorCode.STORE_UNAVAILABLE, True),
    ):
        bench.client = error
        bench.say(search)
        refusal = cast(Refusal, await bench.hears())
        assert (refusal.re, refusal.code, refusal.retry) == (search.id, code, retry)
    assert bench.condition.store == "store_ok", "what cannot be read says nothing about keeping"


async def test_a_browser_that_leaves_takes_its_sessions_along_unless_it_is_back_already(bench: Bench) -> None:
    bench.say(session())
    newer = Peer()
    bench.reception.received(cast(Any, newer), newer.hello)
    bench.reception.lost(cast(Any, bench.peer))
    assert len(bench.sessions.all()) == 1
    bench.reception.lost(cast(Any, newer))
    assert bench.sessions.all() == []


async def test_who_comes_back_before_they_left_loses_what_was_asked_there(bench: Bench) -> None:
    """Or a job would wait for an answer that nobody gives, to the end of its budget."""
    bench.say(session())
    asked = asyncio.create_task(bench.reception._jobs.run(new_id(), query()))
    await bench.hears()
    newer = Peer()
    bench.reception.received(cast(Any, newer), newer.hello)
    result = await asked
    assert result.result.outcome == "no_session"
    assert len(bench.sessions.all()) == 1


async def test_a_portal_that_has_changed_stands_in_the_diagnostics(bench: Bench) -> None:
    rule = "pages.list.always.0"
    bench.say(Drift(at=1, carrier="example", profile="00", what="selector_gone", rule=rule))
    (incident,) = bench.condition.incidents()
    assert (incident.code, incident.detail) == (311, f"example selector_gone {rule}")
