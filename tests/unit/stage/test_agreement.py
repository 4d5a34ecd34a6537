"""The judge of tour and end-to-end tests: each kind of difference is noticed, and a good story is not."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from scripts.stage.agreement import disagreements, once
from scripts.stage.theatre import Theatre

Row = dict[str, Any]
NUMBERS = ["TDAA202600000001", "TDZA202600000001"]
_KINDS = [
    *("hint_network", "confirmed_new", "asked_d1b", "question_shown", "answered_yes"),
    *("proposal_created", "download_started", "download_done"),
]


def save() -> Row:
    """What the portal wrote down about a save."""
    lines = [
        {"number": number, "kind": kind, "premium": premium}
        for number, kind, premium in zip(
            NUMBERS, ("commercial", "compulsory"), (312_345, 95_000), strict=True
        )
    ]
    return {"seq": 5, "numbers": NUMBERS, "plate": "浙B12345", "insured": "司马慕容", "lines": lines}


def _proposal() -> Row:
    return {
        "id": "p1",
        "state": "QUOTED",
        "numbers": NUMBERS,
        "plate": "浙B12345",
        "insured": "司马慕容",
        "lines": [{"facts": line} for line in save()["lines"]],
        "downloads": [{"state": "done", "proposal_numbers": NUMBERS}],
        "timeline": [{"kind": kind, "at": 100 + 10 * place} for place, kind in enumerate(_KINDS)],
    }


@dataclass
class Told:
    """A theatre in which everything was told as it should be, for tests to change."""

    locale: str = "en"
    proposal: Row = field(default_factory=_proposal)
    proposals: list[Row] = field(default_factory=lambda: [{"id": "p1", "numbers": NUMBERS}])
    downloads: list[Row] = field(default_factory=lambda: [{"proposal_numbers": NUMBERS}])
    notifications: list[Row] = field(default_factory=list)
    shown: list[Row] = field(default_factory=list)
    queried: list[Row] = field(default_factory=lambda: [{"seq": 6, "at": 105, "found": NUMBERS}])
    fetched: list[Row] = field(default_factory=lambda: [{"seq": 7, "at": 145, "found": NUMBERS}])

    def __post_init__(self) -> None:
        params = {"car": "B&12345", "numbers": " / ".join(NUMBERS)}
        row = {"proposal": "p1", "toast": "download_done", "params": params, "delivered": True}
        self.notifications.append(row)
        text = f"The data of {params['numbers']} are stored in the management system"
        self.shown.append({"title": "B&12345: quote downloaded", "body": text})

    def proposal_of(self, number: str) -> Row | None:
        """As OfficeReader."""
        return self.proposal if self.proposals and number in NUMBERS else None

    def rows(self, path: str) -> list[Row]:
        """As OfficeReader."""
        rows: list[Row] = getattr(self, path.split("?")[0])
        return rows

    def ledger(self, what: str) -> list[Row]:
        """As Portal."""
        return {"query": self.queried, "detail": self.fetched}[what]

    def toasts(self) -> list[Row]:
        """As Desktop."""
        return self.shown

    def timeline(self, _number: str) -> list[Row]:
        """As Theatre."""
        timeline: list[Row] = self.proposal["timeline"]
        return timeline

    @property
    def theatre(self) -> Theatre:
        """Itself in every part."""
        return cast(Theatre, self)

    office = portal = desktop = theatre


def _swap(timeline: list[Row], one: int, other: int) -> None:
    timeline[one], timeline[other] = timeline[other], timeline[one]


DIFFERENCES: dict[str, tuple[Callable[[Told], object], str]] = {
    "no proposal": (lambda told: told.proposals.clear(), "has no proposal"),
    "another plate": (lambda told: told.proposal.update(plate="浙B99999"), "plate: the portal saved"),
    "another insured": (lambda told: told.proposal.update(insured="--"), "insured: the portal saved"),
    "a line missing": (lambda told: told.proposal["lines"].pop(), "lines: the portal saved"),
    "another premium": (
        lambda told: told.proposal["lines"][0]["facts"].update(premium=312_346),
        "lines: the portal saved",
    ),
    "another kind": (
        lambda told: told.proposal["lines"][0]["facts"].update(kind="compulsory"),
        "lines: the portal saved",
    ),
    "another state": (lambda told: told.proposal.update(state="DRAFT"), "not QUOTED"),
    "a step missing": (lambda told: told.proposal["timeline"].pop(3), "has no question_shown"),
    "steps out of order": (lambda told: _swap(told.proposal["timeline"], 1, 2), "out of order"),
    "not queried": (lambda told: told.queried.clear(), "not queried between"),
    "queried before the save": (lambda told: told.queried[0].update(seq=4), "not queried between"),
    "queried after the question": (lambda told: told.queried[0].update(at=121), "not queried between"),
    "queried for one number": (
        lambda told: told.queried[0].update(found=NUMBERS[:1]),
        "not queried between",
    ),
    "not fetched": (lambda told: told.fetched.clear(), "not fetched from the portal"),
    "fetched before the answer": (lambda told: told.fetched[0].update(at=139), "not fetched from the portal"),
    "no download": (lambda told: told.proposal["downloads"].clear(), "newest download is None"),
    "a failed download": (
        lambda told: told.proposal["downloads"][0].update(state="failed"),
        "newest download is failed",
    ),
    "other numbers downloaded": (
        lambda told: told.proposal["downloads"][0].update(proposal_numbers=NUMBERS[:1]),
        "downloaded",
    ),
    "no toast sent": (lambda told: told.notifications.clear(), "no toast was sent"),
    "not delivered": (
        lambda told: told.notifications[0].update(delivered=False),
        "not reported as delivered",
    ),
    "not shown": (lambda told: told.shown.clear(), "was shown 0 times"),
    "another title": (lambda told: told.shown[0].update(title="B12345"), "was shown 0 times"),
    "another text": (lambda told: told.shown[0].update(body="The data"), "was shown 0 times"),
}
TWICE: dict[str, tuple[Callable[[Told], object], str]] = {
    "proposals": (lambda told: told.proposals.append(told.proposals[0]), "2 proposals"),
    "no proposal": (lambda told: told.proposals.clear(), "0 proposals"),
    "downloads": (lambda told: told.downloads.append(told.downloads[0]), "2 downloads"),
    "questions": (
        lambda told: told.proposal["timeline"].append({"kind": "asked_d1", "at": 200}),
        "2 questions",
    ),
    "toasts": (lambda told: told.shown.append(deepcopy(told.shown[0])), "was shown 2 times"),
}


def test_a_daemon_that_died_may_have_shown_a_toast_twice() -> None:
    told = Told()
    told.shown.append(deepcopy(told.shown[0]))
    assert once(told.theatre, save(), daemon_died=True) == []


def test_a_story_that_fits_together_is_not_complained_about() -> None:
    told = Told()
    assert disagreements(told.theatre, save()) + once(told.theatre, save()) == []


def test_a_plate_with_a_hyphen_is_the_same_plate() -> None:
    told = Told()
    assert disagreements(told.theatre, {**save(), "plate": "浙B-12345"}) == []


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_a_difference_is_named_and_nothing_else(difference: str) -> None:
    told = Told()
    change, words = DIFFERENCES[difference]
    change(told)
    [complaint] = disagreements(told.theatre, save())
    assert words in complaint


@pytest.mark.parametrize("difference", TWICE)
def test_what_happened_more_than_once_is_counted(difference: str) -> None:
    told = Told()
    change, words = TWICE[difference]
    change(told)
    [complaint] = once(told.theatre, save())
    assert words in complaint


def test_a_toast_body_is_markup_where_it_is_shown() -> None:
    told = Told()
    told.notifications[0]["params"]["numbers"] = "<b>"
    told.shown[0]["body"] = "The data of &lt;b&gt; are stored in the management system"
    assert disagreements(told.theatre, save()) == []
    told.shown[0]["body"] = "The data of <b> are stored in the management system"
    assert len(disagreements(told.theatre, save())) == 1


def test_lines_under_one_number_count_together() -> None:
    quotation = save() | {"numbers": NUMBERS[:1]}
    quotation["lines"] = [{"kind": line["kind"], "premium": line["premium"]} for line in quotation["lines"]]
    told = Told()
    told.proposal["lines"] = [{"facts": {"number": NUMBERS[0], "kind": "both", "premium": 407_345}}]
    told.proposal["downloads"] = [{"state": "done", "proposal_numbers": NUMBERS[:1]}]
    assert disagreements(cast(Theatre, told), quotation) == []
    told.proposal["lines"][0]["facts"]["premium"] += 36_000
    with_tax = disagreements(cast(Theatre, told), quotation)
    assert [words.partition(":")[0] for words in with_tax] == ["lines"]
