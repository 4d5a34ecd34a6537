"""The main job at the other carriers: nothing but their folders makes it work there."""

import pytest

from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.clerk import Car
from scripts.stage.theatre import CARRIER, CLERKS, Theatre
from tests.browser.conftest import Stage

OTHERS = sorted(CLERKS.keys() - {CARRIER})


def hints(theatre: Theatre, number: str) -> list[str]:
    """Which eyes saw a number saved."""
    return [step["kind"] for step in theatre.timeline(number) if step["kind"].startswith("hint_")]


@pytest.mark.parametrize("carrier", OTHERS)
def test_a_saved_quote_becomes_a_proposal(stage: Stage, carrier: str) -> None:
    theatre = stage(carrier=carrier)
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        clerk.answer("download_only")
        proposal = story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []
        assert proposal["vin"]
        assert proposal["carrier"] == carrier


@pytest.mark.parametrize("carrier", OTHERS)
@pytest.mark.parametrize(("mood", "seen"), [("network_only", "hint_network"), ("page_only", "hint_page")])
def test_one_eye_is_enough(stage: Stage, carrier: str, mood: str, seen: str) -> None:
    theatre = stage(carrier=carrier)
    theatre.portal.mood(mood)
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        clerk.answer("download_only")
        story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []
        assert hints(theatre, save["numbers"][0]) == [seen]


@pytest.mark.parametrize(
    ("carrier", "moods"),
    [("pingan", ("changed_prefix", "strict_csp")), ("pingan", ("brief_messages", "page_only", "busy_grid"))],
)
def test_an_awkward_portal_changes_nothing(stage: Stage, carrier: str, moods: tuple[str, ...]) -> None:
    theatre = stage(carrier=carrier)
    theatre.portal.mood(*moods)
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        clerk.answer("download_only")
        story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []


def test_a_log_in_on_another_host_brings_the_session_back(stage: Stage) -> None:
    theatre = stage(carrier="pingan")
    theatre.portal.mood("logged_out")
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        main = clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        story.told(theatre, save["numbers"][0], "waiting_session")
        assert theatre.office.rows("questions") == []
        theatre.portal.mood()
        clerk.log_in_again(main)
        clerk.answer("download_only")
        story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []


@pytest.mark.parametrize("carrier", OTHERS)
def test_a_quote_of_one_line_is_known_as_that_line(stage: Stage, carrier: str) -> None:
    theatre = stage(carrier=carrier)
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        clerk.quote(Car.invent(), commercial=False)
        save = story.saved(theatre, 0)
        clerk.answer("download_only")
        proposal = story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []
        assert [line["facts"]["kind"] for line in proposal["lines"]] == ["compulsory"]
