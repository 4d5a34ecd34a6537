"""Questions asked of the clerk: asked once, answered once, from the page or from the console."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from companion.management import shape
from companion.management.issuing import codes, making, orders, proposals
from companion.management.issuing.seen import Seen
from companion.management.issuing.states import Topic, once_known, rank, topic_of_question
from companion.management.issuing.timeline import About, tell
from companion.management.people import NotThere, choose_customer
from companion.management.store.tables import Customer, Proposal, Sighting
from companion.management.store.visit_tables import Visit
from companion.management.store.work_tables import Push, Question
from companion.management.wire import AnswerIn
from companion.protocol import LineFacts, QuestionKind

SOURCES: Mapping[Topic, orders.Source] = {
    "quote": "auto_quote",
    "underwriting": "auto_underwriting",
    "payment": "auto_payment",
}
"""Which download an answer causes (I-7.2)."""


class BadAnswer(Exception):
    """The answer is none of the question's choices, or names no customer where one is needed."""


@dataclass(frozen=True)
class Subject:
    """What a question is about: exactly one of a sighting (D1b …) and a proposal (D1 …)."""

    kind: QuestionKind
    sighting: str | None = None
    proposal: str | None = None
    customer: str | None = None
    """The push target of a known proposal."""


def ask(
    session: Session, seen: Seen, login: str, subject: Subject, facts: Sequence[LineFacts], now: datetime
) -> None:
    """Ask about those of these lines that exist; an open question is brought up to date instead.

    One question at a time: one of another kind about the same is out of date, and withdrawn. `login` is who
    was logged in when the portal told this: what the answer causes goes through that account.
    """
    row = open_one(session, sighting=subject.sighting, proposal=subject.proposal)
    if row is not None and row.kind == subject.kind:
        bring_up_to_date(session, row, facts, now)
        return
    withdraw(session, row, now)
    alive = [line for line in facts if not line.deleted]
    target = session.get(Customer, subject.customer) if subject.customer else None
    row = Question(
        kind=subject.kind,
        state="open",
        carrier=seen.carrier,
        numbers=[line.number for line in alive],
        held=_hold(alive, target.name if target else None),
        customer_needed=target is None,
        sighting_id=subject.sighting,
        proposal_id=subject.proposal,
        device_id=seen.seen_by,
        instance=seen.seen_in,
        place={**seen.place, "login": login},
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
    quotes = {line.quote_number for line in held.values()}
    alive = [line for line in held.values() if not line.deleted and line.number not in quotes]
    if not alive:
        withdraw(session, row, now)
    elif (new := _hold(alive, (row.held or {}).get("target"))) != row.held:
        row.held, row.numbers = new, [line.number for line in alive]
        row.version += 1
        tell(session, now, "question_updated", _about(row))


def withdraw(session: Session, row: Question | None, now: datetime) -> None:
    """Take back a question that is no longer one."""
    if row is not None and row.state == "open":
        row.state, row.closed_at, row.held = "withdrawn", now, None
        tell(session, now, "question_withdrawn", _about(row))
        session.flush()


def withdraw_others(session: Session, proposal: str, topic: Topic | None, now: datetime) -> None:
    """In a proposal's new state only a question about `topic` still makes sense."""
    row = open_one(session, proposal=proposal)
    if row is not None and topic_of_question(row.kind) != topic:
        withdraw(session, row, now)


def carry_over(session: Session, sighting: str, proposal: Proposal, now: datetime) -> None:
    """The proposal was made without the answer: the question is about a known proposal from now on."""
    row = open_one(session, sighting=sighting)
    if row is not None:
        row.kind = once_known(row.kind)
        row.sighting_id, row.proposal_id = None, proposal.id
        row.version += 1
        tell(session, now, "question_updated", _about(row))


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
    row.fields = (
        {str(name): text for name, text in given.fields.items()} if row.kind in shape.WITH_FIELDS else {}
    )
    row.answered_by, row.closed_at, row.held = by, now, None
    tell(session, now, f"answered_{given.choice}", _about(row), by=by)
    if row.sighting_id and given.choice == "cancel":
        _cancel(session, row, now)
    elif row.sighting_id:
        _file(session, row, facts, now)
    if given.choice != "cancel":
        _follow(session, row, given, customer, by, now)
    return True


def _cancel(session: Session, row: Question, now: datetime) -> None:
    """取消 closes the sighting; what was held is gone, and the same kind is not asked again."""
    sighting = session.get_one(Sighting, row.sighting_id)
    sighting.state, sighting.closed_at = "cancelled", now
    codes.drop(session, None, sighting=sighting.id)
    said = rank(topic_of_question(row.kind))
    for line in proposals.lock_lines(session, row.carrier, row.numbers).values():
        line.declined = max(line.declined, said)


def _file(session: Session, row: Question, facts: Sequence[LineFacts], now: datetime) -> None:
    """是 and 仅下载 make the proposal."""
    sighting = session.get_one(Sighting, row.sighting_id)
    found = making.Found(row.carrier, sighting.login, row.device_id, facts, sighting.id)
    row.proposal_id = making.make(session, found, now).id
    session.flush()


def _follow(
    session: Session, row: Question, given: AnswerIn, customer: str | None, by: str, now: datetime
) -> None:
    proposal = session.get_one(Proposal, row.proposal_id)
    through = orders.Through(
        origin=row.place["origin"],
        login=row.place["login"],
        device=row.device_id,
        instance=row.instance,
        tab=row.place["tab"],
        clerk=by,
    )
    orders.request(session, proposal, through, orders.Cause(_source(session, row, proposal)), now)
    if proposal.state == "ISSUED":
        orders.request_files(session, proposal, through, orders.Cause("payment_policy"), now)
    if given.choice == "yes":
        proposal.customer_id = customer or proposal.customer_id
        _push(session, row, proposal, now)


def _source(session: Session, row: Question, proposal: Proposal) -> orders.Source:
    """报价生成 is the first save of a ticket (I-7.4)."""
    topic = topic_of_question(row.kind)
    used = select(Visit.id).where(
        col(Visit.proposal_id) == proposal.id, col(Visit.purpose) == "quote", col(Visit.state) == "used"
    )
    of_a_ticket = topic == "quote" and session.exec(used.limit(1)).first() is not None
    return "ticket_quote" if of_a_ticket and not orders.any_of(session, proposal.id) else SOURCES[topic]


def _push(session: Session, row: Question, proposal: Proposal, now: datetime) -> None:
    """Channels are not set up yet: the push waits, and the timeline says so."""
    issued = proposal.state == "ISSUED"
    session.add(
        Push(
            state="waiting_channel",
            kind="policy" if issued else topic_of_question(row.kind),
            proposal_id=proposal.id,
            customer_id=proposal.customer_id,
            remark=row.remark,
            fields=row.fields,
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


def _hold(facts: Sequence[LineFacts], target: str | None) -> dict[str, Any]:
    summary: Mapping[str, Any] = {
        "plate": next((line.plate for line in facts if line.plate), None),
        "insured": next((line.insured for line in facts if line.insured), None),
        "premium": shape.total([line.premium for line in facts]),
        "target": target,
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
