"""The main job at the other carriers: nothing but their folders makes it work there."""

import pytest

from scripts.stage import story
from scripts.stage.clerk import Car
from scripts.stage.theatre import CARRIER, CLERKS
from tests.browser.conftest import Stage
from tests.browser.job import agreed, hints, job, leave

OTHERS = sorted(CLERKS.keys() - {CARRIER})


@pytest.mark.parametrize("carrier", OTHERS)
def test_one_eye_is_enough_and_one_line_too(stage: Stage, carrier: str) -> None:
    theatre = stage(carrier=carrier)
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        for mood, seen in (("network_only", "hint_network"), ("page_only", "hint_page")):
            theatre.portal.mood(mood)
            save, proposal = job(theatre, clerk)
            assert hints(theatre, save["numbers"][0]) == [seen]
            assert proposal["vin"]
            assert proposal["carrier"] == carrier
            leave(theatre, clerk)
        theatre.portal.mood()
        clerk.log_in()
        clerk.quote(Car.invent(), commercial=False)
        proposal = agreed(theatre, clerk, story.saved(theatre, 2))
        assert [line["facts"]["kind"] for line in proposal["lines"]] == ["compulsory"]


def test_an_awkward_portal_changes_nothing(stage: Stage) -> None:
    theatre = stage(carrier="pingan")
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        theatre.portal.mood("changed_prefix", "strict_csp")
        job(theatre, clerk)
        leave(theatre, clerk)
        theatre.portal.mood("brief_messages", "page_only", "busy_grid")
        job(theatre, clerk)


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
        agreed(theatre, clerk, save)
