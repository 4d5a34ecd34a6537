"""Every message between the extension and the daemon: the one definition (PROTOCOL.md explains it).

A frame is a 32-bit length in native byte order and that many bytes of UTF-8 JSON. Every message carries
`v` (the protocol version) and `type`. Times are integer milliseconds since the Unix epoch, money is
integer fen, ids are UUIDs. Unknown fields, types and versions are refused with a numbered error; numbers
are only ever added.
"""

import json
import re as regex
from enum import IntEnum
from typing import Annotated, Any, Literal, Never

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

VERSION = 1
HOST_NAME = "cn.chudan.companion"
MAX_FRAME = 1_048_576
"""Bytes of JSON in one frame, both ways. Browsers close the port above this towards them."""
MAX_DEPTH = 32
"""Nesting of one message."""

_ID = regex.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Id = Annotated[str, Field(pattern=f"^{_ID.pattern}$")]
CarrierId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
Origin = Annotated[str, Field(pattern=r"^https?://[^/\s]{1,255}$")]
Number = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{4,39}$")]
"""A carrier's proposal or policy number; blanks are no number."""
Login = Annotated[str, Field(min_length=1, max_length=64)]
Millis = Annotated[int, Field(ge=0, le=253_402_300_799_999)]
Text = Annotated[str, Field(max_length=500)]
Fen = Annotated[int, Field(ge=-(10**13), le=10**13)]
Small = Annotated[int, Field(ge=-(2**31), lt=2**31)]
"""A tab, frame, process or code: what every database and browser can hold."""

HintKind = Literal["quote_saved"]
LineKind = Literal["commercial", "compulsory", "both", "other"]
"""`both`: a quote of commercial and compulsory insurance under one number."""
Underwriting = Literal["none", "pending", "passed", "refused", "unknown"]
QueryName = Literal["confirm", "detail"]
Choice = Literal["yes", "no", "download_only", "cancel"]
QuestionKind = Literal["D1", "D1a", "D1b"]
Lamp = Literal["ok", "waiting", "broken"]


class ErrorCode(IntEnum):
    """Numbered refusals. A number never changes its meaning and is never used again."""

    FRAME_TOO_LONG = 101
    NOT_JSON = 102
    NOT_A_NUMBER = 103
    DUPLICATE_KEY = 104
    BAD_TEXT = 105
    TOO_DEEP = 106
    NOT_AN_OBJECT = 107
    UNKNOWN_MESSAGE = 111
    WRONG_VERSION = 112
    BAD_FIELD = 113
    HELLO_FIRST = 114
    CALLER_REFUSED = 121
    PEER_REFUSED = 122
    FRAME_OF_A_STRANGER = 131
    STORE_UNAVAILABLE = 201
    DISK_FULL = 202
    OFFICE_AWAY = 211
    DAEMON_DOWN = 221
    NOT_HERE = 301
    NOT_NOW = 302
    DEFECT = 500


class ProtocolError(Exception):
    """A frame or message that is refused. `message` never repeats the sender's data."""

    def __init__(self, code: ErrorCode, message: str, re: str | None = None) -> None:
        super().__init__(f"{code.value} {message}")
        self.code = code
        self.message = message
        self.re = re


class Model(BaseModel):
    """Base of everything on the wire: closed, strict, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Message(Model):
    """Base of every message."""

    v: Literal[1] = 1


# ---------------------------------------------------------------- shared parts


class Place(Model):
    """Where in a browser something happened: the portal origin, who was logged in, tab and frame."""

    origin: Origin
    login: Login | None
    tab: Small
    frame: Small


class LineFacts(Model):
    """What a portal's query says about one line (险种); `raw_status` is the portal's own word."""

    number: Number
    kind: LineKind
    policy_number: Number | None
    underwriting: Underwriting
    deleted: bool
    plate: Text | None
    insured: Text | None
    start: Millis | None
    premium: Fen | None
    raw_status: Text


class Coverage(Model):
    """One coverage (险别) of a line."""

    name: Text
    sum_insured: Fen | None
    premium: Fen | None


class LineData(Model):
    """Everything a portal tells about one line: what the data download brings home."""

    facts: LineFacts
    end: Millis | None
    vin: Text | None
    engine_number: Text | None
    brand_model: Text | None
    registered_on: Text | None
    insured_id_number: Text | None
    insured_phone: Text | None
    coverages: Annotated[list[Coverage], Field(max_length=100)]


class CustomerChoice(Model):
    """The customer a clerk picked: a known one by `id`, or a new one by `name`."""

    id: Id | None
    name: Text | None
    phone: Text | None


class CustomerFound(Model):
    """One row of the customer picker; `tail` is the phone's last four digits."""

    id: Id
    name: Text
    tail: Text | None


class Question(Model):
    """A question (D1 …) the clerk is asked. `summary` is shown as is: plate, insured, premium in fen."""

    id: Id
    kind: QuestionKind
    carrier: CarrierId
    numbers: Annotated[list[Number], Field(min_length=1, max_length=8)]
    plate: Text | None
    insured: Text | None
    premium: Fen | None
    choices: Annotated[list[Choice], Field(min_length=2, max_length=4)]
    customer_needed: bool
    """Whether `yes` must name a customer."""
    remark: bool
    asked_at: Millis


class Account(Model):
    """An issuing account (出单账号) as the extension needs it."""

    id: Id
    carrier: CarrierId
    origin: Origin
    login: Login


class SessionState(Model):
    """A live portal session of this desk and when it was last seen."""

    carrier: CarrierId
    origin: Origin
    login: Login | None
    seen_at: Millis


class RecentEvent(Model):
    """One line of the popup's history. `step` is a timeline kind."""

    at: Millis
    step: Text
    carrier: CarrierId | None
    number: Number | None


# ---------------------------------------------------------------- native host -> daemon


class HostHello(Message):
    """First frame on a socket, sent by the native host itself: whom the browser says it serves."""

    type: Literal["host_hello"] = "host_hello"
    caller: Annotated[str, Field(max_length=500)]
    pid: Small


# ---------------------------------------------------------------- extension -> daemon


class Hello(Message):
    """First message of an extension. `instance` names the browser profile for good."""

    type: Literal["hello"] = "hello"
    id: Id
    instance: Id
    extension_version: Text
    browser: Literal["chromium", "firefox"]
    browser_version: Text
    locale: Text
    profiles: dict[CarrierId, Text]
    """Carrier -> hash of the profile in use."""


class Registered(Message):
    """The page scripts now stand ready for these portal origins. Not acknowledged."""

    type: Literal["registered"] = "registered"
    origins: Annotated[list[Origin], Field(max_length=100)]


class Trouble(Message):
    """Something the extension refused or could not do, for the daemon's log. Not acknowledged."""

    type: Literal["trouble"] = "trouble"
    at: Millis
    code: Small
    detail: Text
    """In our own words; never a page's text."""


class Session(Message):
    """Who is logged in at a portal origin now, or that nobody is any more. Not acknowledged."""

    type: Literal["session"] = "session"
    carrier: CarrierId
    origin: Origin
    login: Login | None
    state: Literal["live", "ended"]
    tab: Small


class Hint(Message):
    """Something a page seems to have done. A hint is never a fact. Durable: kept until acknowledged."""

    type: Literal["hint"] = "hint"
    id: Id
    at: Millis
    carrier: CarrierId
    kind: HintKind
    numbers: Annotated[list[Number], Field(min_length=1, max_length=8)]
    source: Literal["network", "page"]
    place: Place


class Shown(Message):
    """A question stands before the clerk's eyes. Durable."""

    type: Literal["shown"] = "shown"
    id: Id
    at: Millis
    question: Id
    place: Place


class Answer(Message):
    """The clerk's answer to a question. Durable; the first answer counts."""

    type: Literal["answer"] = "answer"
    id: Id
    at: Millis
    question: Id
    choice: Choice
    remark: Text | None
    customer: CustomerChoice | None


class JobResult(Message):
    """What came of a portal job. Only `answered` counts as a try; `whoami` was read with the answer."""

    type: Literal["job_result"] = "job_result"
    re: Id
    outcome: Literal["answered", "no_session", "logged_out", "failed"]
    whoami: Login | None
    lines: Annotated[list[LineFacts], Field(max_length=8)]
    data: Annotated[list[LineData], Field(max_length=8)]
    error: Text | None
    took: Annotated[Small, Field(ge=0)]
    """Milliseconds."""


class CustomerSearch(Message):
    """Search of the customer picker by name, plate or phone tail. Answered by `customers`."""

    type: Literal["customer_search"] = "customer_search"
    id: Id
    text: Text


class StatusRequest(Message):
    """The popup's question how everything is. Answered by `status`."""

    type: Literal["status_request"] = "status_request"
    id: Id


class ConsoleRequest(Message):
    """Ask for a one-time link into the console or a local page. Answered by `console_link`."""

    type: Literal["console_request"] = "console_request"
    id: Id
    page: Literal["console", "first_run", "diagnostics"]
    proposal: Id | None


# ---------------------------------------------------------------- daemon -> extension


class Welcome(Message):
    """Answer to `hello`."""

    type: Literal["welcome"] = "welcome"
    re: Id
    daemon_version: Text
    device: Id
    accounts: Annotated[list[Account], Field(max_length=500)]


class Accounts(Message):
    """The issuing accounts changed; replaces the list of `welcome`."""

    type: Literal["accounts"] = "accounts"
    accounts: Annotated[list[Account], Field(max_length=500)]


class Ack(Message):
    """These durable messages are on disk; the extension may forget them."""

    type: Literal["ack"] = "ack"
    re: Annotated[list[Id], Field(min_length=1, max_length=1000)]


class Refusal(Message):
    """A numbered error. `re` names the message where it could be read. `retry` says keep and try again."""

    type: Literal["refusal"] = "refusal"
    re: Id | None
    code: Small
    message: Text
    retry: bool


class Job(Message):
    """One portal query to make in a tab of the named session."""

    type: Literal["job"] = "job"
    id: Id
    query: QueryName
    carrier: CarrierId
    origin: Origin
    login: Login | None
    numbers: Annotated[list[Number], Field(min_length=1, max_length=8)]
    tab: Small | None
    """The tab to prefer."""
    budget: Annotated[int, Field(gt=0, le=120_000)]
    """Milliseconds after which the answer is no longer wanted."""


class Ask(Message):
    """Put this question before the clerk, in this tab if it still exists."""

    type: Literal["ask"] = "ask"
    question: Question
    place: Place


class Closed(Message):
    """This question is answered or withdrawn: take it off the page."""

    type: Literal["closed"] = "closed"
    question: Id


class Status(Message):
    """How everything is: the lamps 本机助手 · 管理系统 · 保险公司会话 (the extension lights its own)."""

    type: Literal["status"] = "status"
    re: Id
    daemon_version: Text
    office: Lamp
    office_detail: Text
    """A locale key of the reason, e.g. `office_away`."""
    waiting: Annotated[int, Field(ge=0)]
    """Events on disk here that the management system has not taken yet."""
    extensions: Annotated[int, Field(ge=0)]
    """Browser profiles whose extension is connected now."""
    sessions: Annotated[list[SessionState], Field(max_length=50)]
    questions: Annotated[list[Question], Field(max_length=50)]
    recent: Annotated[list[RecentEvent], Field(max_length=10)]


class Customers(Message):
    """Answer to `customer_search`."""

    type: Literal["customers"] = "customers"
    re: Id
    found: Annotated[list[CustomerFound], Field(max_length=20)]


class ConsoleLink(Message):
    """Answer to `console_request`: a link that works once, for a minute, on this machine."""

    type: Literal["console_link"] = "console_link"
    re: Id
    url: Text


Upward = Annotated[
    HostHello
    | Hello
    | Registered
    | Trouble
    | Session
    | Hint
    | Shown
    | Answer
    | JobResult
    | CustomerSearch
    | StatusRequest
    | ConsoleRequest,
    Field(discriminator="type"),
]
"""What the daemon receives."""
Downward = Annotated[
    Welcome | Ack | Refusal | Job | Ask | Accounts | Closed | Status | Customers | ConsoleLink,
    Field(discriminator="type"),
]
"""What the extension receives."""
Durable = Hint | Shown | Answer
"""Kept by the extension until acknowledged, and by the daemon until the management system took it."""

_UPWARD: TypeAdapter[Any] = TypeAdapter(Upward)
_DOWNWARD: TypeAdapter[Any] = TypeAdapter(Downward)


def parse_json(payload: bytes) -> dict[str, Any]:
    """Read one JSON object as strictly as both sides can agree on.

    Raises ProtocolError for what `json.loads` would let through: NaN and infinities, duplicate keys, other
    encodings than UTF-8, lone surrogates, deep nesting, and anything that is not an object.
    """
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        raise ProtocolError(ErrorCode.BAD_TEXT, "not UTF-8") from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys)
    except RecursionError:
        raise ProtocolError(ErrorCode.TOO_DEEP, "nested too deeply") from None
    except ValueError:
        raise ProtocolError(ErrorCode.NOT_JSON, "not JSON") from None
    if not isinstance(value, dict):
        raise ProtocolError(ErrorCode.NOT_AN_OBJECT, "a message is an object")
    _check(value, MAX_DEPTH)
    return value


def parse_upward(payload: bytes) -> Any:
    """Read a message from the extension or its host. Raises ProtocolError."""
    return _parse(payload, _UPWARD)


def parse_downward(payload: bytes) -> Any:
    """Read a message from the daemon, as tests and tools do. Raises ProtocolError."""
    return _parse(payload, _DOWNWARD)


def encode(message: Message) -> bytes:
    """The JSON bytes of a message. Raises ProtocolError when it would not fit into one frame."""
    payload = message.model_dump_json().encode()
    if len(payload) > MAX_FRAME:
        raise ProtocolError(ErrorCode.FRAME_TOO_LONG, f"{len(payload)} bytes, at most {MAX_FRAME}")
    return payload


def _parse(payload: bytes, adapter: TypeAdapter[Any]) -> Any:
    value = parse_json(payload)
    name = value.get("id")
    re = name if isinstance(name, str) and _ID.fullmatch(name) else None
    if value.get("v") is True or value.get("v") != VERSION:
        raise ProtocolError(ErrorCode.WRONG_VERSION, f"this daemon speaks version {VERSION}", re)
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
            raise ProtocolError(ErrorCode.UNKNOWN_MESSAGE, "unknown message type", re) from None
        # Only names of our own fields: keys invented by the sender could carry anything.
        where = ".".join(str(part) for part in first["loc"] if first["type"] != "extra_forbidden")
        raise ProtocolError(ErrorCode.BAD_FIELD, f"{where[:100]}: {first['type']}", re) from None


def _refuse_constant(_name: str) -> Never:
    raise ProtocolError(ErrorCode.NOT_A_NUMBER, "NaN and infinities are no JSON")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ProtocolError(ErrorCode.DUPLICATE_KEY, "a key stands twice")
    return value


def _check(value: Any, depth: int) -> None:
    if depth == 0:
        raise ProtocolError(ErrorCode.TOO_DEEP, f"at most {MAX_DEPTH} levels")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth - 1)
            _check(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth - 1)


def _check_text(text: str) -> None:
    if "\0" in text:  # PostgreSQL stores every character but this one
        raise ProtocolError(ErrorCode.BAD_TEXT, "a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ProtocolError(ErrorCode.BAD_TEXT, "a lone surrogate") from None
