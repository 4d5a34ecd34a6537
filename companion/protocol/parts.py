"""What messages share: limits, simple types, closed lists of words, and the parts of several messages."""

import re as regex
from enum import IntEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

VERSION = 1
HOST_NAME = "cn.chudan.companion"
MAX_FRAME = 1_048_576
"""Bytes of JSON in one frame, both ways. Browsers close the port above this towards them."""
MAX_DEPTH = 32
"""Nesting of one message."""

ID = regex.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Id = Annotated[str, Field(pattern=f"^{ID.pattern}$")]
CarrierId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]

_NAME = r"([a-z0-9_][a-z0-9_-]*[.])*[a-z][a-z0-9_-]*"
"""A last label that begins with a digit is read as part of an IPv4 address, or not at all."""
_OCTET = "([1-9]?[0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
ORIGIN = regex.compile(f"https?://({_NAME}|({_OCTET}[.]){{3}}{_OCTET})(:{_PORT})?")
Origin = Annotated[str, Field(pattern=f"^{ORIGIN.pattern}$", max_length=270)]
"""Scheme, host and port of a portal, as a browser writes them: in small letters. Of anything else the browser
makes no address but an error, and no portal would be served any more."""
MOST_ACCOUNTS = 500
"""Issuing accounts (出单账号) of a management system: all of them go to every browser in one message."""
Number = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{4,39}$")]
"""A carrier's proposal or policy number; blanks are no number."""
Login = Annotated[str, Field(min_length=1, max_length=64)]
Millis = Annotated[int, Field(ge=0, le=253_402_300_799_999)]
Text = Annotated[str, Field(max_length=500)]
Fen = Annotated[int, Field(ge=-(10**13), le=10**13)]
Small = Annotated[int, Field(ge=-(2**31), lt=2**31)]
"""A tab, process or code: what every database can hold."""
FrameNumber = Annotated[int, Field(ge=-1, lt=2**53)]
"""A browser's number of a frame, 0 the top one, -1 unknown. Firefox numbers beyond 32 bits."""

Picture = Annotated[str, Field(pattern=r"^[0-9A-Za-z+/]+={0,2}$", max_length=349_528)]
"""The bytes of an image in base64, at most 256 KiB of them."""
Piece = Annotated[str, Field(pattern=r"^[0-9A-Za-z+/]+={0,2}$", max_length=699_052)]
"""A piece of a file in base64, at most 512 KiB of it."""
Size = Annotated[int, Field(ge=0, le=2**31)]
"""Bytes of a file."""

HintKind = Literal["quote_saved", "underwriting", "qr_fetched", "card_number", "deleted", "issued"]
LineKind = Literal["commercial", "compulsory", "both", "other"]
"""`both`: a quote of commercial and compulsory insurance under one number."""
Underwriting = Literal["none", "pending", "passed", "refused", "unknown"]
QueryName = Literal["confirm", "detail"]
FileKind = Literal["policy", "e_policy"]
"""保单 and 电子保单, both PDF."""
Choice = Literal["yes", "no", "download_only", "cancel"]
QuestionKind = Literal["D1", "D1a", "D1b", "D2", "D2b", "D3", "D3b", "D4", "D4b"]
QuickField = Literal["salesperson", "settlement", "business", "channel"]
"""业务员, 结算类别, 业务类别, 渠道 of a quick download (D7)."""
AnswerField = Literal["payment_method", "card_method"]
"""缴费方式, 刷卡方式 of D4."""
FormField = Literal[
    "plate",
    "vin",
    "engine_number",
    "brand_model",
    "registered_on",
    "insured",
    "insured_id_number",
    "insured_phone",
]
"""What 去报价 carries into the carrier's entry form (I-1.2); `registered_on` as 2026-03-02."""
VisitPurpose = Literal["quote", "underwrite", "open"]
"""去报价, 去核保, 打开保险公司系统."""
DownloadState = Literal["waiting", "running", "done", "failed"]
"""待下载 下载中 下载成功 下载失败 (I-7.3)."""
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
    PORTAL_CHANGED = 311
    DEFECT = 500


class Model(BaseModel):
    """Base of everything on the wire: closed, strict, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Message(Model):
    """Base of every message."""

    v: Literal[1] = 1


class Place(Model):
    """Where in a browser something happened: the portal origin, who was logged in, tab and frame."""

    origin: Origin
    login: Login | None
    tab: Small
    frame: FrameNumber


class LineFacts(Model):
    """What a portal's query says about one line (险种); `raw_status` is the portal's own word."""

    number: Number
    """The line's own; before it has one, the quotation's."""
    quote_number: Number | None = None
    """Of a line with a number of its own: the quotation (报价单) it was saved under."""
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


class Code(Model):
    """A payment code a page showed: a QR code's `image`, or a card-payment number (刷卡支付号) as `text`."""

    image: Picture | None
    text: Text | None


class RowOfList(Model):
    """A row of a portal's list, fixed when the clerk pressed its button (I-6.1)."""

    numbers: Annotated[list[Number], Field(max_length=8)]
    """Proposal numbers."""
    policy_number: Number | None
    """With one the row is a policy, else a proposal (I-6.3)."""


class Question(Model):
    """A question (D1 …) the clerk is asked. It is shown with plate, insured and premium (fen)."""

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
    target: Text | None = None
    """Who a push would go to (推送给XXX？), where that is known."""
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


class ProfileText(Model):
    """A carrier profile as a file. It may change selectors, patterns, maps and words, nothing else."""

    carrier: CarrierId
    hash: Text
    """SHA-256 of the text in UTF-8."""
    text: Annotated[str, Field(max_length=80_000)]


class ProfileOff(Model):
    """A profile that is switched off, and why, in words for the clerk."""

    carrier: CarrierId
    reason: Text


class RecentEvent(Model):
    """One line of the popup's history. `step` is a timeline kind."""

    at: Millis
    step: Text
    carrier: CarrierId | None
    number: Number | None
