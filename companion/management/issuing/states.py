"""The state machine of a proposal: how a car stands at its carrier, and one table of what follows from it.

State follows the last confirmed query (requirements/000): hints that come late, twice or in another order
change nothing, because their query answers what is true now.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from companion.management.wire import ProposalState
from companion.protocol import QuestionKind, Underwriting

Happening = Literal["completed", "decided", "quoted", "passed", "payable", "issued", "gone"]
"""What a clerk did (vehicle and insured completed: 提交报价; 确认出单) or what a confirmed query shows."""
Topic = Literal["quote", "underwriting", "payment"]
"""What a question is about: D1…, D2…, D3… and D4…"""

TRANSITIONS: dict[Happening, dict[ProposalState, ProposalState]] = {
    "completed": {"NEW": "TO_QUOTE"},
    "decided": {"QUOTED": "CONFIRMED_TO_SUBMIT"},
    "quoted": {"NEW": "QUOTED", "TO_QUOTE": "QUOTED", "UW_PASSED": "QUOTED", "AWAIT_PAY": "QUOTED"},
    "passed": {
        "NEW": "UW_PASSED",
        "TO_QUOTE": "UW_PASSED",
        "QUOTED": "UW_PASSED",
        "CONFIRMED_TO_SUBMIT": "UW_PASSED",
    },
    "payable": {
        "NEW": "AWAIT_PAY",
        "TO_QUOTE": "AWAIT_PAY",
        "QUOTED": "AWAIT_PAY",
        "CONFIRMED_TO_SUBMIT": "AWAIT_PAY",
        "UW_PASSED": "AWAIT_PAY",
    },
    "issued": {
        "NEW": "ISSUED",
        "TO_QUOTE": "ISSUED",
        "QUOTED": "ISSUED",
        "CONFIRMED_TO_SUBMIT": "ISSUED",
        "UW_PASSED": "ISSUED",
        "AWAIT_PAY": "ISSUED",
    },
    "gone": {
        "NEW": "VOID",
        "TO_QUOTE": "VOID",
        "QUOTED": "VOID",
        "CONFIRMED_TO_SUBMIT": "VOID",
        "UW_PASSED": "VOID",
        "AWAIT_PAY": "VOID",
    },
}
"""What is confirmed → from → to. What is not listed changes nothing: ISSUED and VOID never move back.

`quoted` after underwriting: withdrawn, or changed and saved again in the portal.
"""
TOPICS: dict[ProposalState, Topic] = {
    "QUOTED": "quote",
    "CONFIRMED_TO_SUBMIT": "quote",
    "UW_PASSED": "underwriting",
    "AWAIT_PAY": "payment",
}
"""What there is to ask about in a state. A question about anything else is out of date there."""
ASKED_ON_ENTRY: frozenset[ProposalState] = frozenset({"UW_PASSED", "AWAIT_PAY"})
"""States whose question is asked each time a known proposal comes into them (D2; D3, D4)."""
RANKS: dict[Topic, int] = {"quote": 1, "underwriting": 2, "payment": 3}
"""After 取消 the same kind is not asked again for that number, a later kind is."""
UNASKED = 0
"""Rank of a car about which there is nothing to ask."""

_TOPIC_OF: dict[Happening, Topic] = {"quoted": "quote", "passed": "underwriting", "payable": "payment"}
_PAYABLE = ("passed", "unknown")
"""A carrier asks for no money before underwriting; not every query tells how that went."""
_QUESTIONS: dict[Topic, QuestionKind] = {"quote": "D1", "underwriting": "D2", "payment": "D3"}
_UNKNOWN: dict[QuestionKind, QuestionKind] = {"D1": "D1b", "D2": "D2b", "D3": "D3b", "D4": "D4b"}
"""A question about a known proposal → the same about an unknown one."""
_KNOWN: dict[str, QuestionKind] = {unknown: known for known, unknown in _UNKNOWN.items()}


class LineStanding(NamedTuple):
    """How one line stands at the carrier, as last confirmed."""

    deleted: bool
    underwriting: Underwriting
    issued: bool
    """It has a policy number."""


def stage(lines: Iterable[LineStanding], *, code: bool) -> Happening | None:
    """How a car stands, by all of its lines (I-8.6); `code`: a payment code of it is known.

    None: it has no line yet, so no query tells anything.
    """
    known = list(lines)
    alive = [line for line in known if not line.deleted]
    if not known:
        return None
    if not alive:
        return "gone"
    if all(line.issued for line in alive):
        return "issued"
    if code and all(payable(line) for line in alive):
        return "payable"
    return "passed" if all(line.issued or line.underwriting == "passed" for line in alive) else "quoted"


def payable(line: LineStanding) -> bool:
    """Whether nothing the carrier says of the line speaks against paying for it."""
    return line.issued or line.underwriting in _PAYABLE


def after(state: ProposalState, happening: Happening | None) -> ProposalState:
    """The state of a proposal once something is confirmed of it."""
    return TRANSITIONS[happening].get(state, state) if happening else state


def went_back(before: ProposalState, now: ProposalState) -> bool:
    """Whether the portal took back what it had said: withdrawn before payment."""
    return now == "QUOTED" and before in ("UW_PASSED", "AWAIT_PAY")


def topic_of(happening: Happening | None) -> Topic | None:
    """What there is to ask about a car that belongs to no proposal; None: nothing."""
    return _TOPIC_OF.get(happening) if happening else None


def rank(topic: Topic | None) -> int:
    """How late in the life of a car a topic comes."""
    return RANKS[topic] if topic else UNASKED


def question_kind(topic: Topic, *, known: bool, card: bool = False) -> QuestionKind:
    """Which question is asked about a topic; `card`: the payment code is a card-payment number."""
    kind: QuestionKind = "D4" if topic == "payment" and card else _QUESTIONS[topic]
    return kind if known else _UNKNOWN[kind]


def once_known(kind: str) -> str:
    """What a question about an unknown proposal becomes when the proposal is made meanwhile."""
    return _KNOWN.get(kind, kind)


def topic_of_question(kind: str) -> Topic:
    """What a question is about."""
    return next((topic for topic, asked in _QUESTIONS.items() if kind.startswith(asked)), "payment")
