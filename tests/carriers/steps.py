"""What is still to be done for a carrier: the first step that is missing, in a sentence."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion import carriers
from scripts.new_carrier import NOTHING

RECORD = "python scripts/record_page.py {carrier} FILE NAME"


@dataclass(frozen=True)
class Work:
    """A carrier as far as it is made."""

    profile: dict[str, Any]
    recordings: list[dict[str, Any]]
    folder: Path

    def of(self, sort: str) -> list[dict[str, Any]]:
        """What the engine makes of the recordings of one sort."""
        return [one["expect"] or {} for one in self.recordings if one["given"]["as"] == sort]

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What is read of queries, by whichever way."""
        return [*self.of("answer"), *self.of("walk")]

    @property
    def outcomes(self) -> set[str]:
        return {one.get("outcome", "") for one in self.answers}


def _written(work: Work) -> bool:
    text = (work.folder / "NOTES.md").read_text(encoding="utf-8")
    return len(re.findall(r"^\|", text, re.MULTILINE)) > 2


STEPS: list[tuple[Callable[[Work], object], str]] = [
    (lambda work: work.of("page"), f"Record pages: 录制 in the popup, then {RECORD}."),
    (
        lambda work: work.profile["number"] != NOTHING,
        "Write `number`: the whole of any proposal or policy number.",
    ),
    (
        lambda work: work.profile["pages"],
        "Write `pages`: how each page is recognised, and what is `always` on it.",
    ),
    (
        lambda work: any(one.get("page") for one in work.of("page")),
        "No recorded page is recognised: mend `pages`.",
    ),
    (
        lambda work: any(one.get("whoami") for one in work.of("page")),
        "Write `whoami`: no page says who is logged in.",
    ),
    (lambda work: work.of("note"), f"Record the answer to a save: {RECORD} --note POST --url /path."),
    (
        lambda work: (
            any(one.get("hint") for one in [*work.of("note"), *work.of("dialog")])
            or any(one.get("hints") for one in work.of("page"))
        ),
        "Write `hints_network` (or `hints_page`): no recording tells that a quote was saved.",
    ),
    (lambda work: work.answers, f"Record the answer to a query: {RECORD} --query confirm --url /path."),
    (lambda work: "answered" in work.outcomes, "Write `queries.confirm`: no recorded answer can be read."),
    (
        lambda work: any(one.get("data") for one in work.answers),
        "Write `queries.detail`, with a recording.",
    ),
    (lambda work: "logged_out" in work.outcomes, "Write `logged_out`, and record what comes when nobody is."),
    (
        lambda work: "failed" in work.outcomes,
        "Record an answer that is none (maintenance): it must be `failed`.",
    ),
    (
        lambda work: any(one.get("rows") for one in work.of("page")),
        "Write `lists`: no recorded row has a number.",
    ),
    (lambda work: work.profile.get("login"), "Write `login`: the form that is filled in for the clerk."),
    (_written, "Write NOTES.md: where each fact comes from, and how sure it is."),
]


def next_step(carrier: str, root: Path = carriers.FOLDER) -> str | None:
    """What to do next, or None when the carrier is whole. Raises BadProfile."""
    folder = root / carrier
    carriers.load(folder)
    expected = sorted((folder / "expected").glob("*.json"))
    work = Work(
        json.loads((folder / "profile.json").read_bytes()),
        [json.loads(file.read_bytes()) for file in expected],
        folder,
    )
    return next((said.format(carrier=carrier) for done, said in STEPS if not done(work)), None)
