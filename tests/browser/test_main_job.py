"""The main job, end to end: a saved quote becomes a proposal, in both browsers and on both databases."""

import pytest

from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.theatre import Theatre
from tests.browser.conftest import BROWSERS, Stage


def play_the_job(theatre: Theatre, kind: str) -> None:
    """Save a quote, answer 是 with a new customer, and compare what everybody tells."""
    with theatre.browser(kind) as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        clerk.answer("yes", customer="示范客户", phone="13900000001")
        proposal = story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []
        kinds = [step["kind"] for step in proposal["timeline"]]
        assert "push_waiting_channel" in kinds, "是 must say that nothing is pushed yet"


@pytest.mark.parametrize("kind", BROWSERS)
def test_a_saved_quote_becomes_a_proposal(stage: Stage, kind: str) -> None:
    play_the_job(stage(), kind)


@pytest.mark.parametrize("kind", BROWSERS)
def test_the_same_with_a_team_server_on_postgresql(stage: Stage, kind: str, postgresql_url: str) -> None:
    play_the_job(stage(database=postgresql_url), kind)


def test_only_download_pushes_nothing(stage: Stage) -> None:
    theatre = stage()
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        clerk.answer("download_only")
        proposal = story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []
        assert not [step for step in proposal["timeline"] if step["kind"].startswith("push")]


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
        assert clerk.questions() == []
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
        assert clerk.questions() == []
        assert len(theatre.office.rows("proposals")) == 1
        assert len(proposal["downloads"]) == 2
        assert proposal["premium"] == sum(line["premium"] for line in again["lines"])
