"""What extensions receive from the daemon."""

from typing import Annotated, Literal

from pydantic import Field

from companion.protocol.parts import (
    MOST_ACCOUNTS,
    Account,
    CarrierId,
    CustomerFound,
    DownloadState,
    FileKind,
    FormField,
    Id,
    Lamp,
    Login,
    Message,
    Number,
    Origin,
    Place,
    ProfileOff,
    ProfileText,
    QueryName,
    Question,
    RecentEvent,
    SessionState,
    Size,
    Small,
    Text,
    VisitPurpose,
)


class Welcome(Message):
    """Answer to `hello`."""

    type: Literal["welcome"] = "welcome"
    re: Id
    daemon_version: Text
    device: Id
    accounts: Annotated[list[Account], Field(max_length=MOST_ACCOUNTS)]


class Accounts(Message):
    """The issuing accounts changed; replaces the list of `welcome`."""

    type: Literal["accounts"] = "accounts"
    accounts: Annotated[list[Account], Field(max_length=MOST_ACCOUNTS)]


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


class FileJob(Message):
    """One file to fetch in a tab of the named session. Answered by `file_begin` …, or by `job_result`."""

    type: Literal["file_job"] = "file_job"
    id: Id
    file: FileKind
    carrier: CarrierId
    origin: Origin
    login: Login | None
    numbers: Annotated[list[Number], Field(min_length=1, max_length=8)]
    """Proposal numbers."""
    policy_number: Number
    tab: Small | None
    """The tab to prefer."""
    budget: Annotated[int, Field(gt=0, le=3_600_000)]
    """Milliseconds after which the file is no longer wanted."""


class FileGo(Message):
    """Send on from this byte of the file."""

    type: Literal["file_go"] = "file_go"
    re: Id
    """The `file_job`."""
    offset: Size


class Visit(Message):
    """Open a portal for the clerk, log in, and fill in a form. `visit_step` tells how it goes."""

    type: Literal["visit"] = "visit"
    id: Id
    purpose: VisitPurpose
    account: Account
    numbers: Annotated[list[Number], Field(max_length=8)]
    """Of `underwrite`: one page each, the number filled in (I-8.2)."""
    fields: Annotated[dict[FormField, Text], Field(max_length=20)]
    """Of `quote`: what is filled in."""


class FillSecret(Message):
    """Answer to `secret_request`, used at once or never: not queued, logged, stored or repeated."""

    type: Literal["fill_secret"] = "fill_secret"
    re: Id
    login: Login
    password: Annotated[str, Field(min_length=1, max_length=256, repr=False)]


class DownloadTold(Message):
    """How a quick download goes, for the button it came from."""

    type: Literal["download_state"] = "download_state"
    request: Id
    """The `quick_download`."""
    state: DownloadState
    percent: Annotated[int, Field(ge=0, le=100)] | None
    reason: Text | None
    """Key of why it failed: `deleted` is D8."""


class Profiles(Message):
    """Newer profiles than the extension's own, and those switched off; replaces what was told before."""

    type: Literal["profiles"] = "profiles"
    profiles: Annotated[list[ProfileText], Field(max_length=50)]
    """As many as fit into one frame."""
    off: Annotated[list[ProfileOff], Field(max_length=50)]


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


Downward = Annotated[
    Welcome
    | Accounts
    | Ack
    | Refusal
    | Job
    | FileJob
    | FileGo
    | Visit
    | FillSecret
    | DownloadTold
    | Profiles
    | Ask
    | Closed
    | Status
    | Customers
    | ConsoleLink,
    Field(discriminator="type"),
]
"""What the extension receives."""
