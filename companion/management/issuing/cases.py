"""One confirmed answer and everything it touches, read and locked before anything is changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlmodel import Session, col, select

from companion.management.issuing import codes, proposals, questions, tickets
from companion.management.issuing.apart import Car, by_car
from companion.management.issuing.confirm import Known, Plan, SightingState, plan
from companion.management.issuing.seen import Seen
from companion.management.issuing.states import Happening, LineStanding, rank, stage, topic_of
from companion.management.issuing.timeline import About
from companion.management.store.signal_tables import PaymentCode
from companion.management.store.tables import Line, Sighting
from companion.management.store.work_tables import Confirm
from companion.protocol import LineFacts

WANTED: Final = 9
"""Rank of what the clerk asked for: no 取消 stands against it."""


@dataclass(frozen=True)
class Reader:
    """Who asked the portal, about what, and when it answered. `hint` is None for a quick download."""

    seen: Seen
    hint: Confirm | None
    login: str
    now: datetime

    @property
    def wanted(self) -> bool:
        """Whether the clerk asked for these lines to be filed."""
        return self.seen.quick is not None


@dataclass(frozen=True)
class Case:
    """An answer with what was known before it."""

    session: Session
    reader: Reader
    facts: dict[str, LineFacts]
    """The lines that count, also those of open questions that this answer does not name."""
    quotes: dict[str, LineFacts]
    """Quotations whose lines have numbers of their own by now."""
    lines: dict[str, Line]
    before: dict[str, LineStanding]
    happening: Happening | None
    """How the lines stand that belong to no proposal."""
    code: PaymentCode | None
    """A payment code that waited for this answer."""
    plan: Plan
    ticket: str | None = None
    """The proposal whose ticket this answer used up."""

    @property
    def now(self) -> datetime:
        """When the answer came."""
        return self.reader.now

    @property
    def about(self) -> About:
        """What the steps of this answer are about."""
        hint, seen = self.reader.hint, self.reader.seen
        numbers = list(self.facts) or list(self.quotes)
        if hint is None:
            return About(seen.carrier, numbers, proposal=self.plan.proposal)
        return About(seen.carrier, numbers, hint.id, hint.sighting_id, hint.proposal_id)

    @property
    def deleted(self) -> frozenset[str]:
        """The numbers that the carrier shows as deleted."""
        return frozenset(number for number, line in self.facts.items() if line.deleted)

    def pick(self, numbers: Iterable[str], among: Iterable[str]) -> list[LineFacts]:
        """The facts of these numbers, as far as they are among those."""
        wanted = set(among)
        return [self.facts[number] for number in numbers if number in wanted and number in self.facts]


def opened(session: Session, reader: Reader, answer: Sequence[LineFacts]) -> Case:
    """Lock everything an answer touches, and decide what follows from it."""
    carrier = reader.seen.carrier
    told = {line.number: line for line in answer}
    lines = proposals.lock_lines(session, carrier, _numbers(told.values()))
    # An open question goes on about all of its lines, also those this answer does not name.
    touched = [row for row in sightings(session, lines.values()) if row.state == "open"]
    held: dict[str, LineFacts] = {}
    for sighting in touched:
        waiting = questions.held_facts(questions.open_one(session, sighting=sighting.id))
        held |= {line.number: line for line in waiting}
    told = held | told
    lines = proposals.lock_lines(session, carrier, _numbers(told.values()))
    facts, quotes = _without_quotations(session, carrier, told, lines)
    known = _known(session, facts, lines)
    code = codes.waiting(session, reader.seen.confirm, [row.id for row in touched])
    happening = stage(_standings(session, facts, lines, known), code=code is not None)
    ticket = _ticket(session, reader, facts, known)
    wanted = WANTED if reader.wanted else rank(topic_of(happening))
    before = {number: proposals.standing(line) for number, line in lines.items()}
    decided = plan(list(facts.values()), known, wanted, ticket)
    return Case(session, reader, facts, quotes, lines, before, happening, code, decided, ticket)


def car_by_car(session: Session, carrier: str, answer: Sequence[LineFacts]) -> list[Car]:
    """An answer's lines, car by car. Nothing is locked: what is filed of each is looked at again."""
    if len(answer) < 2:
        return [list(answer)] if answer else []
    told = {line.number: line for line in answer}
    found = select(Line).where(col(Line.carrier) == carrier, col(Line.number).in_(_numbers(answer)))
    lines = {line.number: line for line in session.exec(found)}
    known = _known(session, {number: told[number] for number in told if number in lines}, lines)
    new = {
        number: Known(under=lines[quote].proposal_id)
        for number, one in told.items()
        if number not in lines and (quote := one.quote_number or "") in lines
    }
    return by_car(answer, known | new)


def sightings(session: Session, lines: Iterable[Line]) -> list[Sighting]:
    """The sightings of these lines, oldest first: of two that become one the older stays."""
    ids = {line.sighting_id for line in lines if line.sighting_id}
    found = select(Sighting).where(col(Sighting.id).in_(ids))
    return list(session.exec(found.order_by(col(Sighting.created_at), col(Sighting.id))))


def _numbers(facts: Iterable[LineFacts]) -> set[str]:
    return {number for line in facts for number in (line.number, line.quote_number) if number}


def _without_quotations(
    session: Session, carrier: str, told: dict[str, LineFacts], lines: dict[str, Line]
) -> tuple[dict[str, LineFacts], dict[str, LineFacts]]:
    """Set aside quotations whose lines have numbers of their own. When all of those are deleted the
    quotation counts again."""
    gone = {line.number for line in told.values() if line.deleted}
    stored = proposals.heirs(session, carrier, list(told))
    replaced = {line.quote_number for line in stored if line.number not in gone}
    replaced |= {line.quote_number for line in told.values() if not line.deleted}
    for number in told:
        if lines[number].replaced and number not in replaced:
            lines[number].replaced = False
    quotes = {number: line for number, line in told.items() if number in replaced}
    return {number: line for number, line in told.items() if number not in quotes}, quotes


def _known(session: Session, facts: dict[str, LineFacts], lines: dict[str, Line]) -> dict[str, Known]:
    states = {row.id: cast(SightingState, row.state) for row in sightings(session, lines.values())}
    return {
        number: _known_of(lines[number], lines.get(one.quote_number or ""), states)
        for number, one in facts.items()
    }


def _known_of(line: Line, quotation: Line | None, states: dict[str, SightingState]) -> Known:
    """A line of a quotation belongs where that belongs, and is asked about where that was not."""
    home = line.sighting_id or (quotation.sighting_id if quotation else None)
    declined = max(line.declined, quotation.declined if quotation else 0)
    under = quotation.proposal_id if quotation and line.proposal_id is None else None
    state = states.get(home) if home else None
    return Known(line.revision, line.proposal_id, home, state, declined, under)


def _standings(
    session: Session, facts: dict[str, LineFacts], lines: dict[str, Line], known: dict[str, Known]
) -> list[LineStanding]:
    """How the lines without a proposal stand: this answer's, and those once seen together with them."""
    loose = [number for number in facts if known[number].proposal is None]
    homes = {known[number].sighting for number in loose} - {None}
    beside = select(Line).where(
        col(Line.sighting_id).in_(homes), col(Line.proposal_id).is_(None), col(Line.replaced).is_(False)
    )
    named = {*facts, *(one.quote_number for one in facts.values())}
    others = [line for line in session.exec(beside) if line.number not in named]
    return [_standing(lines[number], facts[number]) for number in loose] + [
        proposals.standing(line) for line in others
    ]


def _standing(line: Line, facts: LineFacts) -> LineStanding:
    known = proposals.standing(line)
    underwriting = known.underwriting if facts.underwriting == "unknown" else facts.underwriting
    return LineStanding(facts.deleted, underwriting, known.issued or bool(facts.policy_number))


def _ticket(
    session: Session, reader: Reader, facts: dict[str, LineFacts], known: dict[str, Known]
) -> str | None:
    """The proposal whose ticket these lines use up, when none of them belongs to a proposal."""
    ticket, by_vin = reader.seen.ticket, reader.hint.by_vin if reader.hint else None
    if ticket is None or any(one.proposal or one.under for one in known.values()):
        return None
    return tickets.consume(session, ticket, reader.seen.carrier, list(facts.values()), reader.now, by_vin)
