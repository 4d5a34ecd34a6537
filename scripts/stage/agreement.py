"""Whether the portal's own ledger, the management system and the notification server tell one story."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from companion.web.i18n import catalog
from scripts.stage.theatre import Theatre

ORDER = ["hint_", "confirmed", "asked_", "question_shown", "answered_", "proposal_created", "download_done"]
"""Beginnings of the timeline's kinds, in the order in which the main job tells them."""


def disagreements(theatre: Theatre, save: dict[str, Any]) -> list[str]:
    """What does not fit together about one save of the ledger that was answered 是 or 仅下载; [] is good."""
    proposal = theatre.office.proposal_of(save["numbers"][0])
    if proposal is None:
        return [f"the management system has no proposal for {save['numbers']}"]
    return [
        *_facts(save, proposal),
        *_steps(proposal["timeline"]),
        *_queries(theatre, save, proposal["timeline"]),
        *_downloads(save, proposal),
        *_toasts(theatre, proposal),
    ]


def once(theatre: Theatre, save: dict[str, Any], *, daemon_died: bool = False) -> list[str]:
    """What happened more than once for one save: proposals, questions, downloads, toasts.

    A daemon that dies between showing a toast and writing that down shows it again when it is back.
    """
    numbers = set(save["numbers"])
    proposals = [row for row in theatre.office.rows("proposals") if numbers & set(row["numbers"])]
    rows = theatre.office.rows("downloads")
    downloads = [row for row in rows if numbers & set(row["proposal_numbers"])]
    asked = [step for step in theatre.timeline(save["numbers"][0]) if step["kind"].startswith("asked_")]
    counts = {"proposals": len(proposals), "downloads": len(downloads), "questions": len(asked)}
    repeated = [] if daemon_died else list(_repeated_toasts(theatre, numbers))
    return [f"{count} {what} for one save" for what, count in counts.items() if count != 1] + repeated


def _facts(save: dict[str, Any], proposal: dict[str, Any]) -> Iterator[str]:
    # Some portals write plates with a hyphen; ours have none.
    for name, value in (("plate", save["plate"].replace("-", "")), ("insured", save["insured"])):
        if proposal[name] != value:
            yield f"{name}: the portal saved {value}, stored is {proposal[name]}"
    saved = _saved(save)
    facts = [line["facts"] for line in proposal["lines"]]
    stored = {line["number"]: (line["kind"], line["premium"]) for line in facts}
    if saved != stored:
        yield f"lines: the portal saved {saved}, stored are {stored}"
    if proposal["state"] != "QUOTED":
        yield f"the proposal is {proposal['state']}, not QUOTED"


def _saved(save: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Kind and premium by number; lines that have none of their own count together, as the quotation."""
    lines = save["lines"]
    if all("number" in line for line in lines):
        return {line["number"]: (line["kind"], line["premium"]) for line in lines}
    kind = lines[0]["kind"] if len(lines) == 1 else "both"
    (number,) = save["numbers"]
    return {number: (kind, sum(line["premium"] for line in lines))}


def _steps(timeline: Sequence[dict[str, Any]]) -> Iterator[str]:
    kinds = [step["kind"] for step in timeline]
    found = [
        next((place for place, kind in enumerate(kinds) if kind.startswith(head)), None) for head in ORDER
    ]
    for head, place in zip(ORDER, found, strict=True):
        if place is None:
            yield f"the timeline has no {head}… among {kinds}"
    places = [place for place in found if place is not None]
    if any(after < before for before, after in pairwise(places)):
        yield f"the timeline is out of order: {kinds}"


def _queries(theatre: Theatre, save: dict[str, Any], timeline: Sequence[dict[str, Any]]) -> Iterator[str]:
    numbers = set(save["numbers"])
    confirmed = [e for e in theatre.portal.ledger("query") if numbers <= set(e["found"])]
    fetched = [e for e in theatre.portal.ledger("detail") if numbers <= set(e["found"])]
    asked, answered = _when(timeline, "asked_"), _when(timeline, "answered_")
    if not any(save["seq"] < event["seq"] and event["at"] <= asked for event in confirmed):
        yield "the portal was not queried between the save and the question"
    if not any(event["at"] >= answered for event in fetched):
        yield "the data were not fetched from the portal after the answer"


def _when(timeline: Sequence[dict[str, Any]], head: str) -> int:
    return next((int(step["at"]) for step in timeline if step["kind"].startswith(head)), 0)


def _downloads(save: dict[str, Any], proposal: dict[str, Any]) -> Iterator[str]:
    last = proposal["downloads"][-1] if proposal["downloads"] else None
    if last is None or last["state"] != "done":
        yield f"the newest download is {last and last['state']}, not done"
    elif set(last["proposal_numbers"]) != set(save["numbers"]):
        yield f"downloaded {last['proposal_numbers']}, saved {save['numbers']}"


def _toasts(theatre: Theatre, proposal: dict[str, Any]) -> Iterator[str]:
    sent = [row for row in theatre.office.rows("notifications") if row["proposal"] == proposal["id"]]
    expected = Counter(_words(theatre.locale, row) for row in sent)
    shown = Counter((toast["title"], toast["body"]) for toast in theatre.desktop.toasts())
    for row in sent:
        if row["delivered"] is not True:
            yield f"the toast {row['toast']} is not reported as delivered"
    for words, count in expected.items():
        if shown[words] < count:
            yield f"the toast {words} was shown {shown[words]} times, not {count}; shown: {list(shown)}"
    if not sent:
        yield "no toast was sent"


def _repeated_toasts(theatre: Theatre, numbers: Collection[str]) -> Iterator[str]:
    rows = theatre.office.rows("notifications")
    expected = Counter(_words(theatre.locale, row) for row in rows)
    shown = Counter((toast["title"], toast["body"]) for toast in theatre.desktop.toasts())
    for words, count in expected.items():
        if shown[words] > count and any(number in words[1] for number in numbers):
            yield f"the toast {words} was shown {shown[words]} times, not {count}"


def _words(locale: str, row: dict[str, Any]) -> tuple[str, str]:
    """Title and body as the notification server must receive them: its bodies are markup."""
    words, key = catalog(locale), f"toast.{row['toast']}"
    body = words.t(f"{key}_text", **row["params"]) if words.has(f"{key}_text") else ""
    return words.t(key, **row["params"]), escape(body, quote=False)
