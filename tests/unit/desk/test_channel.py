"""The command channel: carried out once, reported until it arrives, reported again when asked again."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from companion.background import Background
from companion.desk import channel as module
from companion.desk.channel import Channel
from companion.desk.condition import Condition
from companion.desk.extensions import Extensions
from companion.desk.questions import Questions
from companion.desk.sessions import Sessions
from companion.management.client import OfficeAway, OfficeRefused
from companion.management.wire import (
    AskCommand,
    CommandOut,
    CommandResult,
    QueryBody,
    QueryCommand,
    QueryResult,
    SessionsIn,
    ToastBody,
    ToastResult,
)
from tests.unit.desk.parts import (
    INSTANCE,
    PLACE,
    ManualClock,
    eventually,
    job_result,
    new_id,
    query,
    question,
    session,
)


class Client:
    """The management system's client, played by a test."""

    def __init__(self) -> None:
        self.down: asyncio.Queue[CommandOut | Exception] = asyncio.Queue()
        self.results: list[tuple[str, CommandResult]] = []
        self.sessions: list[SessionsIn] = []
        self.troubles: list[Exception] = []
        self.open: set[str] = set()

    async def commands(self) -> AsyncGenerator[CommandOut]:
        while True:
            command = await self.down.get()
            if isinstance(command, Exception):
                raise command
            yield command

    async def post_result(self, command: str, result: CommandResult) -> None:
        if self.troubles:
            raise self.troubles.pop()
        self.results.append((command, result))

    async def open_questions(self) -> set[str]:
        return self.open

    async def put_sessions(self, sessions: SessionsIn) -> None:
        if self.troubles:
            raise self.troubles.pop()
        self.sessions.append(sessions)


class Bench:
    def __init__(self) -> None:
        self.client = Client()
        self.asked: list[str] = []
        self.shown: list[str] = []
        self.refreshed = 0
        self.woken = 0
        self.background = Background()
        self.sessions = Sessions(ManualClock(), lambda: self.channel.sessions_changed())
        self.condition = Condition(ManualClock(), lambda _name: None)
        self.questions = Questions(Extensions())
        part = cast(Any, self)
        self.channel = Channel(
            cast(Any, self.client),
            self.condition,
            self.background,
            outbox=part,
            accounts=part,
            sessions=self.sessions,
            jobs=part,
            incoming=cast(Any, None),
            questions=self.questions,
            visits=part,
            toasts=part,
        )

    def office_is_back(self) -> None:
        self.woken += 1

    async def refresh(self) -> None:
        self.refreshed += 1

    async def run(self, job: str, _query: QueryCommand) -> QueryResult:
        self.asked.append(job)
        return QueryResult(instance=INSTANCE, result=job_result(job))

    async def show(self, command: str, _toast: ToastBody) -> ToastResult:
        self.shown.append(command)
        return ToastResult(delivered=True, backend="x", detail=None)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.background.keep_running(self.channel.run, "channel")
        self.background.keep_running(self.channel.report_sessions, "sessions")
        try:
            yield
        finally:
            await self.background.close()


@pytest.fixture
async def bench() -> Bench:
    return Bench()


def query_command() -> CommandOut:
    return CommandOut(id=new_id(), body=QueryBody.model_validate(query().model_dump() | {"kind": "query"}))


async def test_a_repeated_command_is_reported_again_but_not_carried_out_again(bench: Bench) -> None:
    command = query_command()
    async with bench.running():
        bench.client.down.put_nowait(command)
        await eventually(lambda: len(bench.client.results) == 1)
        bench.client.down.put_nowait(command)
        await eventually(lambda: len(bench.client.results) == 2)
    assert bench.asked == [command.id]
    assert bench.client.results[0] == bench.client.results[1]


async def test_a_result_is_carried_until_it_arrives(bench: Bench) -> None:
    command = CommandOut(id=new_id(), body=ToastBody(toast="done", params={}, proposal=None))
    bench.client.troubles = [OfficeAway("1"), OfficeAway("2")]
    async with bench.running():
        bench.client.down.put_nowait(command)
        await eventually(lambda: bench.client.results)
    assert bench.shown == [command.id]


async def test_a_refused_result_is_dropped_and_the_next_command_served(bench: Bench) -> None:
    bench.client.troubles = [OfficeRefused(404, 113, "nobody waits for it")]
    first, second = query_command(), query_command()
    async with bench.running():
        bench.client.down.put_nowait(first)
        await eventually(lambda: not bench.client.troubles)
        bench.client.down.put_nowait(second)
        await eventually(lambda: bench.client.results)
    assert [command for command, _ in bench.client.results] == [second.id]


async def test_sessions_are_told_at_every_change_and_when_the_channel_stands_again(bench: Bench) -> None:
    async with bench.running():
        bench.sessions.report(INSTANCE, session())
        await eventually(lambda: len(bench.client.sessions) == 1)
        assert [one.login for one in bench.client.sessions[0].sessions] == ["clerk01"]
        bench.client.troubles = [OfficeRefused(401, 121, "who is that")]
        bench.sessions.drop(INSTANCE)
        await eventually(lambda: not bench.client.troubles)
        bench.channel.changed(True)
        await eventually(lambda: len(bench.client.sessions) == 2)
    assert bench.client.sessions[1].sessions == []


async def test_sessions_that_could_not_be_told_in_time_are_told_later(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The channel may stand all the while, and only the store of the management system be away."""
    monkeypatch.setattr(module, "WITHIN", 0.01)
    monkeypatch.setattr(module, "REFUSED_PAUSE", 0.01)
    bench.client.troubles = [OfficeAway("503 201", "store") for _ in range(3)]
    async with bench.running():
        bench.sessions.report(INSTANCE, session())
        await eventually(lambda: bench.client.sessions)
    assert [one.login for one in bench.client.sessions[0].sessions] == ["clerk01"]


async def test_a_question_closed_while_the_desk_was_away_stands_here_no_more(bench: Bench) -> None:
    """However long ago: the management system tells of its closing for a day only."""
    closed, open_ = question(), question()
    for one in (closed, open_):
        bench.questions.ask(AskCommand(question=one, instance=INSTANCE, place=PLACE))
    bench.client.open = {open_.id}
    async with bench.running():
        bench.channel.changed(True)
        await eventually(lambda: bench.questions.open() == [open_])


async def test_the_lamp_follows_the_channel(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STARTING", 0.01)

    def lamp() -> str:
        return bench.condition.light.lamp

    assert lamp() == "waiting"
    async with bench.running():
        await eventually(lambda: bench.condition.light.detail == "office_away")
        bench.channel.changed(True)
        assert lamp() == "ok"
        await eventually(lambda: bench.refreshed == 1)
        assert bench.woken == 1
        bench.client.down.put_nowait(OfficeRefused(401, 0, "revoked"))
        await eventually(lambda: bench.condition.light.detail == "office_refused")
    assert lamp() == "broken"
