"""Programs that die in mid-job, and people who look away: the job goes on where it was."""

from collections.abc import Callable

import pytest

from scripts.stage import story
from scripts.stage.blows import kill_hosts, restart_daemon
from scripts.stage.clerk import QUESTION, Clerk
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS, Stage
from tests.browser.job import agreed

_THROW_OUT = """() => {
    const ours = [...(document.body?.children ?? [])].filter((one) => one.style.zIndex === "2147483647");
    for (const one of ours) one.remove();
}"""


@pytest.mark.parametrize("blow", [kill_hosts, restart_daemon])
def test_the_job_survives_in_firefox(stage: Stage, blow: Callable[[Theatre], None]) -> None:
    """In Chromium it must survive more (tests/faults/test_path.py)."""
    theatre = stage()
    theatre.portal.mood("late_query=2")
    with theatre.browser("firefox") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        blow(theatre)
        clerk.question(within=60)
        blow(theatre)
        agreed(theatre, clerk, save)


def test_a_save_while_the_daemon_is_down_arrives_later(stage: Stage) -> None:
    theatre = stage()
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        theatre.desk.kill()
        save, _ = story.quote(theatre, clerk)
        theatre.desk.start()
        clerk.question(within=60)
        agreed(theatre, clerk, save)


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
        agreed(theatre, clerk, save)


def _throw_out(clerk: Clerk) -> None:
    """The page removes what stands in it, and the question stands anew."""
    shown = clerk.question()
    before = shown.frame.url
    for frame in shown.tab.frames():
        if QUESTION not in frame.url:
            frame.evaluate(_THROW_OUT)
    until(lambda: [one for one in clerk.questions() if one.frame.url != before], "the question stands anew")


@pytest.mark.parametrize("kind", BROWSERS)
def test_a_question_that_the_page_throws_out_stands_there_again(stage: Stage, kind: str) -> None:
    """As a page does that draws its body anew; the second time it gets a window of our own."""
    theatre = stage()
    with theatre.browser(kind) as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        for _ in range(2):
            _throw_out(clerk)
        assert "/ask/window.html" in clerk.question().frame.url
        agreed(theatre, clerk, save)
