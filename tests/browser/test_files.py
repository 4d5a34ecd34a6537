"""Files from a portal into the vault, by a real browser: what the portal says it gave is what lies there."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from companion.home import Home
from companion.practice.cpic import book as cpic
from companion.practice.cpic import portfolio as cpic_past
from companion.practice.cpic.payments import Orders
from companion.practice.picc import book as picc
from companion.practice.picc import portfolio as picc_past
from scripts.stage.blows import kill_hosts, restart_daemon
from scripts.stage.browser import Browser
from scripts.stage.portal import LOGIN
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS, Stage

ROWS = 60
"""Rows of the portal's lists: among them are policies, always the same ones."""
WITHIN = 180.0


def policies(carrier: str, lines: tuple[int, ...] = (1, 2)) -> Iterator[tuple[str, str]]:
    """Proposal and policy numbers of the first clerk's cars in a portal that begins with ROWS.

    `lines`: how many a quotation may have; each is a policy with two files.
    """
    if carrier == "picc":
        core = picc.Book(0)
        picc_past.fill(core, ROWS)
        for proposal in core._proposals:
            if proposal.maker == LOGIN and len(proposal.lines) in lines:
                yield from ((line.number, line.policy_number) for line in proposal.lines if line.issued)
    else:
        agents = cpic.Book(cpic.Numbers(0))
        cpic_past.fill(agents, Orders(), ROWS)
        for quotation in agents._quotations.values():
            issued = quotation.motor and quotation.state == cpic.ISSUED
            if quotation.maker == LOGIN and issued and len(quotation.lines) in lines:
                yield from ((line.insured_no, line.policy_no) for line in quotation.lines)


def instance(theatre: Theatre) -> str:
    """The browser profile's name, as the daemon knows it."""
    lines = (theatre.desk.home / "desk.log").read_text(encoding="utf-8").splitlines()
    said = [json.loads(line) for line in lines if line.startswith("{")]
    return str([line for line in said if line.get("event") == "extension"][-1]["instance"])


def press(theatre: Theatre, number: str, policy_number: str) -> None:
    """As the button behind the row does: the event that it sends."""
    place = {"origin": theatre.portal.origin, "login": LOGIN, "tab": -1, "frame": 0}
    body: dict[str, Any] = {
        "v": 1,
        "type": "quick_download",
        "id": str(uuid.uuid4()),
        "at": round(time.time() * 1000),
        "carrier": theatre.carrier,
        "row": {"numbers": [number], "policy_number": policy_number},
        "fields": {},
        "place": place,
    }
    theatre.office.post("events", {"instance": instance(theatre), "body": body})


def ended(theatre: Theatre) -> set[str]:
    """How the downloads of files ended, once all have."""

    def look() -> set[str] | None:
        rows = [row for row in theatre.office.rows("downloads") if row["kind"] != "proposal"]
        over = [row["error"] or row["state"] for row in rows if row["ended_at"]]
        return set(over) if rows and len(over) == len(rows) else None

    found: set[str] = until(look, "all files have come", WITHIN)
    return found


def in_vault(theatre: Theatre, number: str) -> set[tuple[str, str]]:
    """Policy numbers and digests of the files of the proposal with this number."""
    proposal = theatre.office.proposal_of(number)
    assert proposal
    files = theatre.office.rows(f"proposals/{proposal['id']}/files")
    assert {file["kind"] for file in files} == {"policy", "e_policy"}
    return {(file["policy_number"], file["digest"]) for file in files}


def given(theatre: Theatre) -> set[tuple[str, str]]:
    """Policy numbers and digests of what the portal gave away whole."""
    told = theatre.portal.ledger("download")
    return {(number, one["sha256"]) for one in told if one["complete"] for number in one["numbers"]}


def fetch_all(theatre: Theatre, browser: Browser, lines: tuple[int, ...] = (1, 2)) -> None:
    """Log in, press the button of a policy, wait for its files and compare them with the portal's ledger."""
    theatre.clerk(browser).log_in()
    number, policy_number = next(policies(theatre.carrier, lines))
    press(theatre, number, policy_number)
    assert ended(theatre) == {"done"}
    found = in_vault(theatre, number)
    assert policy_number in {named for named, _ in found}
    assert found == given(theatre)


@pytest.mark.parametrize("carrier", ["picc", "cpic"])
@pytest.mark.parametrize("kind", BROWSERS)
def test_files_come_by_request(stage: Stage, kind: str, carrier: str) -> None:
    theatre = stage(carrier=carrier, rows=ROWS)
    with theatre.browser(kind) as browser:
        fetch_all(theatre, browser)


@pytest.mark.parametrize("kind", BROWSERS)
def test_files_come_from_the_links_of_a_walk(stage: Stage, kind: str) -> None:
    theatre = stage(carrier="cpic", rows=ROWS)
    theatre.portal.mood("encrypted")
    with theatre.browser(kind) as browser:
        fetch_all(theatre, browser)


def plain(folder: Path) -> list[Path]:
    """Files below a folder that hold the beginning of a PDF as it is."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if b"%PDF-1." in path.read_bytes()]


@pytest.mark.parametrize("kind", BROWSERS)
def test_fifty_megabytes_come_and_the_browser_leaves_nothing_of_them_on_the_disk(
    stage: Stage, kind: str
) -> None:
    theatre = stage(carrier="cpic", rows=ROWS)
    theatre.portal.mood("large_file=50")
    profile = theatre.folder / "profile"
    with TemporaryDirectory() as temporary:  # a short path: Chromium puts a socket there
        theatre.desktop.environment["TMPDIR"] = temporary
        with theatre.browser(kind, profile) as browser:
            fetch_all(theatre, browser, lines=(1,))
            assert min(one["bytes"] for one in theatre.portal.ledger("download")) > 50_000_000
            assert plain(Path(temporary)) == []
        assert plain(Path(temporary)) + plain(profile) == []


def coming(theatre: Theatre) -> int | None:
    """Bytes of the file that is on its way, once there are some."""
    found = [path.stat().st_size for path in Home(theatre.desk.home).incoming.glob("*")]
    return max(found, default=0) or None


@pytest.mark.parametrize("kind", BROWSERS)
@pytest.mark.parametrize("blow", [kill_hosts, restart_daemon])
def test_a_broken_link_does_not_make_the_portal_give_it_again(
    stage: Stage, kind: str, blow: Callable[[Theatre], None]
) -> None:
    theatre = stage(carrier="picc", rows=ROWS)
    theatre.portal.mood("large_file=40")
    with theatre.browser(kind) as browser:
        theatre.clerk(browser).log_in()
        number, policy_number = next(policies("picc"))
        press(theatre, number, policy_number)
        until(lambda: coming(theatre), "a file is on its way", WITHIN)
        blow(theatre)
        assert ended(theatre) == {"done"}
        handed = sorted(
            (named, one["sha256"]) for one in theatre.portal.ledger("download") for named in one["numbers"]
        )
        assert handed == sorted(in_vault(theatre, number)), "each file was given once, and lies in the vault"
        log = (theatre.desk.home / "desk.log").read_text(encoding="utf-8")
        begun = [json.loads(line) for line in log.splitlines() if '"file_begins"' in line]
        assert any(line["at"] > 0 for line in begun), "nothing was gone on with"
