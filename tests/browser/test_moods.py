"""What real portals do to their clerks: one event each time, and nothing lost."""

import pytest

from scripts.stage import story
from scripts.stage.clerk import Car
from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS, Stage
from tests.browser.job import agreed, hints, job, leave


@pytest.mark.parametrize("kind", BROWSERS)
def test_a_save_seen_by_one_eye_only_is_one_event(stage: Stage, kind: str) -> None:
    theatre = stage()
    with theatre.browser(kind) as browser:
        clerk = theatre.clerk(browser)
        for mood, seen in (("network_only", "hint_network"), ("page_only", "hint_page")):
            theatre.portal.mood(mood)
            save, _ = job(theatre, clerk)
            assert hints(theatre, save["numbers"][0]) == [seen]
            leave(theatre, clerk)


def test_an_awkward_portal_changes_nothing(stage: Stage) -> None:
    theatre = stage()
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        for moods in (["late_query=3"], ["busy_grid", "strict_csp"], ["slow_query=20"]):
            theatre.portal.mood(*moods)
            job(theatre, clerk)
            leave(theatre, clerk)


def test_a_refused_save_is_no_event(stage: Stage) -> None:
    theatre = stage()
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        theatre.portal.mood("save_refused")
        entry = clerk.quote(Car.invent())
        story.happened(theatre, "save_refused")
        theatre.portal.mood()
        clerk.save(entry)
        save = story.saved(theatre, 0)
        agreed(theatre, clerk, save)
        hinted = [step for step in theatre.office.rows("timeline") if step["kind"].startswith("hint_")]
        assert [step["numbers"] for step in hinted] == [save["numbers"]]


def test_a_session_that_ends_after_the_save_is_waited_for(stage: Stage) -> None:
    theatre = stage()
    theatre.portal.mood("logged_out")
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        main = clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        number = save["numbers"][0]
        story.told(theatre, number, "waiting_session")
        assert theatre.office.rows("questions") == []
        theatre.portal.mood()
        clerk.log_in_again(main)
        agreed(theatre, clerk, save)


def test_a_tab_closed_right_after_the_save_loses_nothing(stage: Stage) -> None:
    theatre = stage()
    theatre.portal.mood("late_query=2")
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, entry = story.quote(theatre, clerk)
        # Before that the answer is not in the browser yet, and nobody there could know of it.
        until(lambda: clerk.shows(entry, save["numbers"][0]), "the page shows the number")
        entry.close()
        agreed(theatre, clerk, save)


def test_another_clerk_in_the_same_browser_is_never_asked_for_it(stage: Stage) -> None:
    theatre = stage()
    theatre.portal.mood("late_query=3")
    with theatre.browser("chromium") as browser:
        clerk, other = theatre.clerk(browser), theatre.clerk(browser, "clerk02")
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        clerk.log_out()
        main = other.log_in()
        story.told(theatre, save["numbers"][0], "waiting_session")
        assert theatre.office.rows("proposals") == []
        other.log_out()
        clerk.log_in_again(main)
        agreed(theatre, clerk, save)
        assert {event["user"] for event in theatre.portal.ledger("query")} == {"clerk01"}
