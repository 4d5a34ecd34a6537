"""What is waited for between the clerk's gestures: the portal's and the management system's own words."""

from typing import Any

from scripts.stage.browser import Tab
from scripts.stage.clerk import Car, Clerk
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until

MINUTE = 60.0


def quote(theatre: Theatre, clerk: Clerk, car: Car | None = None) -> tuple[dict[str, Any], Tab]:
    """Have a quote entered and saved; the portal's record of it, and the tab it was entered in."""
    before = len(theatre.portal.ledger("save"))
    tab = clerk.quote(car or Car.invent())
    return saved(theatre, before), tab


def saved(theatre: Theatre, before: int) -> dict[str, Any]:
    """The portal's record of the save that follows after `before` of them."""
    return until(lambda: next(iter(theatre.portal.ledger("save")[before:]), None), "the portal saved", MINUTE)


def happened(theatre: Theatre, what: str) -> dict[str, Any]:
    """The portal's record of the first happening of a kind, once there is one."""
    seen = f"{what} in the portal's ledger"
    return until(lambda: next(iter(theatre.portal.ledger(what)), None), seen, MINUTE)


def told(theatre: Theatre, number: str, head: str, times: int = 1, within: float = MINUTE) -> str:
    """The first kind on a number's timeline that begins with `head`, once there are `times` of them."""

    def look() -> str | None:
        kinds = [step["kind"] for step in theatre.timeline(number) if step["kind"].startswith(head)]
        return kinds[0] if len(kinds) >= times else None

    return until(look, f"{times} × {head}… on the timeline", within)


def filed(theatre: Theatre, number: str) -> dict[str, Any]:
    """The proposal of a number, once it is quoted, its data are downloaded and the toast is reported."""

    def look() -> dict[str, Any] | None:
        proposal = theatre.office.proposal_of(number)
        if proposal is None or proposal["state"] != "QUOTED":
            return None
        done = all(row["state"] == "done" for row in proposal["downloads"])
        return proposal if done and _delivered(theatre, proposal["id"]) else None

    return until(look, f"{number} is filed", MINUTE)


def _delivered(theatre: Theatre, proposal: str) -> bool:
    rows = [row for row in theatre.office.rows("notifications") if row["proposal"] == proposal]
    return bool(rows) and all(row["delivered"] is not None for row in rows)
