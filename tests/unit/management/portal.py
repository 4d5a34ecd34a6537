"""A carrier's portal as far as the management system can see it: what a query would answer."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from companion.clock import to_ms
from companion.management.wire import CommandResult, EventIn, QueryBody, QueryResult
from companion.protocol import (
    Answer,
    Choice,
    Coverage,
    CustomerChoice,
    Hint,
    JobResult,
    LineData,
    LineFacts,
    Place,
    Shown,
)

CARRIER = "carrier_a"
ORIGIN = "http://carrier-a.localhost:8001"
LOGIN = "clerk01"
INSTANCE = "11111111-1111-4111-8111-111111111111"
START = datetime(2026, 3, 2, 1, 12, tzinfo=UTC)

Outcome = Literal["answered", "no_session", "logged_out", "failed", "other_login", "nobody", "not_found"]


def uid() -> str:
    return str(uuid.uuid4())


class Clock:
    """A clock that goes when told."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> datetime:
        return self.instant

    def advance(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Quote:
    """One line as the portal has it. Every change of `version` changes the premium."""

    number: str
    version: int = 1
    deleted: bool = False

    @property
    def facts(self) -> LineFacts:
        return LineFacts(
            number=self.number,
            kind="compulsory" if self.number.startswith("TDZA") else "commercial",
            policy_number=None,
            underwriting="none",
            deleted=self.deleted,
            plate="粤B12345",
            insured="测试甲",
            start=to_ms(START + timedelta(days=3)),
            premium=100_000 + self.version,
            raw_status="已删除" if self.deleted else "暂存",
        )

    @property
    def data(self) -> LineData:
        return LineData(
            facts=self.facts,
            end=to_ms(START + timedelta(days=368)),
            vin="LSVAA4182E2123456",
            engine_number="E123456",
            brand_model="测试牌A1",
            registered_on="2020-01-02",
            insured_id_number="110101199003070011",
            insured_phone="13800001402",
            coverages=[Coverage(name="第三者责任险", sum_insured=100_000_000, premium=90_000)],
        )

    def saved(self) -> "Quote":
        return replace(self, version=self.version + 1)


def place(tab: int = 7, login: str | None = LOGIN) -> Place:
    return Place(origin=ORIGIN, login=login, tab=tab, frame=0)


def hint(*numbers: str, login: str | None = LOGIN, source: Literal["network", "page"] = "network") -> EventIn:
    body = Hint(
        id=uid(),
        at=to_ms(START),
        carrier=CARRIER,
        kind="quote_saved",
        numbers=list(numbers),
        source=source,
        place=place(login=login),
    )
    return EventIn(instance=INSTANCE, body=body)


def answer(question: str, choice: Choice, customer: CustomerChoice | None = None) -> EventIn:
    body = Answer(id=uid(), at=to_ms(START), question=question, choice=choice, remark=None, customer=customer)
    return EventIn(instance=INSTANCE, body=body)


def shown(question: str) -> EventIn:
    return EventIn(instance=INSTANCE, body=Shown(id=uid(), at=to_ms(START), question=question, place=place()))


def somebody(name: str = "测试客户") -> CustomerChoice:
    return CustomerChoice(id=None, name=name, phone="13800001402")


def result(
    command: str, query: QueryBody, quotes: dict[str, Quote], outcome: Outcome = "answered"
) -> CommandResult:
    """What a desk reports of a query, with the portal as it is."""
    found = [quotes[number] for number in query.numbers if number in quotes] if outcome == "answered" else []
    answered = outcome in ("answered", "other_login", "nobody", "not_found")
    whoami = {"other_login": "clerk02", "nobody": None}.get(outcome, LOGIN) if answered else None
    if outcome in ("other_login", "nobody"):
        found = list(quotes.values())[:1]
    told = JobResult.model_validate(
        {
            "re": command,
            "outcome": "answered" if answered else outcome,
            "whoami": whoami,
            "lines": [quote.facts for quote in found] if query.query == "confirm" else [],
            "data": [quote.data for quote in found] if query.query == "detail" else [],
            "error": None,
            "took": 12,
        }
    )
    return CommandResult(body=QueryResult(instance=INSTANCE, result=told))
