"""What is read from the management system beside the models of `wire`: list queries and rows."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from companion.management.wire import PaymentOut, ProposalState, TimelineEntry
from companion.protocol import CarrierId, DownloadState, Id, Login, Millis, Model, Number, Question, Text

Order = Literal["asc", "desc"]


class ListQuery(BaseModel):
    """What every list understands. Comes from a query string, so numbers may be text here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(max_length=100)] = ""
    """Part of a number, plate or name."""
    since: Millis | None = None
    """Created at or after."""
    until: Millis | None = None
    """Created before."""
    order: Order = "desc"
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ProposalQuery(ListQuery):
    """Filter, order and page of the proposals."""

    state: ProposalState | None = None
    carrier: CarrierId | None = None
    sort: Literal["created_at", "updated_at", "plate", "insured", "state"] = "updated_at"


class DownloadQuery(ListQuery):
    """Filter, order and page of the download log (I-7.1)."""

    state: DownloadState | None = None
    kind: Literal["proposal", "policy", "e_policy"] | None = None
    source: Text | None = None
    carrier: CarrierId | None = None
    login: Login | None = None
    sort: Literal["created_at", "started_at", "ended_at", "plate", "insured", "state"] = "created_at"


class PageQuery(BaseModel):
    """Page of a list that has one order: newest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CustomerQuery(BaseModel):
    """Search of customers by name, plate or phone tail."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(max_length=100)] = ""


class TimelineRow(TimelineEntry):
    """One step on the timeline of everything, with what it is about."""

    carrier: CarrierId | None
    numbers: list[Number]
    proposal: Id | None


class QuestionRow(Model):
    """A waiting question (待处理) and where it belongs."""

    question: Question
    payment: PaymentOut | None
    proposal: Id | None
    shown_at: Millis | None


class ConfirmRow(Model):
    """A hint that is not confirmed yet, or could not be: a clerk must be able to see it."""

    id: Id
    carrier: CarrierId
    login: Login | None
    numbers: list[Number]
    hinted_at: Millis
    tries: int
    standing: Literal["asking", "waiting_session", "desk_away", "failing", "not_found", "other_login"]
    """Why it is where it is; worded by `confirm.<standing>`."""
    proposal: Id | None


class NotificationRow(Model):
    """A toast in the notification centre. `delivered` is None until the desk reported."""

    id: Id
    at: Millis
    toast: Text
    params: dict[str, str]
    proposal: Id | None
    delivered: bool | None
    backend: Text | None
    detail: Text | None


class DeviceOut(Model):
    """GET /api/v1/devices/me: the calling desk."""

    id: Id
    name: Text


class Taken(Model):
    """Something was done; `new` is false when it had been done before."""

    new: bool
