"""How a car stands by its portal's own ledger: each portal writes that down in its own way."""

from typing import Any

import pytest

from scripts.trials.reckoning import standing


def ledger(*events: tuple[str, list[str], dict[str, Any]]) -> list[dict[str, Any]]:
    """Events as a portal writes them, in this order."""
    return [
        {"seq": seq, "what": what, "numbers": numbers, **more}
        for seq, (what, numbers, more) in enumerate(events)
    ]


def decided(name: str, *words: str, numbers: tuple[str, str] = ("A", "B")) -> dict[str, Any]:
    """What underwriting said to each line."""
    return {"lines": [{"number": number, name: word} for number, word in zip(numbers, words, strict=True)]}


PICC = [
    ("save", ["A", "B"], {"lines": [{"number": "A"}, {"number": "B"}]}),
    ("underwritten", ["A", "B"], decided("flag", "1", "3")),
    ("pay_code", ["A", "B"], {"notice": "N"}),
    ("issued", ["A", "B"], {"policies": ["P", "Q"]}),
]
CPIC = [
    ("save", ["Q"], {"lines": [{"kind": "commercial"}]}),
    ("underwritten", ["Q", "A", "B"], {"state": "5", **decided("state", "5", "5")}),
    ("pay_code", ["A", "B"], {"quotations": ["Q"]}),
    ("issued", ["A", "B"], {"quotations": ["Q"], "policies": ["P"]}),
]
PINGAN = [
    ("save", ["Q"], {"lines": [{"kind": "commercial"}]}),
    ("decided", ["A", "B"], {"quotation": "Q", **decided("status", "B2", "B2")}),
    ("pay_code", ["A", "B"], {"notice": "N"}),
    ("issued", ["P"], {"quotation": "Q", "lines": [{"number": "A"}]}),
]


@pytest.mark.parametrize("events", [PICC, CPIC, PINGAN])
def test_the_whole_way(events: list[Any]) -> None:
    states = [
        standing(ledger(*events[:many]), {"seq": 0, "numbers": events[0][1]})
        for many in range(1, len(events) + 1)
    ]
    assert states == ["QUOTED", "UW_PASSED", "AWAIT_PAY", "ISSUED"]


@pytest.mark.parametrize(("name", "words"), [("flag", "12"), ("state", "53"), ("status", ("B2", "B4"))])
def test_one_line_refused_is_no_pass(name: str, words: Any) -> None:
    events = ledger(PICC[0], ("underwritten", ["A", "B"], decided(name, *words)))
    assert standing(events, events[0]) == "QUOTED"


def test_a_car_is_void_once_all_its_lines_are_deleted() -> None:
    events = ledger(PICC[0], ("delete", ["A"], {}), ("delete", ["B"], {"lines": {}}))
    assert standing(events[:2], events[0]) == "QUOTED"
    assert standing(events, events[0]) == "VOID"


def test_what_happens_to_others_or_happened_before_counts_for_nothing() -> None:
    events = ledger(*PICC, ("save", ["C"], {"lines": []}), ("query", ["C"], {"found": ["C"]}))
    assert standing(events, events[-2]) == "QUOTED"
    assert standing(events, {"seq": 3, "numbers": ["A", "B"]}) == "QUOTED"
