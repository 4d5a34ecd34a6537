"""The broker: the right browser, one query at a time, and a result whatever happens."""

import asyncio
from typing import cast

import pytest

from companion.desk import jobs as module
from companion.desk.extensions import Extensions
from companion.desk.jobs import Jobs
from companion.desk.sessions import Sessions
from companion.protocol import Job, Message
from tests.unit.desk.parts import (
    INSTANCE,
    OTHER,
    FakePeer,
    ManualClock,
    eventually,
    job_result,
    new_id,
    query,
    session,
)


class Bench:
    def __init__(self) -> None:
        self.extensions = Extensions()
        self.sessions = Sessions(ManualClock(), lambda: None)
        self.jobs = Jobs(self.sessions, self.extensions)

    def browser(self, instance: str, *outcomes: str) -> FakePeer:
        """A browser that answers its jobs one after the other; without outcomes it stays silent."""
        script = iter(outcomes)

        def react(message: Message) -> None:
            outcome = next(script, None)
            if outcome is not None:
                self.jobs.finished(instance, job_result(cast(Job, message).id, outcome))

        peer = FakePeer(instance, react)
        self.extensions.add(instance, peer)
        return peer

    def live(self, instance: str, **how: object) -> None:
        self.sessions.report(instance, session(**how))  # type: ignore[arg-type]


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_the_hints_tab_is_asked_and_the_answer_comes_home(bench: Bench) -> None:
    peer, job = bench.browser(INSTANCE, "answered"), new_id()
    bench.live(INSTANCE, tab=3)
    found = await bench.jobs.run(job, query(tab=7))
    [sent] = cast(list[Job], peer.sent)
    assert (sent.id, sent.tab, sent.budget, sent.numbers) == (job, 7, 25_000, ["TDAA202600000001"])
    assert (found.instance, found.result.outcome) == (INSTANCE, "answered")


async def test_without_a_session_nobody_is_asked(bench: Bench) -> None:
    peer = bench.browser(INSTANCE, "answered")
    found = await bench.jobs.run(new_id(), query())
    assert (found.instance, found.result.outcome, peer.sent) == (None, "no_session", [])


async def test_where_the_tab_is_gone_the_next_browser_is_asked_in_its_own_tab(bench: Bench) -> None:
    first, second = bench.browser(INSTANCE, "no_session"), bench.browser(OTHER, "answered")
    bench.live(INSTANCE)
    bench.live(OTHER, tab=42)
    found = await bench.jobs.run(new_id(), query(tab=7))
    assert (found.instance, found.result.outcome) == (OTHER, "answered")
    assert [cast(Job, one.sent[0]).tab for one in (first, second)] == [7, 42]


async def test_logged_out_is_an_answer_and_goes_home(bench: Bench) -> None:
    bench.browser(INSTANCE, "logged_out")
    bench.live(INSTANCE)
    assert (await bench.jobs.run(new_id(), query())).result.outcome == "logged_out"


async def test_a_browser_that_dies_meanwhile_hands_over_to_the_next(bench: Bench) -> None:
    dying = bench.browser(INSTANCE)
    bench.browser(OTHER, "answered")
    bench.live(INSTANCE)
    bench.live(OTHER)
    running = asyncio.create_task(bench.jobs.run(new_id(), query()))
    await eventually(lambda: dying.sent)
    bench.extensions.remove(dying)
    bench.jobs.lost(INSTANCE)
    assert (await running).instance == OTHER


async def test_a_silent_browser_fails_after_the_budget(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRACE", 0.01)
    bench.browser(INSTANCE)
    bench.live(INSTANCE)
    found = await bench.jobs.run(new_id(), query(budget=10))
    assert (found.result.outcome, found.result.error) == ("failed", "browser_silent")


async def test_one_session_is_asked_one_thing_at_a_time(bench: Bench) -> None:
    peer, first, second = bench.browser(INSTANCE), new_id(), new_id()
    bench.live(INSTANCE)
    running = [asyncio.create_task(bench.jobs.run(job, query())) for job in (first, second)]
    async with asyncio.timeout(20):
        await eventually(lambda: peer.sent)
        assert [cast(Job, one).id for one in peer.sent] == [first]
        bench.jobs.finished(INSTANCE, job_result(first))
        await eventually(lambda: len(peer.sent) == 2)
        bench.jobs.finished(INSTANCE, job_result(second))
        assert [(await task).result.re for task in running] == [first, second]


async def test_a_session_that_stays_busy_fails_the_next_job(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TURN", 0.01)
    peer = bench.browser(INSTANCE)
    bench.live(INSTANCE)
    first = asyncio.create_task(bench.jobs.run(new_id(), query()))
    await eventually(lambda: peer.sent)
    found = await bench.jobs.run(new_id(), query())
    assert (found.result.outcome, found.result.error) == ("failed", "session_busy")
    first.cancel()


async def test_strangers_and_latecomers_answer_nothing(bench: Bench) -> None:
    peer, job = bench.browser(INSTANCE), new_id()
    bench.live(INSTANCE)
    running = asyncio.create_task(bench.jobs.run(job, query()))
    await eventually(lambda: peer.sent)
    async with asyncio.timeout(20):
        bench.jobs.finished(OTHER, job_result(job, "failed"))
        bench.jobs.finished(INSTANCE, job_result(new_id(), "failed"))
        bench.jobs.finished(INSTANCE, job_result(job))
        bench.jobs.finished(INSTANCE, job_result(job, "failed"))
        assert (await running).result.outcome == "answered"


def test_budget_turn_and_grace_end_before_the_lease() -> None:
    assert module.TURN + 25 + module.GRACE < 40
