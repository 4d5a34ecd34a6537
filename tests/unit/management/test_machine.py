"""The path against a simple model: exactly one proposal and one question, nothing lost, nothing doubled."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection

from companion.db.engine import Database
from companion.management.issuing.confirm import revision
from companion.management.store.tables import Line, Sighting
from companion.management.store.work_tables import METADATA, Confirm, Download, Notification, Push, Question
from companion.management.wire import AnswerIn, CommandResult, EventIn, QueryBody
from companion.protocol import Answer, Choice
from tests.postgres import KEY
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import Clock, Outcome, Quote, answer, hint, result, shown, somebody

T = TypeVar("T")
Opened = Callable[[], tuple[Database, Callable[[], None]]]

CARS = (("TDAA00000001", "TDZA00000001"), ("TDAA00000002",), ("TDZA00000003",))
"""Numbers that every save of a car names together."""
CARRIED_OUT: tuple[Outcome, ...] = ("answered", "no_session", "logged_out", "failed", "not_found")
CHOICES: tuple[Choice, ...] = ("yes", "download_only", "cancel")


class ThePath(RuleBasedStateMachine):
    """Clerks, a portal, a desk and a network that behave badly; the model keeps only what must be true."""

    opened: Opened

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.database, self.forget = self.opened()
        self.office = self.run_(TestOffice(self.database, Clock()).prepare())
        self.portal = {number: Quote(number) for car in CARS for number in car}
        self.under_way: list[EventIn] = []
        self.delivered: list[EventIn] = []
        self.reports: list[tuple[str, CommandResult]] = []
        self.saved: set[tuple[str, ...]] = set()
        self.accepted: dict[str, Choice] = {}
        self.filed: dict[str, str] = {}
        self.revisions: Counter[str] = Counter()

    def run_(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(_awaited(work))

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

    @rule(number=st.sampled_from([number for car in CARS for number in car]))
    def delete_in_portal(self, number: str) -> None:
        self.portal[number] = replace(self.portal[number], deleted=True)

    @rule(choice=st.sampled_from(CHOICES), pick=st.randoms(), in_console=st.booleans())
    def answer_question(self, choice: Choice, pick: Any, in_console: bool) -> None:
        asks = self.run_(self.office.asks())
        if not asks:
            return
        question = pick.choice(asks).question.id
        customer = somebody() if choice == "yes" else None
        if in_console:
            given = AnswerIn(choice=choice, remark=None, customer=customer)
            if self.run_(self.office.answer(question, given)):
                self.accept(question, choice)
        else:
            self.under_way += [shown(question), answer(question, choice, customer)]

    # ------------------------------------------------------------------ the road up

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
    def one_question_at_most(self) -> None:
        waiting = Counter(number for ask in self.run_(self.office.asks()) for number in ask.question.numbers)
        assert all(count == 1 for count in waiting.values())

    @invariant()
    def every_proposal_was_wanted(self) -> None:
        questions = {row.id: row for row in self.run_(self.office.rows(Question))}
        assert {one: row.choice for one, row in questions.items() if row.state == "answered"} == self.accepted
        assert all((row.held is not None) == (row.state == "open") for row in questions.values())
        wanted = [one for one, choice in self.accepted.items() if choice != "cancel"]
        proposals = self.run_(self.office.proposals())
        assert len(proposals) == sum(questions[one].kind == "D1b" for one in wanted)
        pushed = [one for one, choice in self.accepted.items() if choice == "yes"]
        assert len(self.run_(self.office.rows(Push))) == len(pushed)

    @invariant()
    def every_number_is_one_line_in_one_place(self) -> None:
        lines = self.run_(self.office.rows(Line))
        assert len({line.number for line in lines}) == len(lines)
        assert {line.number: line.revision for line in lines if line.revision} == self.filed
        assert {line.number: line.revised for line in lines if line.revision} == dict(self.revisions)
        for line in lines:
            if line.proposal_id is None:
                assert (line.plate, line.insured, line.premium) == (None, None, None)

    @invariant()
    def one_toast_for_each_ended_download(self) -> None:
        ended = [row for row in self.run_(self.office.rows(Download)) if row.ended_at]
        assert len(self.run_(self.office.rows(Notification))) == len(ended)

    # ------------------------------------------------------------------ in the end everything is in place

    def teardown(self) -> None:
        try:
            self.come_to_rest()
            self.everything_is_in_place()
        finally:
            self.run_(self.database.close())
            self.loop.close()
            self.forget()

    def come_to_rest(self) -> None:
        """All events arrive, the account is logged in, the portal answers; the clerk saves once more."""
        self.under_way += [hint(*car) for car in sorted(self.saved)]
        while self.under_way:
            self.hand_over(self.under_way.pop(0))
        self.run_(self.office.tick(1))
        self.run_(self.office.log_in())
        for _ in range(12):
            self.run_(self.office.tick(61))
            for command, query in self.run_(self.office.queries()):
                self.hand_back(command, result(command, query, self.portal))

    def everything_is_in_place(self) -> None:
        assert {row.state for row in self.run_(self.office.rows(Confirm))} <= {"confirmed"}
        lines = {line.number: line for line in self.run_(self.office.rows(Line))}
        proposals = {row.id: row for row in self.run_(self.office.proposals())}
        sightings = {row.id: row.state for row in self.run_(self.office.rows(Sighting))}
        waiting = {number for ask in self.run_(self.office.asks()) for number in ask.question.numbers}
        for car in self.saved:
            places = {self.place_of(lines[number], sightings, waiting) for number in car}
            assert len(places - {"nowhere"}) <= 1, "lines of one answer belong together"
            for number in car:
                self.line_is_in_place(lines[number], number in waiting, proposals, sightings)
        for proposal in proposals.values():
            void = all(line.voided for line in proposal.lines)
            # A void proposal stays void, even when the portal brings a line back.
            assert proposal.state == "VOID" or (proposal.state == "QUOTED" and not void)
            states = [download.state for download in proposal.downloads]
            assert states or proposal.state == "VOID"
            if proposal.state == "QUOTED":
                assert set(states) <= {"done", "failed"}
                assert proposal.vin or "done" not in states

    def place_of(self, line: Line, sightings: dict[str, str], waiting: set[str]) -> str:
        if line.proposal_id:
            return line.proposal_id
        return str(line.sighting_id) if line.number in waiting else "nowhere"

    def line_is_in_place(
        self, line: Line, asked: bool, proposals: dict[str, Any], sightings: dict[str, str]
    ) -> None:
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


async def _awaited(work: Awaitable[T]) -> T:
    return await work


def play(opened: Opened, examples: int, steps: int) -> None:
    machine = type("Machine", (ThePath,), {"opened": staticmethod(opened)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_on_sqlite(tmp_path: Path) -> None:
    def opened() -> tuple[Database, Callable[[], None]]:
        folder = tempfile.mkdtemp(dir=tmp_path)
        return Database.sqlite(Path(folder) / "management.db", KEY), lambda: shutil.rmtree(folder)

    play(opened, examples=40, steps=40)


def test_on_postgresql(postgresql_url: str) -> None:
    def empty(connection: Connection) -> None:
        METADATA.drop_all(connection)

    def opened() -> tuple[Database, Callable[[], None]]:
        loop = asyncio.new_event_loop()
        database = Database.postgresql(postgresql_url)
        loop.run_until_complete(database.alter(empty))
        loop.close()
        return database, lambda: None

    play(opened, examples=6, steps=30)
