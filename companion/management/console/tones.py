"""Which colour a state has. Colour never stands alone: the word is always beside it."""

from typing import Literal

Tone = Literal["good", "warn", "bad", "busy", ""]

STATES: dict[str, Tone] = {
    "NEW": "",
    "TO_QUOTE": "",
    "QUOTED": "busy",
    "CONFIRMED_TO_SUBMIT": "busy",
    "UW_PASSED": "busy",
    "AWAIT_PAY": "warn",
    "ISSUED": "good",
    "VOID": "bad",
}
DOWNLOADS: dict[str, Tone] = {"waiting": "", "running": "busy", "done": "good", "failed": "bad"}
UNDERWRITING: dict[str, Tone] = {
    "none": "",
    "pending": "busy",
    "passed": "good",
    "refused": "bad",
    "unknown": "",
}
STANDINGS: dict[str, Tone] = {
    "asking": "busy",
    "failing": "warn",
    "waiting_session": "warn",
    "desk_away": "warn",
    "not_found": "bad",
    "other_login": "bad",
}
"""Of a hint that is not confirmed (ConfirmRow.standing)."""
WANTS_CLERK = ("waiting_session", "desk_away", "not_found", "other_login")
"""Hints that go on only when a clerk does something: they count beside 待处理."""
RETRYABLE = ("not_found", "other_login")
"""Hints whose ladder is over: 'unconfirmed', to be asked about again from here."""


BAD = ("unconfirmed", "failed", "not_delivered", "refused")
WARN = (
    "waiting_session",
    "waiting_channel",
    "unanswered",
    "withdrawn",
    "deleted",
    "cancel",
    "not_found",
    "late",
    "not_seen",
    "code_dropped",
)
GOOD = (
    "confirmed",
    "confirmed_same",
    "proposal_created",
    "underwriting_passed",
    "policy_issued",
    "state_issued",
    "download_done",
    "policy_done",
    "e_policy_done",
    "toast_delivered",
)


def of_step(kind: str) -> Tone:
    """The colour of a timeline step: what went wrong, what somebody waits for, what is achieved."""
    if any(part in kind for part in BAD):
        return "bad"
    if any(part in kind for part in WARN):
        return "warn"
    return "good" if kind in GOOD else ""
