"""The main job, end to end: a saved quote becomes a proposal, in both browsers and on both databases."""

from dataclasses import replace

import pytest

from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.clerk import Car
from scripts.stage.firefox import UUID
from scripts.stage.theatre import Theatre
from tests import leaks
from tests.browser.conftest import BROWSERS, Stage

KEPT = {
    "chromium": [
        "Default/IndexedDB/chrome-extension_*.leveldb",
        "Default/Local Extension Settings/*",
    ],
    # Firefox has one place for IndexedDB and another for storage.local.
    "firefox": [f"storage/default/moz-extension+++{UUID}", f"storage/default/moz-extension+++{UUID}^*"],
}
"""Where a browser's profile holds what the extension keeps."""
CUSTOMER, PHONE = "上官示范客户", "13800138000"


def play_the_job(theatre: Theatre, kind: str) -> None:
    """Save a quote, answer 是 with a new customer, and compare what everybody tells."""
    car = replace(Car.invent(), owner="司马慕容翎霏")  # long enough to be found by no chance
    with theatre.browser(kind) as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk, car)
        clerk.answer("yes", customer=CUSTOMER, phone=PHONE)
        proposal = story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []
        kinds = [step["kind"] for step in proposal["timeline"]]
        assert "push_waiting_channel" in kinds, "是 must say that nothing is pushed yet"
        assert leaks.in_processes(theatre.desktop.environment, _personal(car)) == []
    theatre.desk.stop()  # what is kept in memory until the end is written now
    _keeps_to_itself(theatre, kind, car)


def _personal(car: Car) -> dict[str, str]:
    return {
        **{name: getattr(car, name) for name in ("plate", "owner", "identity", "phone", "vin", "engine")},
        "customer": CUSTOMER,
        "customer's phone": PHONE,
        "plate without its place": car.plate[1:],
    }


def _keeps_to_itself(theatre: Theatre, kind: str, car: Car) -> None:
    """No personal data in logs, in what the desk keeps, or in what the extension keeps in the browser."""
    logs = [theatre.desk.home / "desk.log", theatre.desk.home / "daemon-errors.log"]
    logs += theatre.folder.glob("office-*.log")
    kept = [place for pattern in KEPT[kind] for place in theatre.folder.glob(f"{kind}-profile/{pattern}")]
    assert len(kept) == len(KEPT[kind]), f"the extension keeps things elsewhere: {kept}"
    for place in (*logs, *kept, theatre.desk.home):
        assert place.exists()
        assert leaks.in_files(place, _personal(car)) == []
    # The same search finds them where they belong.
    assert leaks.in_files(theatre.portal.ledger_file, {"plate": car.plate, "owner": car.owner}) != []


@pytest.mark.parametrize("kind", BROWSERS)
def test_a_saved_quote_becomes_a_proposal(stage: Stage, kind: str) -> None:
    play_the_job(stage(), kind)


@pytest.mark.parametrize("kind", BROWSERS)
def test_the_same_with_a_team_server_on_postgresql(stage: Stage, kind: str, postgresql_url: str) -> None:
    play_the_job(stage(database=postgresql_url), kind)


def test_cancel_keeps_nothing_and_is_not_asked_again(stage: Stage) -> None:
    theatre = stage()
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, entry = story.quote(theatre, clerk)
        number = save["numbers"][0]
        clerk.answer("cancel")
        story.told(theatre, number, "answered_cancel")
        clerk.save(entry)
        story.told(theatre, number, "confirmed", times=2)
        assert theatre.office.rows("questions") == []
        assert theatre.office.rows("proposals") == []
        assert theatre.office.rows("downloads") == []


def test_a_changed_quote_updates_silently(stage: Stage) -> None:
    theatre = stage()
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        first, entry = story.quote(theatre, clerk)
        number = first["numbers"][0]
        clerk.answer("download_only")
        story.filed(theatre, number)
        clerk.change_price(entry, 98_000)
        clerk.save(entry)
        again = story.saved(theatre, 1)
        story.told(theatre, number, "quote_changed")
        story.told(theatre, number, "download_done", times=2)
        proposal = story.filed(theatre, number)
        assert theatre.office.rows("questions") == []
        assert len(theatre.office.rows("proposals")) == 1
        assert len(proposal["downloads"]) == 2
        assert not [step for step in proposal["timeline"] if step["kind"].startswith("push")]
        assert proposal["premium"] == sum(line["premium"] for line in again["lines"])
