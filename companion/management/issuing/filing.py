"""What a confirmed answer changes: lines, proposal, sighting, question. Decided by `confirm.plan`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, select

from companion.management.issuing import downloads, proposals, questions, timeline
from companion.management.issuing.confirm import Known, Plan, SightingState, plan
from companion.management.issuing.timeline import About, tell
from companion.management.store.tables import Device, Line, Proposal, Sighting
from companion.management.store.work_tables import Confirm
from companion.protocol import LineFacts


@dataclass(frozen=True)
class _Case:
    """One confirmed answer and everything it touches."""

    session: Session
    hint: Confirm
    login: str
    now: datetime
    facts: dict[str, LineFacts]
    lines: dict[str, Line]
    plan: Plan

    @property
    def about(self) -> About:
        hint, numbers = self.hint, list(self.facts)
        return About(hint.carrier, numbers, hint.id, hint.sighting_id, hint.proposal_id)

    @property
    def deleted(self) -> frozenset[str]:
        return frozenset(number for number, line in self.facts.items() if line.deleted)


def file(session: Session, hint: Confirm, answer: Sequence[LineFacts], login: str, now: datetime) -> None:
    """File a confirmed answer, read by `login`. The same answer again changes nothing."""
    case = _open(session, hint, answer, login, now)
    proposals.seen_through(session, list(case.lines.values()), hint.origin, login)
    for number in case.plan.changed:
        proposals.note_revision(case.lines[number], case.facts[number])
    if case.plan.proposal:
        timeline.belong(session, hint, case.plan.proposal)
    tell(session, now, "confirmed" if case.plan.changed else "confirmed_same", case.about, login=login)
    _end_sightings(case)
    _join(case)
    _update_known(case)
    _ask(case)


def _open(session: Session, hint: Confirm, answer: Sequence[LineFacts], login: str, now: datetime) -> _Case:
    facts = {line.number: line for line in answer}
    lines = proposals.lock_lines(session, hint.carrier, list(facts))
    # An open question goes on about all of its lines, also those this answer does not name.
    held: dict[str, LineFacts] = {}
    for sighting in _sightings(session, lines.values()):
        waiting = questions.held_facts(questions.open_one(session, sighting=sighting.id))
        held |= {line.number: line for line in waiting}
    facts = held | facts
    lines = proposals.lock_lines(session, hint.carrier, list(facts))
    states = {row.id: cast(SightingState, row.state) for row in _sightings(session, lines.values())}
    known = {number: _known(line, states) for number, line in lines.items()}
    return _Case(session, hint, login, now, facts, lines, plan(list(facts.values()), known))


def _known(line: Line, states: dict[str, SightingState]) -> Known:
    state = states.get(line.sighting_id) if line.sighting_id else None
    return Known(line.revision, line.proposal_id, line.sighting_id, state)


def _sightings(session: Session, lines: Iterable[Line]) -> list[Sighting]:
    """The sightings of these lines, oldest first: of two that become one the older stays."""
    ids = {line.sighting_id for line in lines if line.sighting_id}
    found = select(Sighting).where(col(Sighting.id).in_(ids))
    return list(session.exec(found.order_by(col(Sighting.created_at), col(Sighting.id))))


def _end_sightings(case: _Case) -> None:
    for sighting_id in case.plan.ended:
        sighting = case.session.get_one(Sighting, sighting_id)
        sighting.state, sighting.closed_at = "gone", case.now
        questions.withdraw(case.session, questions.open_one(case.session, sighting=sighting_id), case.now)
        if case.plan.proposal:
            timeline.adopt(case.session, sighting_id, case.plan.proposal)
        elif case.plan.sighting:
            timeline.merge(case.session, sighting_id, case.plan.sighting)
    if not case.plan.proposal and len(case.deleted) == len(case.facts):
        tell(case.session, case.now, "deleted_in_portal", case.about)


def _join(case: _Case) -> None:
    for number in case.plan.joining:
        case.lines[number].proposal_id = case.plan.proposal
    case.session.flush()
    if case.plan.joining:
        about = About(case.hint.carrier, case.plan.joining, proposal=case.plan.proposal)
        tell(case.session, case.now, "line_joined", about)


def _update_known(case: _Case) -> None:
    owned = {line.proposal_id for line in case.lines.values() if line.proposal_id}
    for proposal_id in sorted(owned):
        mine = {number for number, line in case.lines.items() if line.proposal_id == proposal_id}
        news = [number for number in case.facts if number in mine & {*case.plan.changed, *case.plan.joining}]
        if news:
            _update_proposal(case, case.session.get_one(Proposal, proposal_id), news)


def _update_proposal(case: _Case, proposal: Proposal, news: Sequence[str]) -> None:
    """I-2.7: changed data of a known number is stored without a question, and downloaded again."""
    voided = [number for number in news if number in case.deleted and not case.lines[number].voided]
    for number in news:
        proposals.store_facts(case.lines[number], case.facts[number])
    case.session.flush()
    _tell_news(case, proposal, "line_voided", voided)
    silent = [number for number in news if number not in case.plan.ask and number not in case.deleted]
    _tell_news(case, proposal, "quote_changed", silent)
    proposals.refresh(case.session, proposal, case.now)
    asked = questions.open_one(case.session, proposal=proposal.id)
    if asked:
        questions.bring_up_to_date(case.session, asked, _facts(case, news, asked.numbers), case.now)
    # What the clerk is still asked about is downloaded when they say so.
    pending = {*case.plan.ask, *(asked.numbers if asked else ())}
    if set(silent) - pending:
        downloads.request(case.session, proposal, _through(case), case.now, without=pending)


def _tell_news(case: _Case, proposal: Proposal, kind: str, numbers: Sequence[str]) -> None:
    if numbers:
        about = About(proposal.carrier, numbers, confirm=case.hint.id, proposal=proposal.id)
        tell(case.session, case.now, kind, about)


def _facts(case: _Case, numbers: Iterable[str], among: Iterable[str]) -> list[LineFacts]:
    wanted = set(among)
    return [case.facts[number] for number in numbers if number in wanted]


def _ask(case: _Case) -> None:
    if not case.plan.ask:
        return
    facts = _facts(case, case.facts, case.plan.ask)
    if case.plan.proposal:
        proposal = case.session.get_one(Proposal, case.plan.proposal)
        needed = proposal.customer_id is None
        subject = questions.Subject(proposal=proposal.id, customer_needed=needed)
    else:
        subject = questions.Subject(sighting=_sighting(case))
        facts = [*facts, *(case.facts[number] for number in sorted(case.deleted))]
    questions.ask(case.session, case.hint, subject, facts, case.now)


def _sighting(case: _Case) -> str:
    """The open sighting that goes on, or a new one; it takes the lines that are asked about."""
    sighting_id = case.plan.sighting or _new_sighting(case)
    for number, line in case.lines.items():
        if number in case.plan.ask:
            line.sighting_id = sighting_id
        elif line.sighting_id == sighting_id:
            line.sighting_id = None
    case.hint.sighting_id = sighting_id
    case.session.flush()
    return sighting_id


def _new_sighting(case: _Case) -> str:
    made = Sighting(
        state="open",
        carrier=case.hint.carrier,
        kind=case.hint.kind,
        origin=case.hint.origin,
        login=case.login,
        created_at=case.now,
    )
    case.session.add(made)
    case.session.flush()
    return made.id


def _through(case: _Case) -> downloads.Through:
    hint = case.hint
    desk = case.session.get_one(Device, hint.seen_by)
    return downloads.Through(
        origin=hint.origin,
        login=case.login,
        device=hint.device_id,
        instance=hint.instance,
        tab=hint.tab,
        clerk=desk.name,
    )
