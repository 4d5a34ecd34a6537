"""Confirming a hint, as pure rules: when to ask the portal, what an answer says, what follows from it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from companion.protocol import HintKind, JobResult, LineData, LineFacts

LADDER = (0, 1, 2, 4, 8, 15, 30)
"""Seconds after the hint at which the portal is asked; after the last one it is 'unconfirmed' (I-8.1)."""
BUDGET = timedelta(seconds=25)
"""How long a portal may take to answer: some need 20 s."""
LEASE = timedelta(seconds=40)
"""After this a desk that has not reported is not waited for any more."""
LONGEST_PAUSE = timedelta(seconds=60)

Verdict = Literal["no_session", "failed", "other_login", "not_found", "partly", "found"]
SightingState = Literal["open", "filed", "cancelled", "gone"]


def next_try(started: datetime, tries: int, now: datetime) -> datetime | None:
    """When to ask after so many answered tries; None when the ladder is over."""
    if tries >= len(LADDER):
        return None
    return max(now, started + timedelta(seconds=LADDER[tries]))


def backoff(failures: int) -> timedelta:
    """Pause after so many failed queries in a row: 1, 2, 4 … 60 s."""
    return min(LONGEST_PAUSE, timedelta(seconds=2 ** min(failures - 1, 10)))


def whose(outcome: str, whoami: str | None, login: str | None) -> Verdict | None:
    """What speaks against believing an answer, if anything does. Without knowing who was logged in nothing
    is believed (I-1.11)."""
    if outcome in ("no_session", "logged_out"):
        return "no_session"
    if outcome == "failed" or whoami is None:
        return "failed"
    return "other_login" if login is not None and whoami != login else None


def verdict(result: JobResult, login: str | None, numbers: Sequence[str]) -> Verdict:
    """What came of a query."""
    against = whose(result.outcome, result.whoami, login)
    if against is not None:
        return against
    facts = [*result.lines, *(data.facts for data in result.data)]
    missing = set(numbers) - {name for line in facts for name in names(line)}
    if len(missing) == len(set(numbers)):
        return "not_found"
    return "partly" if missing else "found"


def names(facts: LineFacts) -> set[str]:
    """The numbers by which a line may have been asked for: its own, its quotation's, its policy's."""
    return {one for one in (facts.number, facts.quote_number, facts.policy_number) if one}


def shows(kind: HintKind, facts: Sequence[LineFacts]) -> bool:
    """Whether an answer shows what the page claimed. A portal's query may lag behind its pages."""
    alive = [line for line in facts if not line.deleted]
    if kind == "quote_saved":
        return True
    if kind == "deleted":
        return len(alive) < len(facts)
    if kind == "issued":
        return bool(alive) and all(line.policy_number for line in alive)
    if kind == "underwriting":
        return any(line.policy_number or line.underwriting not in ("none", "pending") for line in alive)
    return bool(alive) and all(
        line.policy_number or line.underwriting in ("passed", "unknown") for line in alive
    )


def revision(facts: LineFacts) -> str:
    """Hash of the confirmed answer about one line: the same again is nothing new."""
    told = facts.model_dump()
    if facts.quote_number is None:
        del told["quote_number"]  # answers from before there was one keep their hash
    return _hash(told)


def data_revision(data: LineData) -> str:
    """Hash of what only the details tell of a line: vehicle, people, coverages (I-2.7)."""
    return _hash(data.model_dump(exclude={"facts"}))


def _hash(told: Mapping[str, object]) -> str:
    canonical = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Known:
    """What was known of a line before this answer."""

    revision: str | None = None
    proposal: str | None = None
    sighting: str | None = None
    sighting_state: SightingState | None = None
    declined: int = 0
    """Rank of the last kind of question answered 取消."""
    under: str | None = None
    """Of a line without a proposal: the proposal of the quotation it was saved under."""


@dataclass(frozen=True)
class Plan:
    """What follows from a confirmed answer."""

    changed: tuple[str, ...]
    """Numbers whose answer is not the one known before."""
    proposal: str | None = None
    """The known proposal that the lines without one join: one answer named both."""
    joining: tuple[str, ...] = ()
    sighting: str | None = None
    """The open sighting that goes on. None while `ask` names lines without a proposal: make one."""
    ask: tuple[str, ...] = ()
    """The numbers the clerk is asked about. Empty: nobody is asked."""
    ended: tuple[str, ...] = ()
    """Open sightings that end: merged, joined to a proposal, deleted, or of no interest any more."""


def plan(
    facts: Sequence[LineFacts], known: Mapping[str, Known], rank: int, ticket: str | None = None
) -> Plan:
    """Decide by identity alone: numbers, and which of them one answer names (requirements/000, identity).

    `facts` are the answer's lines and those of the open sightings it touches; `rank` is how late a kind of
    question there is to ask, 0 for none; `ticket` is the proposal whose ticket the answer used up. Lines
    without a proposal join the proposal of a line in the same answer, of their quotation, or of the ticket;
    else they are a sighting, asked about once (D1b …). Cancelled numbers are not asked about again, unless
    the answer brings a new one with them or a later kind of question comes.
    """
    before = {line.number: known.get(line.number, Known()) for line in facts}
    changed = tuple(line.number for line in facts if revision(line) != before[line.number].revision)
    loose = [line for line in facts if before[line.number].proposal is None]
    alive = tuple(line.number for line in loose if not line.deleted)
    opened = _unique(before[line.number] for line in loose)
    owner = next((one for line in facts if (one := _owner(before[line.number]))), ticket)
    fresh = tuple(number for number in alive if before[number].declined < rank)
    if owner:
        first = tuple(number for number in fresh if before[number].under is None)
        return Plan(changed, proposal=owner, joining=alive, ask=first, ended=opened)
    if not alive or (rank and not fresh):
        return Plan(changed, ended=opened)
    if opened:
        return Plan(changed, sighting=opened[0], ask=alive, ended=opened[1:])
    return Plan(changed, ask=alive if fresh else ())


def _owner(before: Known) -> str | None:
    return before.proposal or before.under


def _unique(before: Iterable[Known]) -> tuple[str, ...]:
    found = {one.sighting: None for one in before if one.sighting and one.sighting_state == "open"}
    return tuple(found)
