"""What travels through the management system's API, as models: requests, answers and commands.

The desk imports this and `client`, nothing else of the management system.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from companion.protocol import (
    Account,
    Answer,
    AnswerField,
    CarrierId,
    Choice,
    CustomerChoice,
    DownloadState,
    FileKind,
    FormField,
    Hint,
    Id,
    JobResult,
    LineFacts,
    Login,
    Millis,
    Model,
    Number,
    Origin,
    Place,
    QueryName,
    Question,
    QuickDownload,
    Shown,
    Size,
    Small,
    Text,
    VisitPurpose,
    VisitStep,
)

ProposalState = Literal[
    "NEW", "TO_QUOTE", "QUOTED", "CONFIRMED_TO_SUBMIT", "UW_PASSED", "AWAIT_PAY", "ISSUED", "VOID"
]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a file: its name."""


class EventIn(Model):
    """POST /api/v1/events: one durable message of an extension. Idempotent by `body.id`."""

    instance: Id
    """The browser profile it came from."""
    body: Annotated[Hint | Shown | Answer | QuickDownload | VisitStep, Field(discriminator="type")]


class EventTaken(Model):
    """The event is stored (or was before: `new` is false)."""

    id: Id
    new: bool


class SessionOnDevice(Model):
    """A live portal session in one browser profile of a device."""

    instance: Id
    carrier: CarrierId
    origin: Origin
    login: Login | None
    tab: Small
    seen_at: Millis


class SessionsIn(Model):
    """PUT /api/v1/devices/me/sessions: all live sessions of the calling device; replaces the former list."""

    sessions: Annotated[list[SessionOnDevice], Field(max_length=50)]


class QueryCommand(Model):
    """Make one portal query. `instance` and `tab` are where to try first."""

    query: QueryName
    carrier: CarrierId
    origin: Origin
    login: Login | None
    numbers: list[Number]
    instance: Id | None
    tab: int | None
    budget: int
    """Milliseconds until the answer is no longer wanted."""


class ToastCommand(Model):
    """Show a toast (冒泡提醒). The desk words it in its own language from `toast` and `params`."""

    toast: Text
    params: dict[str, str]
    proposal: Id | None


class AskCommand(Model):
    """Show a question on the desk that saw the event."""

    question: Question
    instance: Id
    place: Place


class ClosedCommand(Model):
    """Take a question off the desk."""

    question: Id
    instance: Id


class CommandOut(Model):
    """One message down the command channel. Only `query`, `file`, `visit` and `toast` want a result."""

    id: Id
    body: Annotated[
        "QueryBody | FileBody | VisitBody | ToastBody | AskBody | ClosedBody | ProgressBody",
        Field(discriminator="kind"),
    ]


class QueryBody(QueryCommand):
    """See QueryCommand."""

    kind: Literal["query"] = "query"


class ToastBody(ToastCommand):
    """See ToastCommand."""

    kind: Literal["toast"] = "toast"


class AskBody(AskCommand):
    """See AskCommand."""

    kind: Literal["ask"] = "ask"


class ClosedBody(ClosedCommand):
    """See ClosedCommand."""

    kind: Literal["closed"] = "closed"


class FileBody(Model):
    """Fetch one file from a portal and hand it over (`PUT /api/v1/files/{digest}`) before the result."""

    kind: Literal["file"] = "file"
    file: FileKind
    carrier: CarrierId
    origin: Origin
    login: Login | None
    numbers: list[Number]
    policy_number: Number
    """Must be found in the text of the file."""
    instance: Id | None
    tab: int | None
    budget: int
    """Milliseconds until the file is no longer wanted."""
    request: Id | None
    """The quick download whose button shows the percentage."""


class VisitBody(Model):
    """Open a portal in a browser of this desk (I-1, I-3, I-4.1). Steps come as events."""

    kind: Literal["visit"] = "visit"
    visit: Id
    purpose: VisitPurpose
    account: Account
    numbers: list[Number]
    fields: dict[FormField, Text]


class ProgressBody(Model):
    """Tell the button of a quick download how it goes."""

    kind: Literal["progress"] = "progress"
    request: Id
    instance: Id
    state: DownloadState
    reason: Text | None


class ToastResult(Model):
    """How a toast ended: `delivered` only with the notification server's own answer."""

    kind: Literal["toast"] = "toast"
    delivered: bool
    backend: Text
    detail: Text | None


class QueryResult(Model):
    """How a query ended."""

    kind: Literal["query"] = "query"
    instance: Id | None
    result: JobResult


class FileResult(Model):
    """How fetching a file ended. With `answered` the management system holds `digest` already."""

    kind: Literal["file"] = "file"
    instance: Id | None
    outcome: Literal["answered", "no_session", "logged_out", "failed"]
    whoami: Login | None
    digest: Digest | None
    size: Size | None
    error: Text | None
    """A word of ours: `not_a_pdf`, `number_missing`, `too_long`, `http_503`, `network`, `timeout`, …"""
    took: int


class VisitResult(Model):
    """Whether a browser of this desk has begun the visit."""

    kind: Literal["visit"] = "visit"
    instance: Id | None
    taken: bool
    error: Text | None
    """`no_browser`: none is connected."""


class CommandResult(Model):
    """POST /api/v1/commands/{id}/result. Idempotent: the first result counts."""

    body: Annotated[ToastResult | QueryResult | FileResult | VisitResult, Field(discriminator="kind")]


class Health(Model):
    """GET /api/v1/health."""

    status: Literal["ok"]
    version: Text
    schema_revision: Text


class AccountIn(Model):
    """POST /api/v1/accounts: an issuing account (出单账号). The password never comes here."""

    carrier: CarrierId
    origin: Origin
    login: Login
    institution: Text


class AccountsOut(Model):
    """GET /api/v1/accounts."""

    accounts: list[Account]


class AnswerIn(Model):
    """POST /api/v1/questions/{id}/answer: an answer given in the console."""

    choice: Choice
    remark: Text | None
    customer: CustomerChoice | None
    fields: Annotated[dict[AnswerField, Text], Field(max_length=8)] = Field(default_factory=dict)


class EnrolIn(Model):
    """POST /api/v1/devices: a one-time code for a device token."""

    code: Text
    name: Text


class EnrolOut(Model):
    """The token is shown this once and belongs in the keyring."""

    device: Id
    token: Text


class LinkIn(Model):
    """POST /api/v1/console/links: ask for a one-time console link to a path."""

    path: Annotated[str, Field(pattern=r"^/console(/[A-Za-z0-9/_-]*)?$", max_length=200)]


class LinkOut(Model):
    """A link that works once and for a minute."""

    url: Text


class TimelineEntry(Model):
    """One step on a proposal's timeline; worded from `kind` and `params` in the reader's language."""

    at: Millis
    kind: Text
    params: dict[str, Any]


class LineOut(Model):
    """One line of a proposal."""

    facts: LineFacts
    voided: bool


class DownloadOut(Model):
    """One row of the download log (投保单下载日志), I-7.1. Times in ms UTC."""

    id: Id
    created_at: Millis
    started_at: Millis | None
    ended_at: Millis | None
    kind: Literal["proposal", "policy", "e_policy"]
    source: Text
    carrier: CarrierId
    login: Login | None
    plate: Text | None
    insured: Text | None
    proposal_numbers: list[Number]
    policy_numbers: list[Number]
    state: DownloadState
    attempts: int
    error: Text | None
    clerk: Text | None
    proposal: Id | None


class ProposalOut(Model):
    """One proposal (投保单) as lists show it."""

    id: Id
    state: ProposalState
    carrier: CarrierId
    plate: Text | None
    insured: Text | None
    premium: int | None
    """Fen, all lines."""
    numbers: list[Number]
    created_at: Millis
    updated_at: Millis


class PaymentOut(Model):
    """What a proposal can be paid by: a QR code, or a card-payment number (刷卡支付号)."""

    kind: Literal["qr", "card"]
    text: Text | None
    """What the code says; None where it cannot be read."""
    made_at: Millis
    """When a page first showed it."""


class ProposalDetail(ProposalOut):
    """One proposal with its lines, downloads and timeline (oldest first)."""

    vin: Text | None
    engine_number: Text | None
    brand_model: Text | None
    agency_fields: dict[str, Text]
    """业务员, 结算类别, 业务类别, 渠道 as chosen with a quick download (D7), by `QuickField`."""
    payment: PaymentOut | None
    lines: list[LineOut]
    downloads: list[DownloadOut]
    timeline: list[TimelineEntry]


class Page(Model):
    """A page of rows: `total` counts all that match."""

    total: int
    rows: list[Any]


class Problem(Model):
    """RFC 9457 problem: `code` is a numbered error of PROTOCOL.md."""

    type: Text
    title: Text
    status: int
    code: int
    detail: Text


CommandOut.model_rebuild()
