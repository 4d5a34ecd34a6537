"""The broker of portal jobs: finds a browser that holds the session and brings home what the portal said."""

import asyncio
from collections import defaultdict
from typing import Final, Literal

import structlog

from companion.desk.extensions import Extensions
from companion.desk.sessions import Sessions
from companion.management.wire import QueryCommand, QueryResult, SessionOnDevice
from companion.protocol import Job, JobResult

GRACE: Final = 1.0
"""Seconds a browser may be late after the budget, for the way back."""
TURN: Final = 10.0
"""Seconds a job or a file waits for its turn; budget, turn and grace stay below a job's lease of 40 s."""

log = structlog.get_logger()


class Jobs:
    """Runs portal jobs, one at a time per portal session, so that a clerk's account is never hammered."""

    def __init__(self, sessions: Sessions, extensions: Extensions) -> None:
        self._sessions = sessions
        self._extensions = extensions
        self._pending: dict[str, tuple[str, asyncio.Future[JobResult | None]]] = {}
        self._turns: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, job_id: str, query: QueryCommand) -> QueryResult:
        """Have the query made by the first browser that can. Every ending is a result, none an exception."""
        nobody = QueryResult(instance=None, result=_without_answer(job_id, "no_session", None))
        for session in self._sessions.fit(query):
            result = await self._in_turn(job_id, query, session)
            if result is not None and result.outcome != "no_session":
                return QueryResult(instance=session.instance, result=result)
        return nobody

    def finished(self, instance: str, result: JobResult) -> None:
        """A browser answers. Answers that nobody waits for any more are dropped."""
        pending = self._pending.get(result.re)
        if pending is None or pending[0] != instance or pending[1].done():
            log.info("late_job_result", job=result.re)
            return
        pending[1].set_result(result)

    def lost(self, instance: str) -> None:
        """A browser is gone: its jobs go to the next that fits."""
        for where, future in self._pending.values():
            if where == instance and not future.done():
                future.set_result(None)

    async def _in_turn(self, job_id: str, query: QueryCommand, session: SessionOnDevice) -> JobResult | None:
        turn = self._turns[session.instance, session.origin]
        try:
            async with asyncio.timeout(TURN):
                await turn.acquire()
        except TimeoutError:
            return _without_answer(job_id, "failed", "session_busy")
        try:
            return await self._ask(job_id, query, session)
        finally:
            turn.release()

    async def _ask(self, job_id: str, query: QueryCommand, session: SessionOnDevice) -> JobResult | None:
        """None when the browser went away before it answered."""
        future: asyncio.Future[JobResult | None] = asyncio.get_running_loop().create_future()
        self._pending[job_id] = (session.instance, future)
        try:
            if not self._extensions.send(session.instance, _job(job_id, query, session)):
                return None
            async with asyncio.timeout(query.budget / 1000 + GRACE):
                return await future
        except TimeoutError:
            return _without_answer(job_id, "failed", "browser_silent")
        finally:
            del self._pending[job_id]


def _job(job_id: str, query: QueryCommand, session: SessionOnDevice) -> Job:
    own = session.instance == query.instance and query.tab is not None
    return Job(
        id=job_id,
        query=query.query,
        carrier=query.carrier,
        origin=query.origin,
        login=query.login,
        numbers=query.numbers,
        tab=query.tab if own else session.tab,
        budget=query.budget,
    )


def _without_answer(job_id: str, outcome: Literal["no_session", "failed"], error: str | None) -> JobResult:
    return JobResult(re=job_id, outcome=outcome, whoami=None, lines=[], data=[], error=error, took=0)
