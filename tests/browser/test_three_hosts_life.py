"""A car's whole life at the portal on three hosts, told by every signal, against the portal's own ledger."""

from typing import Any

import pytest

from scripts.stage import story
from scripts.stage.pingan_clerk import PinganClerk
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS, Stage

CARRIER = "pingan"


def played(theatre: Theatre, clerk: Any) -> PinganClerk:
    """The clerk of this portal, who knows its gestures."""
    assert theatre.carrier == CARRIER
    assert isinstance(clerk, PinganClerk)
    return clerk


def becomes(theatre: Theatre, state: str) -> dict[str, Any]:
    """The one proposal there is, once it is in a state; its numbers change on the way."""

    def look() -> dict[str, Any] | None:
        (row,) = theatre.office.rows("proposals")
        found: dict[str, Any] = theatre.office.get(f"proposals/{row['id']}")
        return found if found["state"] == state else None

    return until(look, f"it becomes {state}", story.MINUTE)


def facts(proposal: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    """Some facts of each line that counts, in the order of its numbers."""
    lines = [line["facts"] for line in proposal["lines"] if line["facts"]["number"].startswith("5")]
    return sorted(tuple(line[name] for name in names) for line in lines)


@pytest.mark.parametrize("kind", BROWSERS)
def test_from_the_quote_to_the_policy(stage: Stage, kind: str) -> None:
    theatre = stage(carrier=CARRIER)
    with theatre.browser(kind) as browser:
        clerk = played(theatre, theatre.clerk(browser))
        clerk.log_in()
        save, tab = story.quote(theatre, clerk)
        clerk.answer("download_only")
        number = save["numbers"][0]
        story.filed(theatre, number)

        theatre.portal.mood("pushed_result=0.5", "canvas_qr")
        clerk.submit(tab)
        clerk.answer("no")
        decided = story.happened(theatre, "decided")["lines"]
        passed = becomes(theatre, "UW_PASSED")
        assert facts(passed, "number", "kind", "quote_number") == sorted(
            (line["number"], line["kind"], number) for line in decided
        )

        clerk.fetch_code(tab)
        clerk.answer("no")
        becomes(theatre, "AWAIT_PAY")
        clerk.pay(story.happened(theatre, "pay_code")["url"])
        clerk.ask_result(tab)
        issued = becomes(theatre, "ISSUED")
        ledger = story.happened(theatre, "issued")["lines"]
        assert facts(issued, "number", "policy_number") == sorted(
            (line["number"], line["policy"]) for line in ledger
        )


def test_what_is_taken_back_returns_and_what_is_deleted_is_void(stage: Stage) -> None:
    theatre = stage(carrier=CARRIER)
    with theatre.browser("chromium") as browser:
        clerk = played(theatre, theatre.clerk(browser))
        shell = clerk.log_in()
        save, tab = story.quote(theatre, clerk)
        clerk.answer("download_only")
        number = save["numbers"][0]
        story.filed(theatre, number)
        clerk.submit(tab)
        clerk.answer("no")
        becomes(theatre, "UW_PASSED")
        clerk.withdraw(shell, number)
        becomes(theatre, "QUOTED")
        clerk.delete(shell, number)
        void = becomes(theatre, "VOID")
        assert facts(void, "number") == sorted((one,) for one in story.happened(theatre, "delete")["applied"])


def test_one_line_refused_asks_nothing(stage: Stage) -> None:
    theatre = stage(carrier=CARRIER)
    theatre.portal.mood("one_line_refused")
    with theatre.browser("chromium") as browser:
        clerk = played(theatre, theatre.clerk(browser))
        clerk.log_in()
        save, tab = story.quote(theatre, clerk)
        clerk.answer("download_only")
        number = save["numbers"][0]
        story.filed(theatre, number)
        clerk.submit(tab)
        refused, _ = story.happened(theatre, "apply")["lines"]
        story.told(theatre, refused["number"], "underwriting_refused")
        assert theatre.office.rows("questions") == []
        proposal = becomes(theatre, "QUOTED")
        states = {"B2": "passed", "B4": "refused"}
        assert facts(proposal, "number", "underwriting") == sorted(
            (line["number"], states[line["status"]]) for line in story.happened(theatre, "apply")["lines"]
        )
