"""Proposal states and what moves a proposal from one to the next: a table (requirements/000)."""

from typing import Literal

from companion.management.wire import ProposalState

Happening = Literal["quote_confirmed", "all_lines_deleted"]

TRANSITIONS: dict[Happening, dict[ProposalState, ProposalState]] = {
    "quote_confirmed": {"NEW": "QUOTED", "TO_QUOTE": "QUOTED"},
    "all_lines_deleted": {
        "NEW": "VOID",
        "TO_QUOTE": "VOID",
        "QUOTED": "VOID",
        "CONFIRMED_TO_SUBMIT": "VOID",
        "UW_PASSED": "VOID",
        "AWAIT_PAY": "VOID",
    },
}
"""What is confirmed → from → to. What is not listed changes nothing: ISSUED and VOID never move back."""


def after(state: ProposalState, happening: Happening) -> ProposalState:
    """The state of a proposal once something is confirmed of it."""
    return TRANSITIONS[happening].get(state, state)
