"""Confirming a hint, as pure rules: when to ask the portal, what an answer says, what follows from it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from companion.protocol import JobResult, LineFacts

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


def verdict(result: JobResult, login: str | None, numbers: Sequence[str]) -> Verdict:
    """What came of a query. Without knowing who was logged in nothing is believed (I-1.11)."""
    if result.outcome in ("no_session", "logged_out"):
        return "no_session"
    if result.outcome == "failed" or result.whoami is None:
        return "failed"
    if login is not None and result.whoami != login:
        return "other_login"
    facts = [*result.lines, *(data.facts for data in result.data)]
    missing = set(numbers) - {line.number for line in facts}
    if len(missing) == len(set(numbers)):
        return "not_found"
    return "partly" if missing else "found"


def revision(facts: LineFacts) -> str:
    """Hash of the confirmed answer about one line: the same again is nothing new."""
    canonical = json.dumps(facts.model_dump(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Known:
    """What was known of a line before this answer."""

    revision: str | None = None
    proposal: str | None = None
    sighting: str | None = None
    sighting_state: SightingState | None = None


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
    """Open sightings that end: merged, joined to a proposal, or all their lines are deleted."""


def plan(facts: Sequence[LineFacts], known: Mapping[str, Known]) -> Plan:
    """Decide by identity alone: numbers, and which of them one answer names (requirements/000, identity).

    `facts` are the answer's lines and those of the open sightings it touches. Lines without a proposal
    join the proposal of a line in the same answer; else they are a sighting, asked about once (D1b).
    Cancelled numbers are not asked about again, unless the answer brings a new one with them.
    """
    before = {line.number: known.get(line.number, Known()) for line in facts}
    changed = tuple(line.number for line in facts if revision(line) != before[line.number].revision)
    loose = [line for line in facts if before[line.number].proposal is None]
    alive = tuple(line.number for line in loose if not line.deleted)
    opened = _unique(before[line.number] for line in loose)
    owner = next((before[line.number].proposal for line in facts if before[line.number].proposal), None)
    if owner:
        first = tuple(number for number in alive if before[number].sighting_state != "cancelled")
        return Plan(changed, proposal=owner, joining=alive, ask=first, ended=opened)
    if not alive:
        return Plan(changed, ended=opened)
    if opened:
        return Plan(changed, sighting=opened[0], ask=alive, ended=opened[1:])
    cancelled = all(before[number].sighting_state == "cancelled" for number in alive)
    return Plan(changed, ask=() if cancelled else alive)


def _unique(before: Iterable[Known]) -> tuple[str, ...]:
    found = {one.sighting: None for one in before if one.sighting and one.sighting_state == "open"}
    return tuple(found)
