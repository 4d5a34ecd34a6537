"""Programs that die in mid-job, and people who look away: the job goes on where it was."""

from collections.abc import Callable

import pytest

from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.blows import kill_hosts, restart_daemon
from scripts.stage.theatre import Theatre
from tests.browser.conftest import BROWSERS, Stage


@pytest.mark.parametrize("kind", BROWSERS)
@pytest.mark.parametrize("blow", [kill_hosts, restart_daemon])
def test_the_job_survives(stage: Stage, kind: str, blow: Callable[[Theatre], None]) -> None:
    theatre = stage()
    theatre.portal.mood("late_query=2")
    with theatre.browser(kind) as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        blow(theatre)
        clerk.question(within=60)
        blow(theatre)
        clerk.answer("download_only")
        story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []


def test_a_save_while_the_daemon_is_down_arrives_later(stage: Stage) -> None:
    theatre = stage()
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        theatre.desk.kill()
        save, _ = story.quote(theatre, clerk)
        theatre.desk.start()
        clerk.question(within=60)
        clerk.answer("download_only")
        story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []


@pytest.mark.parametrize("kind", BROWSERS)
def test_a_question_survives_the_browser(stage: Stage, kind: str) -> None:
    theatre = stage()
    with theatre.browser(kind) as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        clerk.question()
        story.told(theatre, save["numbers"][0], "question_shown")
        browser.kill()
    with theatre.browser(kind) as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        clerk.answer("download_only")
        story.filed(theatre, save["numbers"][0])
        assert disagreements(theatre, save) + once(theatre, save) == []
