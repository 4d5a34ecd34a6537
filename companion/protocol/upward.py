"""What the daemon receives from extensions and their native hosts."""

from typing import Annotated, Literal

from pydantic import Field

from companion.protocol.parts import (
    AnswerField,
    CarrierId,
    Choice,
    Code,
    CustomerChoice,
    FormField,
    FrameNumber,
    HintKind,
    Id,
    LineData,
    LineFacts,
    Login,
    Message,
    Millis,
    Number,
    Origin,
    Piece,
    Place,
    QuickField,
    RowOfList,
    Size,
    Small,
    Text,
)


class HostHello(Message):
    """First frame on a socket, sent by the native host itself: whom the browser says it serves."""

    type: Literal["host_hello"] = "host_hello"
    caller: Annotated[str, Field(max_length=500)]
    pid: Small


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
    state: Literal["live", "ended", "captcha"]
    """`captcha`: a log-in page waits for the clerk to type what the image shows (验证码)."""
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
    code: Code | None = None
    """Of `qr_fetched` and `card_number`: what was fetched."""
    ticket: Id | None = None
    """The ticket (去报价单) of the tab it happened in (I-1.9)."""


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
    fields: Annotated[dict[AnswerField, Text], Field(max_length=8)] = Field(default_factory=dict)
    """缴费方式, 刷卡方式 of D4."""


class JobResult(Message):
    """What came of a portal job. Only `answered` counts as a try; `whoami` was read with the answer."""

    type: Literal["job_result"] = "job_result"
    re: Id
    outcome: Literal["answered", "no_session", "logged_out", "failed"]
    whoami: Login | None
    lines: Annotated[list[LineFacts], Field(max_length=16)]
    """Of up to 8 numbers: one of a quotation tells of two lines."""
    data: Annotated[list[LineData], Field(max_length=16)]
    error: Text | None
    took: Annotated[Small, Field(ge=0)]
    """Milliseconds."""


class QuickDownload(Message):
    """The clerk pressed the button behind a row of a list (I-6). Durable; `download_state` answers."""

    type: Literal["quick_download"] = "quick_download"
    id: Id
    at: Millis
    carrier: CarrierId
    row: RowOfList
    fields: Annotated[dict[QuickField, Text], Field(max_length=8)]
    """What the clerk chose in D7; all optional."""
    place: Place


class VisitStep(Message):
    """How far a visit to a portal has come. Durable. `missing` could not be filled in: the clerk is told."""

    type: Literal["visit_step"] = "visit_step"
    id: Id
    at: Millis
    re: Id
    """The visit."""
    step: Literal[
        "opened", "reused", "captcha_wanted", "login_wanted", "logged_in", "filled", "failed", "closed"
    ]
    tab: Small | None
    missing: Annotated[list[FormField], Field(max_length=20)]
    error: Text | None
    """Why, in one of our own words."""


class FileBegin(Message):
    """The portal has begun to give a file. Answered by `file_go`, which says from where to send it."""

    type: Literal["file_begin"] = "file_begin"
    re: Id
    """The `file_job`."""
    fetch: Id
    """This very fetch: a file fetched anew may differ, so it begins anew, too."""
    size: Size | None
    """Where the portal says it."""
    content_type: Text


class FileChunk(Message):
    """A piece of a file. Answered by `file_go`: the next piece leaves only then."""

    type: Literal["file_chunk"] = "file_chunk"
    re: Id
    offset: Size
    data: Piece


class FileEnd(Message):
    """All of a file was sent; `whoami` was read with it. A file that cannot be had ends by `job_result`."""

    type: Literal["file_end"] = "file_end"
    re: Id
    size: Size
    whoami: Login | None
    took: Annotated[Small, Field(ge=0)]
    """Milliseconds."""


class SecretRequest(Message):
    """A log-in form of this account stands in this frame: what goes in? Answered by `fill_secret`."""

    type: Literal["secret_request"] = "secret_request"
    id: Id
    account: Id
    origin: Origin
    """Of the frame's page and of its top page."""
    tab: Small
    frame: FrameNumber


class Drift(Message):
    """A portal no longer looks as its profile says. Not acknowledged; nothing personal stands in it."""

    type: Literal["drift"] = "drift"
    at: Millis
    carrier: CarrierId
    profile: Text
    """Hash of the profile in use."""
    what: Literal["unread_answer", "selector_gone"]
    """An address of a save answered something unreadable · a place that always was there is not any more."""
    rule: Text
    """Which rule of the profile, by its place in it."""


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
    | QuickDownload
    | VisitStep
    | FileBegin
    | FileChunk
    | FileEnd
    | SecretRequest
    | Drift
    | CustomerSearch
    | StatusRequest
    | ConsoleRequest,
    Field(discriminator="type"),
]
"""What the daemon receives."""
Durable = Hint | Shown | Answer | QuickDownload | VisitStep
"""Kept by the extension until acknowledged, and by the daemon until the management system took it."""
