"""A carrier's portal as far as the management system can see it: what a query would answer."""

import base64
import io
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal

import segno

from companion.clock import to_ms
from companion.management.wire import CommandResult, EventIn, QueryBody, QueryResult
from companion.protocol import (
    Answer,
    Choice,
    Code,
    Coverage,
    CustomerChoice,
    Hint,
    HintKind,
    JobResult,
    LineData,
    LineFacts,
    Place,
    QuickDownload,
    RowOfList,
    Shown,
    Underwriting,
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


STATUS: dict[Underwriting, str] = {
    "none": "暂存",
    "pending": "待核保",
    "passed": "核保通过",
    "refused": "退回修改：缺行驶证",
    "unknown": "",
}


@dataclass(frozen=True)
class Quote:
    """One line as the portal has it. Every change of `version` changes the premium."""

    number: str
    version: int = 1
    deleted: bool = False
    underwriting: Underwriting = "none"
    policy: str | None = None
    quote: str | None = None
    """The quotation it was saved under."""
    both: bool = False
    phone: str = "13800001402"
    plate: str | None = "粤B12345"
    vin: str = "LSVAA4182E2123456"

    @property
    def names(self) -> set[str]:
        return {one for one in (self.number, self.quote, self.policy) if one}

    @property
    def facts(self) -> LineFacts:
        return LineFacts(
            number=self.number,
            quote_number=self.quote,
            kind="both" if self.both else "compulsory" if self.number.startswith("TDZA") else "commercial",
            policy_number=self.policy,
            underwriting=self.underwriting,
            deleted=self.deleted,
            plate=self.plate,
            insured="测试甲",
            start=to_ms(START + timedelta(days=3)),
            premium=100_000 + self.version,
            raw_status="已删除" if self.deleted else STATUS[self.underwriting],
        )

    @property
    def data(self) -> LineData:
        return LineData(
            facts=self.facts,
            end=to_ms(START + timedelta(days=368)),
            vin=self.vin,
            engine_number="E123456",
            brand_model="测试牌A1",
            registered_on="2020-01-02",
            insured_id_number="110101199003070011",
            insured_phone=self.phone,
            coverages=[Coverage(name="第三者责任险", sum_insured=100_000_000, premium=90_000)],
        )

    def saved(self) -> "Quote":
        return replace(self, version=self.version + 1, underwriting="none")

    def decided(self, underwriting: Underwriting = "passed") -> "Quote":
        return replace(self, underwriting=underwriting)

    def issued(self) -> "Quote":
        return replace(self, underwriting="passed", policy="P" + self.number[1:])

    def gone(self) -> "Quote":
        return replace(self, deleted=True)


def place(tab: int = 7, login: str | None = LOGIN, origin: str = ORIGIN) -> Place:
    return Place(origin=origin, login=login, tab=tab, frame=0)


def hint(
    *numbers: str,
    login: str | None = LOGIN,
    source: Literal["network", "page"] = "network",
    kind: HintKind = "quote_saved",
    code: Code | None = None,
    ticket: str | None = None,
    at: datetime = START,
    origin: str = ORIGIN,
) -> EventIn:
    body = Hint(
        id=uid(),
        at=to_ms(at),
        carrier=CARRIER,
        kind=kind,
        numbers=list(numbers),
        source=source,
        place=place(login=login, origin=origin),
        code=code,
        ticket=ticket,
    )
    return EventIn(instance=INSTANCE, body=body)


@cache
def qr(text: str) -> Code:
    """The picture of a QR code that says this."""
    picture = io.BytesIO()
    segno.make(text, micro=False).save(picture, kind="png", scale=4)
    return Code(image=base64.b64encode(picture.getvalue()).decode(), text=None)


def card(number: str) -> Code:
    return Code(image=None, text=number)


def pressed(*numbers: str, policy: str | None = None, login: str | None = LOGIN, **fields: str) -> EventIn:
    """The quick-download button of a row."""
    body = QuickDownload.model_validate(
        {
            "id": uid(),
            "at": to_ms(START),
            "carrier": CARRIER,
            "row": RowOfList(numbers=list(numbers), policy_number=policy),
            "fields": fields,
            "place": place(login=login),
        }
    )
    return EventIn(instance=INSTANCE, body=body)


def answer(
    question: str,
    choice: Choice,
    customer: CustomerChoice | None = None,
    remark: str | None = None,
    **fields: str,
) -> EventIn:
    told = {"question": question, "choice": choice, "remark": remark, "customer": customer, "fields": fields}
    body = Answer.model_validate({"id": uid(), "at": to_ms(START)} | told)
    return EventIn(instance=INSTANCE, body=body)


def shown(question: str) -> EventIn:
    return EventIn(instance=INSTANCE, body=Shown(id=uid(), at=to_ms(START), question=question, place=place()))


def somebody(name: str = "测试客户") -> CustomerChoice:
    return CustomerChoice(id=None, name=name, phone="13800001402")


def result(
    command: str,
    query: QueryBody,
    quotes: dict[str, Quote],
    outcome: Outcome = "answered",
    error: str | None = None,
) -> CommandResult:
    """What a desk reports of a query, with the portal as it is. Who is asked for is logged in."""
    wanted = set(query.numbers) if outcome == "answered" else set()
    found = [quote for quote in quotes.values() if quote.names & wanted]
    answered = outcome in ("answered", "other_login", "nobody", "not_found")
    whoami = (
        {"other_login": "clerk02", "nobody": None}.get(outcome, query.login or LOGIN) if answered else None
    )
    if outcome in ("other_login", "nobody"):
        found = list(quotes.values())[:1]
    told = JobResult.model_validate(
        {
            "re": command,
            "outcome": "answered" if answered else outcome,
            "whoami": whoami,
            "lines": [quote.facts for quote in found] if query.query == "confirm" else [],
            "data": [quote.data for quote in found] if query.query == "detail" else [],
            "error": error,
            "took": 12,
        }
    )
    return CommandResult(body=QueryResult(instance=INSTANCE, result=told))
