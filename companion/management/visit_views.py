"""What API and console exchange about visits (去报价, 去核保, 打开保险公司系统) and new proposals."""

from typing import Annotated, Literal

from pydantic import Field

from companion.protocol import Account, CarrierId, FormField, Id, Login, Millis, Model, Number, Text

Purpose = Literal["quote", "reopen", "underwrite", "open"]
"""去报价, 打开原有投保单, 去核保, 打开保险公司系统."""
Standing = Literal["waiting", "going", "used", "over", "failed", "expired"]


class VisitIn(Model):
    """POST /api/v1/visits and /api/v1/proposals/{id}/visits."""

    purpose: Purpose
    account: Id | None = None
    """Needed where several could be used (D0, D6); `open` takes the carrier's current one (I-1.10)."""
    carrier: CarrierId | None = None
    """Of `open` without a proposal: needed where there are accounts of several carriers."""
    copy_first: bool = False
    """Of `quote` (D0b): 新建保险公司投保单, for a copy. A QUOTED proposal is quoted in no other way."""


class VisitChoice(Model):
    """An account that could be used for a visit."""

    account: Account
    numbers: list[Number]
    """Of 去核保: the proposal numbers that can be queried with it."""
    live: bool
    """Whether it is logged in at this desk now."""
    ends: Login | None
    """Who is logged in there instead: that session ends first (I-1.11)."""
    current: bool
    """The one logged in or used last at its carrier: preselected, and used by `open` unasked (I-1.10)."""


class VisitOut(Model):
    """One visit and how far it has come."""

    id: Id
    purpose: Purpose
    state: Standing
    step: Text | None
    reason: Text | None
    missing: list[FormField]
    """What could not be filled in."""
    proposal: Id | None
    carrier: CarrierId
    login: Login
    numbers: list[Number]
    asked_at: Millis


Typed = Annotated[str, Field(max_length=100)]


class ProposalIn(Model):
    """POST /api/v1/proposals: a proposal typed by a clerk. `submit` is 提交报价, else it stays 新建."""

    carrier: CarrierId
    institution: Typed | None = None
    plate: Typed = ""
    vin: Typed = ""
    engine_number: Typed = ""
    brand_model: Typed = ""
    registered_on: Typed = ""
    """As 2026-03-02."""
    insured: Typed = ""
    insured_id_number: Typed = ""
    insured_phone: Typed = ""
    submit: bool = False
