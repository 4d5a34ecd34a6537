"""The path against a simple model: exactly one proposal and one question, nothing lost, nothing doubled."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlmodel import Session, select

from companion.db.engine import Database
from companion.management.issuing.confirm import revision
from companion.management.store.tables import Line, Proposal, Sighting
from companion.management.store.work_tables import Confirm, Download, Notification, Push, Question
from companion.management.wire import AnswerIn, CommandResult, EventIn, QueryBody
from companion.protocol import Answer, Choice
from tests.postgres import KEY
from tests.unit.management.machinery import OfficeMachine, play
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import Clock, Outcome, Quote, answer, hint, result, shown, somebody

CARS = (("TDAA00000001", "TDZA00000001"), ("TDAA00000002",), ("TDZA00000003",))
"""Numbers that every save of a car names together."""
CARRIED_OUT: tuple[Outcome, ...] = (
    *("answered",) * 6,
    "no_session",
    "logged_out",
    "failed",
    "nobody",
    "not_found",
)
CHOICES: tuple[Choice, ...] = ("yes", "download_only", "cancel")


TABLES: tuple[Any, ...] = (
    Question,
    Line,
    Download,
    Notification,
    Push,
    Proposal,
    Confirm,
    Sighting,
)


class Seen(NamedTuple):
    """All rows at one moment, in the order of TABLES."""

    questions: list[Question]
    lines: list[Line]
    downloads: list[Download]
    notifications: list[Notification]
    pushes: list[Push]
    proposals: list[Proposal]
    confirms: list[Confirm]
    sightings: list[Sighting]


class ThePath(OfficeMachine):
    """Clerks, a portal, a desk and a network that behave badly; the model keeps only what must be true."""

    def __init__(self) -> None:
        super().__init__()
        self.office = self.run_(TestOffice(self.database, Clock()).present())
        self.portal = {number: Quote(number) for car in CARS for number in car}
        self.under_way: list[EventIn] = []
        self.delivered: list[EventIn] = []
        self.reports: list[tuple[str, CommandResult]] = []
        self.saved: set[tuple[str, ...]] = set()
        self.accepted: dict[str, Choice] = {}
        self.cancelled: set[str] = set()
        self.filed: dict[str, str] = {}
        self.revisions: Counter[str] = Counter()

    def look(self) -> Seen:
        return self.run_(self.database.read(_look))

    @initialize(car=st.sampled_from(CARS), choice=st.sampled_from([None, *CHOICES]))
    def begin(self, car: tuple[str, ...], choice: Choice | None) -> None:
        """Runs that do not come to a question, or to an answer, have little to tell."""
        self.save(car, changed=False, eyes="network")
        self.all_goes_well()
        if choice:
            (question,) = [row.id for row in self.look().questions]
            self.under_way += [answer(question, choice, somebody() if choice == "yes" else None)]
            self.all_goes_well()

    # ------------------------------------------------------------------ the clerk and the portal

    @rule(car=st.sampled_from(CARS), changed=st.booleans(), eyes=st.sampled_from(["network", "page", "both"]))
    def save(self, car: tuple[str, ...], changed: bool, eyes: str) -> None:
        if changed:
            self.portal |= {number: self.portal[number].saved() for number in car}
        self.saved.add(car)
        for eye in ("network", "page"):
            if eyes in (eye, "both"):
                source = "network" if eye == "network" else "page"
                self.under_way.append(hint(*car, source=source))  # type: ignore[arg-type]

    @rule(car=st.sampled_from(CARS))
    def save_during_the_query(self, car: tuple[str, ...]) -> None:
        """The portal answers, the clerk saves a change, the hint overtakes the answer."""
        self.save(car, changed=False, eyes="network")
        self.hand_over(self.under_way.pop())
        self.run_(self.office.tick())
        asked = self.run_(self.office.queries())
        told = [(one, result(one, query, self.portal)) for one, query in asked if query.numbers == list(car)]
        self.save(car, changed=True, eyes="network")
        self.hand_over(self.under_way.pop())
        for command, late in told:
            self.hand_back(command, late)

    @rule(number=st.sampled_from([number for car in CARS for number in car]))
    def delete_in_portal(self, number: str) -> None:
        """A page that is saved again shows it; the deletion alone is not seen yet."""
        self.portal[number] = replace(self.portal[number], deleted=True)
        self.under_way += [hint(*car) for car in self.saved if number in car]

    @rule(choice=st.sampled_from(CHOICES), pick=st.randoms(), in_console=st.booleans())
    def answer_question(self, choice: Choice, pick: Any, in_console: bool) -> None:
        """Any question that was ever asked: pages may be old."""
        questions = self.look().questions
        if not questions:
            return
        question = pick.choice(questions).id
        customer = somebody() if choice == "yes" else None
        if in_console:
            given = AnswerIn(choice=choice, remark=None, customer=customer)
            if self.run_(self.office.answer(question, given)):
                self.accept(question, choice)
        else:
            self.under_way += [shown(question), answer(question, choice, customer)]

    # ------------------------------------------------------------------ the road up

    @rule()
    def all_goes_well(self) -> None:
        """Everything on its way arrives and is worked: without this few runs would come to an answer."""
        while self.under_way:
            self.hand_over(self.under_way.pop(0))
        self.run_(self.office.tick())
        for command, query in self.run_(self.office.queries()):
            self.hand_back(command, result(command, query, self.portal))

    @precondition(lambda self: self.under_way)
    @rule(pick=st.randoms())
    def deliver(self, pick: Any) -> None:
        """In any order: a reorder is one of the things a network does."""
        event = pick.choice(self.under_way)
        self.under_way.remove(event)
        self.hand_over(event)

    def hand_over(self, event: EventIn) -> None:
        body = event.body
        was_open = isinstance(body, Answer) and self.is_open(body.question)
        assert self.run_(self.office.deliver(event))
        self.delivered.append(event)
        if isinstance(body, Answer) and was_open:
            self.accept(body.question, body.choice)

    @precondition(lambda self: self.delivered)
    @rule(pick=st.randoms())
    def deliver_again(self, pick: Any) -> None:
        assert not self.run_(self.office.deliver(pick.choice(self.delivered)))

    # ------------------------------------------------------------------ the desk

    @rule(seconds=st.sampled_from([0, 0, 1, 3, 10, 45, 120]))
    def tick(self, seconds: int) -> None:
        self.run_(self.office.tick(seconds))

    @rule(outcome=st.sampled_from(CARRIED_OUT), pick=st.randoms())
    def ask_portal(self, outcome: Outcome, pick: Any) -> None:
        asked = self.run_(self.office.queries())
        if asked:
            command, query = pick.choice(asked)
            self.reports.append((command, result(command, query, self.portal, outcome)))

    @precondition(lambda self: self.reports)
    @rule(pick=st.randoms(), again=st.booleans())
    def report(self, pick: Any, again: bool) -> None:
        """Late, twice, or in another order than asked."""
        told = pick.choice(self.reports)
        if not again:
            self.reports.remove(told)
        self.hand_back(*told)

    @rule()
    def desk_dies(self) -> None:
        """What it had in hand is lost; the management system keeps everything in rows."""
        self.reports.clear()

    @rule()
    def session_comes(self) -> None:
        self.run_(self.office.log_in())

    @rule()
    def session_ends(self) -> None:
        self.run_(self.office.tell_sessions([]))

    def hand_back(self, command: str, told: CommandResult) -> None:
        kinds = dict(self.run_(self.office.queries()))
        taken = self.run_(self.office.report(command, told))
        query = kinds.get(command)
        assert taken == (query is not None)
        if query is not None and query.query == "confirm":
            self.note(query, told)

    def note(self, query: QueryBody, told: CommandResult) -> None:
        """A car's numbers are answered together, so every answer that names one is filed."""
        lines = told.body.result.lines if told.body.kind == "query" else []
        for line in lines:
            if self.filed.get(line.number) != revision(line):
                self.filed[line.number] = revision(line)
                self.revisions[line.number] += 1

    # ------------------------------------------------------------------ what must be true

    @invariant()
    def nothing_is_doubled(self) -> None:
        seen = self.look()
        waiting = Counter(n for row in seen.questions if row.state == "open" for n in row.numbers)
        assert all(count == 1 for count in waiting.values())
        assert not self.cancelled & waiting.keys()
        self.every_proposal_was_wanted(seen)
        self.every_number_is_one_line_in_one_place(seen)
        assert len(seen.notifications) == sum(row.ended_at is not None for row in seen.downloads)

    def every_proposal_was_wanted(self, seen: Seen) -> None:
        questions = {row.id: row for row in seen.questions}
        assert {one: row.choice for one, row in questions.items() if row.state == "answered"} == self.accepted
        assert all((row.held is not None) == (row.state == "open") for row in seen.questions)
        wanted = [one for one, choice in self.accepted.items() if choice != "cancel"]
        assert len(seen.proposals) == sum(questions[one].kind == "D1b" for one in wanted)
        assert len(seen.pushes) == list(self.accepted.values()).count("yes")

    def every_number_is_one_line_in_one_place(self, seen: Seen) -> None:
        assert len({line.number for line in seen.lines}) == len(seen.lines)
        assert {line.number: line.revision for line in seen.lines if line.revision} == self.filed
        assert {line.number: line.revised for line in seen.lines if line.revision} == dict(self.revisions)
        for line in seen.lines:
            if line.proposal_id is None:
                assert (line.plate, line.insured, line.premium) == (None, None, None)

    # ------------------------------------------------------------------ in the end everything is in place

    def teardown(self) -> None:
        self.come_to_rest()
        self.nothing_is_doubled()
        self.everything_is_in_place(self.look())

    def come_to_rest(self) -> None:
        """All events arrive, the account is logged in, the portal answers."""
        while self.under_way:
            self.hand_over(self.under_way.pop(0))
        self.run_(self.office.tick(1))
        self.run_(self.office.log_in())
        for row in self.look().confirms:
            self.run_(self.office.retry(row.id))
        for _ in range(12):
            self.run_(self.office.tick(61))
            for command, query in self.run_(self.office.queries()):
                self.hand_back(command, result(command, query, self.portal))

    def everything_is_in_place(self, seen: Seen) -> None:
        assert {row.state for row in seen.confirms} == {"confirmed"}
        lines = {line.number: line for line in seen.lines}
        sightings = {row.id: row.state for row in seen.sightings}
        waiting = {n for row in seen.questions if row.state == "open" for n in row.numbers}
        for car in self.saved:
            places = {self.place_of(lines[number], waiting) for number in car}
            assert len(places - {"nowhere"}) <= 1, "lines of one answer belong together"
            for number in car:
                self.line_is_in_place(lines[number], number in waiting, sightings)
        for proposal in seen.proposals:
            self.proposal_is_in_place(proposal, seen)

    def proposal_is_in_place(self, proposal: Proposal, seen: Seen) -> None:
        void = all(line.voided for line in seen.lines if line.proposal_id == proposal.id)
        # A void proposal stays void, even when the portal brings a line back.
        assert proposal.state == "VOID" or (proposal.state == "QUOTED" and not void)
        states = [row.state for row in seen.downloads if row.proposal_id == proposal.id]
        if proposal.state == "QUOTED":
            assert states
            assert set(states) <= {"done", "failed"}
            assert proposal.vin or "done" not in states

    def place_of(self, line: Line, waiting: set[str]) -> str:
        if line.proposal_id:
            return line.proposal_id
        return str(line.sighting_id) if line.number in waiting else "nowhere"

    def line_is_in_place(self, line: Line, asked: bool, sightings: dict[str, str]) -> None:
        now = self.portal[line.number]
        assert line.revision == revision(now.facts)
        if line.proposal_id:
            assert line.voided == now.deleted
            assert line.premium == now.facts.premium
        elif now.deleted:
            assert not asked
        else:
            assert asked or sightings[str(line.sighting_id)] == "cancelled"

    def is_open(self, question: str) -> bool:
        return any(
            row.id == question and row.state == "open" for row in self.run_(self.office.rows(Question))
        )

    def accept(self, question: str, choice: Choice) -> None:
        assert question not in self.accepted
        self.accepted[question] = choice
        if choice == "cancel":
            self.cancelled |= {n for row in self.look().questions if row.id == question for n in row.numbers}


def _look(session: Session) -> Seen:
    return Seen(*(list(session.exec(select(field))) for field in TABLES))


def test_on_sqlite(tmp_path: Path) -> None:
    play(ThePath, lambda: Database.sqlite(tmp_path / "management.db", KEY), examples=30, steps=30)


def test_on_postgresql(postgresql_url: str) -> None:
    play(ThePath, lambda: Database.postgresql(postgresql_url), examples=6, steps=20)
