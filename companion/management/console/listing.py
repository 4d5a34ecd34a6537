"""Lists of the console: the address holds filter, order and page, so that it can be kept and shared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from companion.management.views import ListQuery
from companion.web.forms import typed
from companion.web.show import address, day_bounds

SIZE = 20
"""Rows on a page: a screen of 768 pixels and one turn of the wheel."""
Q = TypeVar("Q", bound=ListQuery)


@dataclass(frozen=True)
class Listing:
    """One list as its address describes it. `params` are the address's parameters that were understood."""

    path: str
    params: Mapping[str, str]
    page: int
    sort: str
    order: str

    def to(self, **changed: str | int | None) -> str:
        """The address with some parameters changed; a changed filter starts at its first page."""
        kept: dict[str, str | int | None] = {**self.params, "page": None, **changed}
        return address(self.path, **kept)

    def sorted_by(self, column: str) -> str:
        """The address that sorts by a column, or turns it round if it sorts by it already."""
        turned = "asc" if self.sort == column and self.order == "desc" else "desc"
        return self.to(sort=column, order=turned)

    @property
    def filtered(self) -> bool:
        """Whether anything is filtered out."""
        return any(name not in ("page", "sort", "order") for name in self.params)


def read_listing(path: str, params: Mapping[str, str], model: type[Q], zone: ZoneInfo) -> tuple[Listing, Q]:
    """The list and its query. Parameters that make no sense are left out: an old address still opens."""
    wanted = {name: value for name in params if (value := typed(params, name))}
    page = int(wanted["page"]) if wanted.get("page", "").isdecimal() and len(wanted["page"]) < 7 else 1
    page = max(page, 1)
    query: dict[str, object] = {}
    understood: dict[str, str] = {}
    for name, value in wanted.items():
        field = _field(name, value, zone)
        if field is not None and _fits(model, field):
            query |= field
            understood[name] = value
    found = model.model_validate(query | {"offset": (page - 1) * SIZE, "limit": SIZE})
    listing = Listing(path, understood, page, getattr(found, "sort", ""), found.order)
    return listing, found


def pages(total: int) -> int:
    """How many pages a list of `total` rows has; an empty one has one."""
    return max(1, -(-total // SIZE))


def presets(now: datetime, zone: ZoneInfo) -> list[tuple[str, str, str]]:
    """Date ranges for one click: locale key, first day, last day (今天 · 昨天 · 近7天 · 本月)."""
    today = now.astimezone(zone).date()
    return [
        ("today", str(today), str(today)),
        ("yesterday", str(today - timedelta(days=1)), str(today - timedelta(days=1))),
        ("week", str(today - timedelta(days=6)), str(today)),
        ("month", str(today.replace(day=1)), str(today)),
    ]


def _field(name: str, value: str, zone: ZoneInfo) -> dict[str, object] | None:
    """A parameter of the address as fields of the query; days become instants of the desk's zone."""
    if name in ("page", "offset", "limit"):
        return None
    if name in ("since", "until"):
        bounds = day_bounds(value, zone)
        return None if bounds is None else {name: bounds[name == "until"]}
    return {name: value}


def _fits(model: type[ListQuery], field: dict[str, object]) -> bool:
    try:
        model.model_validate(field)
    except ValidationError:
        return False
    return True
