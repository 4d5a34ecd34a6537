"""A hint about several cars becomes one hint for each of them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from sqlmodel import Session

from companion.management.issuing import codes, work
from companion.management.issuing.apart import Car
from companion.management.issuing.confirm import names
from companion.management.store.work_tables import Confirm

_OF_THE_PAGE: Final = {
    *("carrier", "origin", "login", "device_id", "instance", "tab", "kind", "seen_by", "seen_in", "place"),
    *("hinted_at", "started_at", "ticket"),
}
"""What a hint says beside its numbers."""


def parts(cars: Iterable[Car], hinted: Collection[str]) -> dict[frozenset[str], Car]:
    """The cars that a hint is about, by those of its numbers that name them."""
    wanted = set(hinted)
    named = [(frozenset(name for line in car for name in names(line) & wanted), car) for car in cars]
    return {numbers: car for numbers, car in named if numbers}


def rows(session: Session, row: Confirm, cars: Sequence[Collection[str]]) -> list[Confirm]:
    """The hint again, about each of these cars alone. The payment code it brought pays for all of them."""
    found = [_of_car(session, row, sorted(numbers)) for numbers in cars]
    session.flush()
    codes.share(session, row.id, [one.id for one in found])
    return found


def _of_car(session: Session, row: Confirm, numbers: list[str]) -> Confirm:
    same = row.model_dump(include=_OF_THE_PAGE)
    fresh = Confirm(**same, state="open", numbers=numbers, numbers_key="|".join(numbers))
    one, new = work.one_of_numbers(session, fresh)
    for name, value in same.items() if not new else ():
        setattr(one, name, value)
    return one
