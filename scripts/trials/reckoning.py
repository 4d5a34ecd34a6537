"""How a car stands by its portal's own ledger, and what the management system tells otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.stage.theatre import Theatre
from scripts.stage.waiting import NeverHappenedError, until

DECISIONS = {"submit", "underwritten", "apply", "decided"}
"""What the portals write when underwriting is asked for, and when it has decided."""
PASSED = {"flag": {"1", "3", "4"}, "state": {"5"}, "status": {"B2"}}
"""Each portal's name for how a line stands, and its words for: passed."""
WITHIN = 60.0
"""Seconds within which the management system must tell what the ledger does."""


@dataclass(frozen=True)
class Saved:
    """A save of a round, as the portal's ledger has it, and what the clerk answered."""

    round: int
    theatre: Theatre
    event: dict[str, Any]
    answer: str

    @property
    def number(self) -> str:
        """The first number that it was saved under."""
        return str(self.event["numbers"][0])

    def proposals(self) -> list[dict[str, Any]]:
        """What the management system has of it, in full."""
        wanted, plate = set(self.event["numbers"]), self.event["plate"].replace("-", "")
        rows = self.theatre.office.rows("proposals")
        # By its plate too: at some portals the lines get numbers of their own with underwriting.
        near = [row["id"] for row in rows if row["plate"] == plate or wanted & set(row["numbers"])]
        details = (self.theatre.office.get(f"proposals/{one}") for one in near)
        return [one for one in details if wanted & numbers_of(one)]

    def standing(self) -> str:
        """The state that its portal's ledger tells."""
        return standing(self.theatre.portal.ledger(), self.event)

    def becomes(self, state: str) -> dict[str, Any]:
        """Its proposal, once ledger and management system tell this state, and all downloads have ended.

        Raises NeverHappenedError.
        """

        def look() -> dict[str, Any] | None:
            if self.standing() != state:
                return None
            rows = (one for one in self.proposals() if one["state"] == state)
            return next((one for one in rows if all(row["ended_at"] for row in one["downloads"])), None)

        return until(look, f"{self.number} is {state} in the ledger and in the management system", WITHIN)


def numbers_of(proposal: dict[str, Any]) -> set[str]:
    """All numbers of a proposal's lines, those of their quotations too."""
    facts = [line["facts"] for line in proposal["lines"]]
    return {one[name] for one in facts for name in ("number", "quote_number") if one[name]}


def standing(ledger: Sequence[dict[str, Any]], save: dict[str, Any]) -> str:
    """The state that a car must have by everything the portal wrote down since its save."""
    known, gone, state = set(save["numbers"]), set[str](), "QUOTED"
    for event in ledger:
        if event["seq"] <= save["seq"] or not known & _named(event):
            continue
        what = event["what"]
        if what in DECISIONS:
            state = "UW_PASSED" if all(_passed(line) for line in event["lines"]) else "QUOTED"
        elif what == "delete":
            gone.update(event["numbers"])
            state = "VOID" if gone >= set(save["numbers"]) else state
        elif what in STATES:
            state = STATES[what]
        if what in DECISIONS | STATES.keys():
            known |= _named(event)
    return state


STATES = {"save": "QUOTED", "pay_code": "AWAIT_PAY", "issued": "ISSUED"}
"""What the portals write, and the state that follows from it alone."""


def _passed(line: dict[str, Any]) -> bool:
    return any(line[name] in words for name, words in PASSED.items() if name in line)


def _named(event: dict[str, Any]) -> set[str]:
    """Every number of proposals and quotations that an event names."""
    lines = [one for one in event.get("lines", []) if isinstance(one, dict)]
    told = [*event["numbers"], *event.get("quotations", []), event.get("quotation")]
    told += [line.get(name) for line in lines for name in ("number", "quotation")]
    return {number for number in told if number}


def differences(saves: Sequence[Saved]) -> Iterator[str]:
    """What the management system tells of these saves otherwise than the ledgers."""
    for saved in saves:
        for told in _differences(saved):
            yield f"round {saved.round}: {saved.theatre.carrier} {saved.event['numbers']}: {told}"


def surplus(theatres: Sequence[Theatre], saves: Sequence[Saved]) -> Iterator[str]:
    """What there is of which no round knows: proposals, questions that wait, saves in a portal."""
    expected = {number for saved in saves for number in saved.event["numbers"]}
    office = theatres[0].office
    proposals = office.proposals()
    filed = sum(saved.answer != "cancel" for saved in saves)
    if len(proposals) != filed:
        yield f"{len(proposals)} proposals of {filed} saves"
    for proposal in proposals:
        if not numbers_of(proposal) & expected:
            yield f"a proposal of {sorted(numbers_of(proposal))}, which no round saved"
    for question in office.rows("questions"):
        yield f"a question waits of which no round knows: {question}"
    for theatre in theatres:
        for event in theatre.portal.ledger("save"):
            if not expected & set(event["numbers"]):
                yield f"{theatre.carrier} saved {event['numbers']}, which no round did"


def _differences(saved: Saved) -> Iterator[str]:
    found = saved.proposals()
    expected = 0 if saved.answer == "cancel" else 1
    if len(found) != expected:
        yield f"{len(found)} proposals, not {expected}, after {saved.answer}"
    timeline = found[0]["timeline"] if found else saved.theatre.timeline(saved.number)
    yield from _strangers(saved, timeline)
    if expected and found:
        yield from _state(saved)
        for row in found[0]["downloads"]:
            if row["state"] != "done" or row["login"] != saved.event["user"]:
                yield f"a download is {row['state']} under {row['login']}: {row['source']} {row['error']}"


def _state(saved: Saved) -> Iterator[str]:
    try:
        saved.becomes(saved.standing())
    except NeverHappenedError as error:
        yield f"{error}; stored is {[one['state'] for one in saved.proposals()]}"


def _strangers(saved: Saved, timeline: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Whoever saved it is the only one who asked for it, and the only one it was confirmed for."""
    user, numbers = saved.event["user"], set(saved.event["numbers"])
    for event in saved.theatre.portal.ledger():
        asked = event["what"] in ("query", "detail") and numbers & set(event["numbers"])
        if asked and event["user"] != user:  # a list that opens by itself finds everybody's
            yield f"{event['user']} asked the portal for it ({event['what']}), {user} saved it"
    for step in timeline:
        if step["kind"] == "confirmed" and step["params"].get("login", user) != user:
            yield f"confirmed for {step['params']['login']}, saved by {user}"
