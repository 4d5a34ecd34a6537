"""Messages and stand-ins for the desk's unit tests."""

import asyncio
import inspect
import uuid
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from companion.management.client import OfficeRefused
from companion.management.wire import EventIn, EventTaken, Health, QueryCommand
from companion.protocol import Answer, Hello, Hint, JobResult, Message, Place, Question, Session

CARRIER = "picc"
ORIGIN = "http://picc.localhost:8000"
INSTANCE = str(uuid.UUID(int=1))
OTHER = str(uuid.UUID(int=2))
PLACE = Place(origin=ORIGIN, login="clerk01", tab=7, frame=0)


def new_id() -> str:
    return str(uuid.uuid4())


async def eventually(look: Callable[[], Any]) -> None:
    """Wait, not for ever, until `look` (plain or async) finds what it looks for."""
    async with asyncio.timeout(20):
        while True:
            found = look()
            if await found if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(0.005)


class ManualClock:
    """A clock that stands until it is told to go."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def go(self, **span: float) -> None:
        self.time += timedelta(**span)


def hint(*numbers: str) -> Hint:
    return Hint(
        id=new_id(),
        at=1,
        carrier=CARRIER,
        kind="quote_saved",
        numbers=list(numbers) or ["TDAA202600000001"],
        source="network",
        place=PLACE,
    )


def answer(question: str) -> Answer:
    return Answer(id=new_id(), at=2, question=question, choice="download_only", remark=None, customer=None)


def question() -> Question:
    return Question(
        id=new_id(),
        kind="D1b",
        carrier=CARRIER,
        numbers=["TDAA202600000001"],
        plate="粤B12345",
        insured="张三",
        premium=123_45,
        choices=["yes", "download_only", "cancel"],
        customer_needed=True,
        remark=False,
        asked_at=3,
    )


def session(
    login: str | None = "clerk01", *, state: str = "live", origin: str = ORIGIN, tab: int = 7
) -> Session:
    return Session.model_validate(
        {"type": "session", "carrier": CARRIER, "origin": origin, "login": login, "state": state, "tab": tab}
    )


def query(**changes: Any) -> QueryCommand:
    wanted: dict[str, Any] = {
        "query": "confirm",
        "carrier": CARRIER,
        "origin": ORIGIN,
        "login": "clerk01",
        "numbers": ["TDAA202600000001"],
        "instance": INSTANCE,
        "tab": 7,
        "budget": 25_000,
    }
    return QueryCommand.model_validate(wanted | changes)


def job_result(job: str, outcome: str = "answered") -> JobResult:
    return JobResult.model_validate(
        {
            "type": "job_result",
            "re": job,
            "outcome": outcome,
            "whoami": "clerk01" if outcome == "answered" else None,
            "lines": [],
            "data": [],
            "error": None,
            "took": 12,
        }
    )


class FakePeer:
    """A connected extension that remembers what it was sent."""

    def __init__(self, instance: str = INSTANCE, react: Callable[[Message], None] | None = None) -> None:
        self.caller = "chrome-extension://x/"
        self.hello: Hello | None = Hello(
            id=new_id(),
            instance=instance,
            extension_version="1",
            browser="chromium",
            browser_version="156",
            locale="zh-CN",
            profiles={},
        )
        self.sent: list[Message] = []
        self._react = react

    def send(self, message: Message) -> None:
        self.sent.append(message)
        if self._react:
            self._react(message)


class FakeOffice:
    """Takes events as a script says: None takes, an exception is raised. Without a script it takes all."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.tried: list[str] = []
        self.scripts: dict[str, deque[Exception | None]] = {}
        self.away: Exception | None = None
        """What it says to everything, when it says so."""

    def script(self, event: str, *outcomes: Exception | None) -> None:
        self.scripts[event] = deque(outcomes)

    async def post_event(self, event: EventIn) -> EventTaken:
        self.tried.append(event.body.id)
        if self.away:
            raise self.away
        outcomes = self.scripts.get(event.body.id)
        if outcomes and (outcome := outcomes.popleft()) is not None:
            raise outcome
        self.taken.append(event.body.id)
        return EventTaken(id=event.body.id, new=True)

    async def health(self) -> Health:
        if self.away:
            raise self.away
        return Health(status="ok", version="1", schema_revision="1")


def refused(code: int = 113, status: int = 422) -> OfficeRefused:
    return OfficeRefused(status, code, "no")
