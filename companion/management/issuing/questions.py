"""Questions asked of the clerk: asked once, answered once, from the page or from the console."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from companion.management import shape
from companion.management.issuing import downloads, proposals, timeline
from companion.management.issuing.timeline import About, tell
from companion.management.people import NotThere, choose_customer
from companion.management.store.tables import Proposal, Sighting
from companion.management.store.work_tables import Confirm, Push, Question
from companion.management.wire import AnswerIn
from companion.protocol import LineFacts


class BadAnswer(Exception):
    """The answer is none of the question's choices, or names no customer where one is needed."""


@dataclass(frozen=True)
class Subject:
    """What a question is about: exactly one of a sighting (D1b) and a proposal (D1)."""

    sighting: str | None = None
    proposal: str | None = None
    customer_needed: bool = True

    @property
    def kind(self) -> str:
        return "D1b" if self.sighting else "D1"


def ask(session: Session, hint: Confirm, subject: Subject, facts: Sequence[LineFacts], now: datetime) -> None:
    """Ask about those of these lines that exist; an open question is brought up to date instead."""
    row = open_one(session, sighting=subject.sighting, proposal=subject.proposal)
    if row is not None:
        bring_up_to_date(session, row, facts, now)
        return
    alive = [line for line in facts if not line.deleted]
    row = Question(
        kind=subject.kind,
        state="open",
        carrier=hint.carrier,
        numbers=[line.number for line in alive],
        held=_hold(alive),
        customer_needed=subject.customer_needed,
        sighting_id=subject.sighting,
        proposal_id=subject.proposal,
        device_id=hint.seen_by,
        instance=hint.seen_in,
        place=hint.place,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    tell(session, now, f"asked_{subject.kind}", _about(row))


def open_one(
    session: Session, *, sighting: str | None = None, proposal: str | None = None
) -> Question | None:
    """The open question about a sighting or proposal, locked."""
    mine = col(Question.sighting_id) == sighting if sighting else col(Question.proposal_id) == proposal
    found = select(Question).where(col(Question.state) == "open", mine).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).first()


def held_facts(row: Question | None) -> list[LineFacts]:
    """The facts an open question holds until it is answered."""
    held = (row.held if row else None) or {}
    return [LineFacts.model_validate(line) for line in held["lines"]] if held else []


def bring_up_to_date(session: Session, row: Question, facts: Sequence[LineFacts], now: datetime) -> None:
    """The portal says something new about an open question's lines: show that, ask nothing twice."""
    held = {line.number: line for line in (*held_facts(row), *facts)}
    alive = [line for line in held.values() if not line.deleted]
    if not alive:
        withdraw(session, row, now)
    elif _hold(alive) != row.held:
        row.held, row.numbers = _hold(alive), [line.number for line in alive]
        row.version += 1
        tell(session, now, "question_updated", _about(row))


def withdraw(session: Session, row: Question | None, now: datetime) -> None:
    """Take back a question that is no longer one."""
    if row is not None and row.state == "open":
        row.state, row.closed_at, row.held = "withdrawn", now, None
        tell(session, now, "question_withdrawn", _about(row))


def shown(session: Session, question_id: str, now: datetime) -> None:
    """The question stands before the clerk's eyes. Later sights of it are no news. Raises NotThere."""
    row = _locked(session, question_id)
    if row.shown_at is None and row.state == "open":
        row.shown_at = now
        tell(session, now, "question_shown", _about(row))


def answer(session: Session, question_id: str, given: AnswerIn, by: str, now: datetime) -> bool:
    """The clerk's answer; the first one counts, and False says that this was a later one.

    Everything that follows from it is stored in this one transaction. Raises NotThere, BadAnswer.
    """
    row = _locked(session, question_id)
    if row.state != "open":
        tell(session, now, "answer_late", _about(row), by=by)
        return False
    if given.choice not in shape.CHOICES[row.kind]:
        raise BadAnswer
    customer = _customer(session, row, given, now)
    facts = held_facts(row)
    row.state, row.choice, row.remark = "answered", given.choice, given.remark
    row.answered_by, row.closed_at, row.held = by, now, None
    tell(session, now, f"answered_{given.choice}", _about(row), by=by)
    if row.sighting_id:
        _settle_sighting(session, row, facts, now)
    if given.choice != "cancel":
        _follow(session, row, given, customer, by, now)
    return True


def _settle_sighting(session: Session, row: Question, facts: Sequence[LineFacts], now: datetime) -> None:
    """是 and 仅下载 make the proposal; 取消 closes the sighting, and what was held is gone already."""
    sighting = session.get_one(Sighting, row.sighting_id)
    sighting.closed_at = now
    sighting.state = "cancelled" if row.choice == "cancel" else "filed"
    if row.choice == "cancel":
        return
    lines = proposals.lock_lines(session, row.carrier, row.numbers)
    for fact in facts:
        proposals.store_facts(lines[fact.number], fact)
    made = proposals.make(session, row.carrier, sighting.login, row.device_id, list(lines.values()), now)
    row.proposal_id = made.id
    session.flush()
    timeline.adopt(session, sighting.id, made.id)


def _follow(
    session: Session, row: Question, given: AnswerIn, customer: str | None, by: str, now: datetime
) -> None:
    proposal = session.get_one(Proposal, row.proposal_id)
    through = downloads.Through(
        origin=row.place["origin"],
        login=proposal.login,
        device=row.device_id,
        instance=row.instance,
        tab=row.place["tab"],
        clerk=by,
    )
    downloads.request(session, proposal, through, now)
    if given.choice == "yes":
        proposal.customer_id = customer or proposal.customer_id
        _push(session, row, proposal, now)


def _push(session: Session, row: Question, proposal: Proposal, now: datetime) -> None:
    """Channels are not set up yet: the push waits, and the timeline says so."""
    session.add(
        Push(
            state="waiting_channel",
            kind="quote",
            proposal_id=proposal.id,
            customer_id=proposal.customer_id,
            remark=row.remark,
            created_at=now,
        )
    )
    tell(session, now, "push_waiting_channel", _about(row))


def _customer(session: Session, row: Question, given: AnswerIn, now: datetime) -> str | None:
    if given.choice != "yes" or given.customer is None:
        chosen = None
    else:
        chosen = choose_customer(session, given.customer, now)
    if given.choice == "yes" and row.customer_needed and chosen is None:
        raise BadAnswer
    return chosen


def _hold(facts: Sequence[LineFacts]) -> dict[str, Any]:
    summary: Mapping[str, Any] = {
        "plate": next((line.plate for line in facts if line.plate), None),
        "insured": next((line.insured for line in facts if line.insured), None),
        "premium": shape.total([line.premium for line in facts]),
    }
    return {**summary, "lines": [line.model_dump() for line in facts]}


def _locked(session: Session, question_id: str) -> Question:
    found = select(Question).where(col(Question.id) == question_id).with_for_update()
    row = session.exec(found.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotThere
    return row


def _about(row: Question) -> About:
    return About(row.carrier, row.numbers, sighting=row.sighting_id, proposal=row.proposal_id)
