"""What a confirmed answer says anew of a line's standing, step by step on the timeline."""

from collections.abc import Iterable, Mapping

from companion.management.issuing.cases import Case
from companion.management.issuing.states import LineStanding
from companion.management.issuing.timeline import About, tell
from companion.protocol import LineFacts

_UNDERWRITING: Mapping[str, str] = {
    "passed": "underwriting_passed",
    "refused": "underwriting_refused",
    "pending": "underwriting_pending",
    "none": "underwriting_withdrawn",
}


def tell_standing(case: Case, about: About, numbers: Iterable[str]) -> None:
    """Say what became of these lines at the carrier; a refusal with the carrier's own word for it."""
    told: dict[tuple[str, str], list[str]] = {}
    for number in numbers:
        for step in steps(case.before[number], case.facts[number]):
            told.setdefault((step, case.facts[number].raw_status), []).append(number)
    for (step, status), about_these in told.items():
        here = About(about.carrier, about_these, about.confirm, about.sighting, about.proposal)
        tell(case.session, case.now, step, here, status=status)


def steps(before: LineStanding, facts: LineFacts) -> list[str]:
    """The steps that lead from what was known of a line to what is told of it now."""
    if facts.deleted:
        return [] if before.deleted else ["line_voided"]
    found = []
    if _is_news(before.underwriting, facts.underwriting):
        found.append(_UNDERWRITING[facts.underwriting])
    if facts.policy_number and not before.issued:
        found.append("policy_issued")
    return found


def _is_news(before: str, now: str) -> bool:
    """That a new line was not handed in yet, or is being looked at, surprises nobody."""
    if now in ("unknown", before):
        return False
    return before != "unknown" or now in ("passed", "refused") if now != "none" else before != "unknown"
