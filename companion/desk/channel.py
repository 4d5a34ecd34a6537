"""The command channel: what the management system wants of this desk, and the word on how it went."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, aclosing
from typing import Final

import stamina
import structlog

from companion.background import Background
from companion.desk.accounts import AccountBook
from companion.desk.condition import Condition
from companion.desk.incoming import Incoming
from companion.desk.jobs import Jobs
from companion.desk.outbox import Outbox
from companion.desk.questions import Questions
from companion.desk.sessions import Sessions
from companion.desk.toasts import Toasts
from companion.desk.visits import Visits
from companion.management.client import OfficeAway, OfficeClient, OfficeRefused
from companion.management.wire import (
    AskBody,
    ClosedBody,
    CommandOut,
    CommandResult,
    FileBody,
    ProgressBody,
    QueryBody,
    SessionsIn,
    ToastBody,
    VisitBody,
)

WITHIN: Final = 60.0
"""Seconds one thing is carried after the management system; it asks again by itself, or all is told anew."""
STARTING: Final = 5.0
"""Seconds after which a management system that never answered is called away."""
REFUSED_PAUSE: Final = 60.0
"""Seconds until a desk that was turned away, or not heard in time, tries again."""
REMEMBERED: Final = 200
"""Finished commands whose results are told again without being carried out again."""

log = structlog.get_logger()


class Channel:
    """Takes commands, has them carried out side by side, and reports each result."""

    def __init__(
        self,
        client: OfficeClient,
        condition: Condition,
        background: Background,
        *,
        outbox: Outbox,
        accounts: AccountBook,
        sessions: Sessions,
        jobs: Jobs,
        incoming: Incoming,
        questions: Questions,
        visits: Visits,
        toasts: Toasts,
    ) -> None:
        self._client = client
        self._condition = condition
        self._background = background
        self._outbox = outbox
        self._accounts = accounts
        self._sessions = sessions
        self._jobs = jobs
        self._incoming = incoming
        self._questions = questions
        self._visits = visits
        self._toasts = toasts
        self._running: set[str] = set()
        self._done: OrderedDict[str, CommandResult] = OrderedDict()
        self._sessions_changed = asyncio.Event()

    async def run(self) -> None:
        """Take commands for ever."""
        asyncio.get_running_loop().call_later(STARTING, self._waited_long_enough)
        while True:
            try:
                async with aclosing(self._client.commands()) as commands:
                    async for command in commands:
                        self._take(command)
            except OfficeRefused as refusal:
                log.error("office_refuses_desk", status=refusal.status)
                self._condition.office_is("office_refused")
            await asyncio.sleep(REFUSED_PAUSE)

    async def report_sessions(self) -> None:
        """Tell the management system which portal sessions live here, whenever that changes, for ever."""
        while True:
            await self._sessions_changed.wait()
            self._sessions_changed.clear()
            try:
                async for attempt in _patiently():
                    with attempt:
                        await self._client.put_sessions(SessionsIn(sessions=self._sessions.all()))
            except (OfficeAway, OfficeRefused) as error:
                # The channel may stand all the while, and only the store behind it be away.
                log.warning("sessions_not_told", error=type(error).__name__)
                asyncio.get_running_loop().call_later(REFUSED_PAUSE, self._sessions_changed.set)

    def sessions_changed(self) -> None:
        """A session came, went, or moved to another tab."""
        self._sessions_changed.set()

    def changed(self, stands: bool) -> None:
        """The command channel stands, or broke."""
        self._condition.office_is("office_ok" if stands else "office_away")
        if stands:
            self._outbox.office_is_back()
            self._sessions_changed.set()
            self._background.start(self._catch_up(), "catch_up")

    def _waited_long_enough(self) -> None:
        if self._condition.office == "office_starting":
            self._condition.office_is("office_away")

    async def _catch_up(self) -> None:
        """Ask for what may have changed while the channel was down; commands come again by themselves.

        So do the closings of questions, but not for ever: what is open here and not there is closed.
        """
        shown = {question.id for question in self._questions.open()}
        try:
            async for attempt in _patiently():
                with attempt:
                    await self._accounts.refresh()
                    self._questions.withdraw(shown - await self._client.open_questions())
        except (OfficeAway, OfficeRefused) as error:
            log.warning("not_caught_up", error=type(error).__name__)

    def _take(self, command: CommandOut) -> None:
        body = command.body
        if isinstance(body, AskBody):
            self._questions.ask(body)
        elif isinstance(body, ClosedBody):
            self._questions.close(body.question, body.instance)
        elif isinstance(body, ProgressBody):
            self._incoming.tell(body)
        elif command.id not in self._running:
            self._running.add(command.id)
            self._background.start(self._carry_out(command.id, body), f"command {body.kind}")

    async def _carry_out(self, command: str, body: QueryBody | FileBody | VisitBody | ToastBody) -> None:
        try:
            result = self._done.get(command)
            if result is None:
                result = self._done[command] = await self._result(command, body)
                while len(self._done) > REMEMBERED:
                    self._done.popitem(last=False)
            await self._report(command, result)
        finally:
            self._running.discard(command)

    async def _result(
        self, command: str, body: QueryBody | FileBody | VisitBody | ToastBody
    ) -> CommandResult:
        if isinstance(body, ToastBody):
            return CommandResult(body=await self._toasts.show(command, body))
        if isinstance(body, FileBody):
            return CommandResult(body=await self._incoming.run(command, body))
        if isinstance(body, VisitBody):
            return CommandResult(body=self._visits.begin(body))
        outcome = await self._jobs.run(command, body)
        log.info(
            "query",
            command=command,
            query=body.query,
            outcome=outcome.result.outcome,
            took=outcome.result.took,
        )
        return CommandResult(body=outcome)

    async def _report(self, command: str, result: CommandResult) -> None:
        try:
            async for attempt in _patiently():
                with attempt:
                    await self._client.post_result(command, result)
        except OfficeAway:
            log.warning("result_not_delivered", command=command)
        except OfficeRefused as refusal:
            log.warning("result_refused", command=command, code=refusal.code)


def _patiently() -> AsyncIterator[AbstractContextManager[object]]:
    return stamina.retry_context(
        on=OfficeAway, attempts=None, timeout=WITHIN, wait_initial=0.2, wait_max=10.0, wait_jitter=0.5
    )
