"""Which lines of one answer are one car, as pure rules: a page may act on several cars at once.

In a portal's list two quotations are ticked and paid by one code; the query then names the lines of both.
"""

from collections.abc import Iterable, Mapping, Sequence

from companion.management.issuing.confirm import Known
from companion.management.issuing.plates import plain
from companion.protocol import LineFacts

Car = list[LineFacts]


def by_car(facts: Sequence[LineFacts], known: Mapping[str, Known]) -> list[Car]:
    """The lines of an answer, car by car.

    Lines of one quotation, proposal or open sighting are one car. Others are, because one answer names them
    (requirements/000, identity), unless something speaks against it: another plate, another proposal, a
    second line of the same kind. A line that may be of this car or of that is one by itself: two proposals
    can be joined by the clerk, but the data of two cars in one proposal cannot be told apart any more.
    """
    return [car for alike in _by_plate(_tied(facts, known)) for car in _together(alike, known)]


def _tied(facts: Iterable[LineFacts], known: Mapping[str, Known]) -> list[Car]:
    """Lines that are one car for certain."""
    found: list[tuple[set[str], Car]] = []
    for line in facts:
        ties, car = _ties(line, known.get(line.number, Known())), [line]
        for other in [one for one in found if one[0] & ties]:
            found.remove(other)
            ties, car = ties | other[0], other[1] + car
        found.append((ties, car))
    return [car for _, car in found]


def _ties(line: LineFacts, before: Known) -> set[str]:
    """What a line shares with the others of its car: a quotation, a proposal, a question that is asked."""
    ties = {f"number {line.number}", f"number {line.quote_number or line.number}"}
    if owner := _owner(before):
        ties.add(f"proposal {owner}")
    elif before.sighting_state == "open":
        ties.add(f"sighting {before.sighting}")
    return ties


def _by_plate(groups: Sequence[Car]) -> list[list[Car]]:
    """Groups that no plate speaks against: with several plates, one without any may be of either."""
    plates = [frozenset(plain(line.plate) for line in car if line.plate) for car in groups]
    if len(frozenset().union(*plates)) <= 1:
        return [list(groups)]
    alike: dict[object, list[Car]] = {}
    for place, (car, its) in enumerate(zip(groups, plates, strict=True)):
        alike.setdefault(its or place, []).append(car)
    return list(alike.values())


def _together(groups: Sequence[Car], known: Mapping[str, Known]) -> list[Car]:
    """One car, where these can be one; else each by itself."""
    owners = {_owner(known.get(line.number, Known())) for car in groups for line in car} - {None}
    kinds = [kind for car in groups for kind in _kinds(car)]
    doubled = len(kinds) > (1 if "both" in kinds else len(set(kinds)))
    if len(groups) > 1 and (doubled or len(owners) > 1):
        return list(groups)
    return [[line for car in groups for line in car]] if groups else []


def _kinds(car: Car) -> set[str]:
    return {line.kind for line in car if not line.deleted and line.kind != "other"}


def _owner(before: Known) -> str | None:
    return before.proposal or before.under
