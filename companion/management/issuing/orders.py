"""What is to be downloaded, why and through which account: rows made, or brought up to date (I-7.2)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import true
from sqlmodel import Session, col, select

from companion.management.issuing import proposals
from companion.management.issuing.timeline import About, tell
from companion.management.store.tables import Line, Proposal
from companion.management.store.work_tables import Download
from companion.protocol import FileKind

Source = Literal[
    "auto_quote",
    "auto_underwriting",
    "auto_payment",
    "quick_proposal",
    "ticket_quote",
    "quick_policy",
    "payment_policy",
]
"""自动下载投保单 {报价下载, 核保下载, 获取支付信息下载, 便捷下载投保单}, 报价生成 (a ticket's first save),
自动下载保单 {便捷下载保单, 获取支付信息下载保单} (I-7.2)."""
SOURCES: Final[tuple[Source, ...]] = get_args(Source)
FILES: Final[tuple[FileKind, ...]] = get_args(FileKind)


@dataclass(frozen=True)
class Through:
    """Through which account, and where to try first, a download goes; `clerk` is who caused it."""

    origin: str
    login: str | None
    device: str
    instance: str | None
    tab: int | None
    clerk: str | None


@dataclass(frozen=True)
class Cause:
    """Why something is downloaded: the source the log names, and the button that wanted it."""

    source: Source
    quick: str | None = None


def request(
    session: Session,
    proposal: Proposal,
    through: Through,
    cause: Cause,
    now: datetime,
    without: Collection[str] = (),
) -> None:
    """Have the proposal's data downloaded. One that has not begun yet will bring the newest data anyway.

    `without` are lines that the clerk is still asked about.
    """
    alive = [line.number for line in proposals.lines_of(session, proposal.id) if not line.voided]
    row = _not_begun(session, proposal.id, cause.quick)
    wanted = {number for number in alive if number not in without} | set(row.numbers if row else ())
    numbers = [number for number in alive if number in wanted]
    if row is not None:
        row.numbers, row.quick_id = numbers, row.quick_id or cause.quick
        _go_on_through(row, through, now)
    elif numbers:
        row = _new(proposal, through, cause, now, kind="proposal", numbers=numbers)
        session.add(row)
        session.flush()
        tell(session, now, "download_waiting", about(row))


def request_files(
    session: Session,
    proposal: Proposal,
    through: Through,
    cause: Cause,
    now: datetime,
    only: str | None = None,
) -> None:
    """Have policy and e-policy (电子保单) of the issued lines downloaded, or of one policy number."""
    for line in proposals.lines_of(session, proposal.id):
        if line.voided or not line.policy_number or (only is not None and line.policy_number != only):
            continue
        for kind in FILES:
            _request_file(session, proposal, line, kind, through, cause, now)


def any_of(session: Session, proposal: str) -> bool:
    """Whether anything of the proposal was ever to be downloaded."""
    mine = select(Download.id).where(col(Download.proposal_id) == proposal)
    return session.exec(mine.limit(1)).first() is not None


def about(row: Download) -> About:
    """What the steps of a download are about."""
    numbers = [row.policy_number] if row.policy_number else row.numbers
    return About(row.carrier, numbers, proposal=row.proposal_id)


def _request_file(
    session: Session,
    proposal: Proposal,
    line: Line,
    kind: FileKind,
    through: Through,
    cause: Cause,
    now: datetime,
) -> None:
    open_one = _open_file(session, proposal.id, line.policy_number or "", kind, cause.quick)
    if open_one is not None:
        open_one.quick_id = open_one.quick_id or cause.quick
        _go_on_through(open_one, through, now)
        return
    row = _new(proposal, through, cause, now, kind=kind, numbers=[line.number])
    row.policy_number = line.policy_number
    session.add(row)
    session.flush()
    tell(session, now, f"{kind}_waiting", about(row))


def _open_file(
    session: Session, proposal: str, policy_number: str, kind: FileKind, quick: str | None
) -> Download | None:
    same = select(Download).where(
        col(Download.proposal_id) == proposal,
        col(Download.policy_number) == policy_number,
        col(Download.kind) == kind,
        col(Download.ended_at).is_(None),
        _wanted_by(quick),
    )
    return session.exec(same.with_for_update().execution_options(populate_existing=True)).first()


def _go_on_through(row: Download, through: Through, now: datetime) -> None:
    """What waits for a session of one account goes on through another, which has just told of these lines."""
    if row.waits_for_session:
        row.state, row.command_id = "waiting", None  # it may just be making sure that there is none
        row.origin, row.login, row.device_id = through.origin, through.login, through.device
        row.instance, row.tab = through.instance, through.tab
        row.waits_for_session, row.due_at = False, now


def _wanted_by(quick: str | None) -> Any:
    """Rows that may serve this button too: its own, and those that serve none."""
    return col(Download.quick_id).is_(None) | (col(Download.quick_id) == quick) if quick else true()


def _new(
    proposal: Proposal,
    through: Through,
    cause: Cause,
    now: datetime,
    *,
    kind: str,
    numbers: Iterable[str],
) -> Download:
    return Download(
        carrier=proposal.carrier,
        origin=through.origin,
        login=through.login,
        device_id=through.device,
        instance=through.instance,
        tab=through.tab,
        due_at=now,
        state="waiting",
        kind=kind,
        source=cause.source,
        quick_id=cause.quick,
        proposal_id=proposal.id,
        numbers=list(numbers),
        clerk=through.clerk,
        created_at=now,
    )


def _not_begun(session: Session, proposal: str, quick: str | None) -> Download | None:
    waiting = select(Download).where(
        col(Download.proposal_id) == proposal,
        col(Download.kind) == "proposal",
        col(Download.state) == "waiting",
        col(Download.command_id).is_(None),
        _wanted_by(quick),
    )
    held = waiting.with_for_update().execution_options(populate_existing=True)
    return session.exec(held).first()
