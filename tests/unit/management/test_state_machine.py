"""The state of a known proposal against its carrier: whatever order hints, answers and time-outs come in."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from companion.db.engine import Database
from companion.management.issuing.states import TOPICS, LineStanding, stage, topic_of_question
from companion.management.store.signal_tables import PaymentCode
from companion.management.store.tables import Proposal, Timeline
from companion.management.store.work_tables import Confirm, Download, Push, Question
from companion.management.wire import CommandResult, EventIn, ProposalState
from companion.protocol import HintKind, Underwriting
from tests.postgres import KEY
from tests.unit.management.machinery import OfficeMachine, play
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import Clock, Outcome, Quote, answer, card, hint, qr, result, somebody

NUMBERS = ("TDAA00000001", "TDZA00000002")
OUTCOMES: tuple[Outcome, ...] = (*("answered",) * 5, "no_session", "failed", "not_found")
STICKY = ("ISSUED", "VOID")
SAID: tuple[Underwriting, ...] = ("none", "pending", "passed", "refused")


class TheStates(OfficeMachine):
    """One car of two lines, known from its first quote. The portal is the truth."""

    def __init__(self) -> None:
        super().__init__()
        self.office = self.run_(TestOffice(self.database, Clock()).present())
        self.portal = {number: Quote(number) for number in NUMBERS}
        self.under_way: list[EventIn] = []
        self.delivered: list[EventIn] = []
        self.reports: list[tuple[str, CommandResult]] = []
        self.codes = 0
        self.newest = 0
        """The newest code that could ever be paid by."""
        self.been: set[str] = set()
        """What the portal has ever shown: issued, gone."""
        self.stuck: str | None = None

    def rows(self, table: type[Any]) -> list[Any]:
        return self.run_(self.office.rows(table))

    @initialize()
    def known(self) -> None:
        self.hint_("quote_saved", NUMBERS)
        self.all_goes_well()
        (question,) = self.rows(Question)
        self.under_way.append(answer(question.id, "yes", somebody()))
        self.all_goes_well()
        self.all_goes_well()
        (proposal,) = self.rows(Proposal)
        assert proposal.state == "QUOTED"

    # ------------------------------------------------------------------ the portal

    @rule(line=st.sampled_from(NUMBERS), said=st.sampled_from(SAID), well=st.booleans())
    def decide(self, line: str, said: Underwriting, well: bool) -> None:
        """Submitted, passed, refused, withdrawn: of one line."""
        self.change([line], "underwriting", lambda quote: replace(quote, underwriting=said), well)

    @rule(well=st.booleans())
    def pass_both(self, well: bool) -> None:
        self.change(NUMBERS, "underwriting", Quote.decided, well)

    @rule(well=st.booleans())
    def save(self, well: bool) -> None:
        """Withdrawn, changed and saved again: underwriting starts over."""
        self.change(NUMBERS, "quote_saved", Quote.saved, well)

    @rule(lines=st.sampled_from([NUMBERS[:1], NUMBERS[1:], NUMBERS]), well=st.booleans())
    def issue(self, lines: tuple[str, ...], well: bool) -> None:
        if all(self.portal[line].underwriting == "passed" for line in lines):
            self.change(lines, "issued", Quote.issued, well)

    @rule(line=st.sampled_from(NUMBERS), well=st.booleans())
    def delete(self, line: str, well: bool) -> None:
        self.change([line], "deleted", Quote.gone, well)

    @rule(well=st.booleans(), is_card=st.booleans())
    def pay(self, well: bool, is_card: bool) -> None:
        """As it usually goes: passed, and a code is fetched."""
        self.pass_both(well)
        self.fetch_code(new=True, is_card=is_card, lines=NUMBERS)
        if well:
            self.all_goes_well()

    @rule(new=st.booleans(), is_card=st.booleans(), lines=st.sampled_from([NUMBERS[:1], NUMBERS]))
    def fetch_code(self, new: bool, is_card: bool, lines: tuple[str, ...]) -> None:
        """Also by a page that shows what it should not."""
        self.codes += new
        text = f"62258800{self.codes:08d}" if is_card else f"https://pay.example/{self.codes}"
        kind: HintKind = "card_number" if is_card else "qr_fetched"
        self.office.clock.advance(0.001)  # each page shows its code at a time of its own
        code = card(text) if is_card else qr(text)
        self.under_way.append(hint(*lines, kind=kind, code=code, at=self.office.now))

    @rule(
        kind=st.sampled_from(get_args(HintKind)), lines=st.sampled_from([NUMBERS[:1], NUMBERS[1:], NUMBERS])
    )
    def lie(self, kind: HintKind, lines: tuple[str, ...]) -> None:
        """A page claims what is not so: a query decides."""
        self.under_way.append(hint(*lines, kind=kind))

    def change(self, lines: Any, kind: HintKind, to: Callable[[Quote], Quote], well: bool) -> None:
        free = [line for line in lines if not self.portal[line].deleted and not self.portal[line].policy]
        self.portal |= {line: to(self.portal[line]) for line in free}
        happening = stage(_standings(self.portal), code=False)
        if happening in ("issued", "gone"):
            self.been.add({"issued": "ISSUED", "gone": "VOID"}[happening])
        if free:
            self.hint_(kind, tuple(free))
        if well:
            self.all_goes_well()

    def hint_(self, kind: HintKind, lines: tuple[str, ...]) -> None:
        self.under_way.append(hint(*lines, kind=kind))

    # ------------------------------------------------------------------ the road up and the desk

    @rule()
    def all_goes_well(self) -> None:
        while self.under_way:
            self.hand_over(self.under_way.pop(0))
        self.run_(self.office.tick())
        for command, query in self.run_(self.office.queries()):
            self.run_(self.office.report(command, result(command, query, self.portal)))
        self.run_(self.office.fetch())

    @precondition(lambda self: self.under_way)
    @rule(pick=st.randoms())
    def deliver_in_any_order(self, pick: Any) -> None:
        event = pick.choice(self.under_way)
        self.under_way.remove(event)
        self.hand_over(event)

    @precondition(lambda self: self.delivered)
    @rule(pick=st.randoms())
    def deliver_again(self, pick: Any) -> None:
        assert not self.run_(self.office.deliver(pick.choice(self.delivered)))

    def hand_over(self, event: EventIn) -> None:
        assert self.run_(self.office.deliver(event))
        self.delivered.append(event)

    @rule(choice=st.sampled_from(["yes", "no"]))
    def answer_question(self, choice: Any) -> None:
        waiting = [row for row in self.rows(Question) if row.state == "open"]
        if waiting:
            self.hand_over(answer(waiting[0].id, choice))

    @rule(seconds=st.sampled_from([0, 1, 3, 10, 45, 700]))
    def time_passes(self, seconds: int) -> None:
        """Also more than a desk may take: what it was asked is asked again."""
        self.run_(self.office.tick(seconds))

    @rule(outcome=st.sampled_from(OUTCOMES), pick=st.randoms())
    def ask_portal(self, outcome: Outcome, pick: Any) -> None:
        asked = self.run_(self.office.queries())
        if asked:
            command, query = pick.choice(asked)
            self.reports.append((command, result(command, query, self.portal, outcome)))

    @precondition(lambda self: self.reports)
    @rule(pick=st.randoms(), again=st.booleans())
    def report(self, pick: Any, again: bool) -> None:
        """Late, twice, in another order than asked."""
        told = pick.choice(self.reports)
        if not again:
            self.reports.remove(told)
        self.run_(self.office.report(*told))

    @rule()
    def desk_dies(self) -> None:
        self.reports.clear()

    # ------------------------------------------------------------------ what must be true

    @invariant()
    def one_question_that_makes_sense(self) -> None:
        proposals = self.rows(Proposal)
        if not proposals:
            return
        (proposal,) = proposals
        waiting = [row for row in self.rows(Question) if row.state == "open"]
        topics = [topic_of_question(row.kind) for row in waiting]
        assert topics in ([], [TOPICS.get(cast(ProposalState, proposal.state))])
        assert len([row for row in self.rows(PaymentCode) if row.state == "current"]) <= 1
        self.no_dead_code_comes_back()
        self.nothing_moves_back(proposal)
        self.everything_asked_has_a_reason()

    def no_dead_code_comes_back(self) -> None:
        """Codes are numbered in the order in which pages showed them."""
        for row in self.rows(PaymentCode):
            if row.state == "current":
                shown = int(row.text.removeprefix("https://pay.example/").removeprefix("62258800"))
                assert shown >= self.newest, "the carrier takes no money by an older code"
                self.newest = shown

    def nothing_moves_back(self, proposal: Proposal) -> None:
        assert self.stuck in (None, proposal.state)
        if proposal.state in STICKY:
            assert proposal.state in self.been, "nothing but a query issues or voids"
            self.stuck = proposal.state

    def everything_asked_has_a_reason(self) -> None:
        told = Counter(step.kind for step in self.rows(Timeline))
        asked = Counter(row.kind for row in self.rows(Question))
        assert asked["D1b"] == 1
        assert asked["D2"] == told["state_uw_passed"]
        # A card number after a QR code, or the other way round, changes the waiting question.
        changed = told["qr_changed"] + told["card_changed"]
        assert told["state_await_pay"] <= asked["D3"] + asked["D4"] <= told["state_await_pay"] + changed
        assert len(self.rows(Push)) == sum(row.choice == "yes" for row in self.rows(Question))

    # ------------------------------------------------------------------ in the end the state is the portal's

    def teardown(self) -> None:
        if not self.rows(Proposal):
            return
        self.reports.clear()
        while self.under_way:
            self.hand_over(self.under_way.pop(0))
        self.run_(self.office.log_in())
        self.hint_("quote_saved", NUMBERS)
        for _ in range(14):
            self.all_goes_well()
            self.run_(self.office.tick(61))
        self.one_question_that_makes_sense()
        (proposal,) = self.rows(Proposal)
        has_code = any(row.state == "current" for row in self.rows(PaymentCode))
        shown = stage(_standings(self.portal), code=has_code)
        want = {"quoted": "QUOTED", "passed": "UW_PASSED", "payable": "AWAIT_PAY", "issued": "ISSUED"}
        assert proposal.state == self.stuck or proposal.state == want[str(shown)]
        assert {row.state for row in self.rows(Confirm)} == {"confirmed"}
        assert {row.state for row in self.rows(Download)} <= {"done", "failed"}
        assert (proposal.state == "AWAIT_PAY") <= has_code


def _standings(portal: dict[str, Quote]) -> list[LineStanding]:
    return [LineStanding(one.deleted, one.underwriting, one.policy is not None) for one in portal.values()]


def test_on_sqlite(tmp_path: Path) -> None:
    play(TheStates, lambda: Database.sqlite(tmp_path / "management.db", KEY), examples=25, steps=25)


def test_on_postgresql(postgresql_url: str) -> None:
    play(TheStates, lambda: Database.postgresql(postgresql_url), examples=5, steps=15)
