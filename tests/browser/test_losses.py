"""Programs that die in mid-job, and people who look away: the job goes on where it was."""

from collections.abc import Callable

import psutil
import pytest

from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS, Stage


def kill_host(theatre: Theatre) -> None:
    """Kill the native host that serves this desk's browser."""
    hosts = until(lambda: _hosts(theatre), "a native host runs")
    for host in hosts:
        host.kill()
    psutil.wait_procs(hosts, timeout=10)


def restart_daemon(theatre: Theatre) -> None:
    """Kill the daemon and start it again."""
    theatre.desk.kill()
    theatre.desk.start()


@pytest.mark.parametrize("kind", BROWSERS)
@pytest.mark.parametrize("blow", [kill_host, restart_daemon])
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


def _hosts(theatre: Theatre) -> list[psutil.Process]:
    runtime = theatre.desktop.environment["XDG_RUNTIME_DIR"]
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = " ".join(process.info["cmdline"] or [])
        if "host.py" in words and _serves(process, runtime):
            found.append(process)
    return found


def _serves(process: psutil.Process, runtime: str) -> bool:
    try:
        return process.environ().get("XDG_RUNTIME_DIR") == runtime
    except psutil.Error:
        return False
