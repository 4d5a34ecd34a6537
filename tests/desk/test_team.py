"""A desk whose management system is elsewhere: enrolled once, and it keeps collecting while that is away."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from companion.desk.outbox import PATIENCE
from companion.home import Home
from companion.protocol import Ask, Closed, ConsoleLink, ConsoleRequest, Refusal
from scripts.stage.desktop import Desktop
from scripts.stage.processes import Child
from scripts.stage.waiting import until
from tests.desk.browser import Browser, hint, new_id
from tests.desk.running import COMMAND, IMPATIENT, ROOT, running_desk, start, unstored
from tests.desk.test_path import answer
from tests.postgres import cluster, serving


@contextmanager
def team_office(desktop: Desktop, directory: Path, port: int) -> Iterator[tuple[Child, Any]]:
    """The team's server, and what it told: url and code."""
    command = [sys.executable, "-m", "tests.desk.team_office", str(directory), str(port)]
    log = directory / "team.err"
    with Child(command, log=log, environment=desktop.environment, directory=ROOT) as process:
        yield process, process.json_line(30)


@pytest.fixture
def port() -> Iterator[int]:
    """A loopback port that nobody else is given, also while nobody listens there."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def enrol(desktop: Desktop, home: Path, url: str, code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "companion", "enrol", url, code, "--home", str(home)]
    return subprocess.run(command, env=desktop.environment, cwd=ROOT, capture_output=True, text=True)


@contextmanager
def served(desktop: Desktop, directory: Path, database: str) -> Iterator[tuple[Child, Any]]:
    """`chudan serve` on a PostgreSQL, and what it told: url and code."""
    command = [*COMMAND, "serve", "--database", database, "--listen", "127.0.0.1:0"]
    log = directory / "serve.err"
    with Child(command, log=log, environment=desktop.environment, directory=ROOT) as process:
        yield process, process.json_line(30)["ready"]


@pytest.mark.faults
def test_the_office_goes_away_and_comes_back(desktop: Desktop, tmp_path: Path, port: int) -> None:
    home = tmp_path / "desk"
    with team_office(desktop, tmp_path, port) as (_, told):
        enrolled = enrol(desktop, home, told["url"], told["code"])
        assert (enrolled.returncode, told["url"] in enrolled.stdout) == (0, True)
        again = enrol(desktop, tmp_path / "thief", told["url"], told["code"])
        assert again.returncode == 13, "a code works once"
    with running_desk(desktop, home) as desk, Browser(desk.socket) as browser:
        browser.hello().log_in()
        seen = hint()
        browser.send(seen)
        browser.acked(seen.id)
        until(lambda: browser.status().office == "broken" or None, "the lamp says that the office is away")
        assert (browser.status().office_detail, browser.status().waiting) == ("office_away", 1)
        browser.send(ConsoleRequest(id=new_id(), page="console", proposal=None))
        assert browser.expect(Refusal).code == 211
        with team_office(desktop, tmp_path, port) as (server, _):
            browser.answer_job()
            ask = browser.expect(Ask)
            assert (browser.status().office, browser.status().waiting) == ("ok", 0)
            server.kill()
            given = answer(ask.question.id, "download_only")
            browser.send(given)
            browser.acked(given.id)
        with team_office(desktop, tmp_path, port):
            assert browser.answer_job().query == "detail"
            browser.expect(Closed)
            browser.send(ConsoleRequest(id=new_id(), page="console", proposal=None))
            assert browser.expect(ConsoleLink).url.startswith(f"{told['url']}/console/enter?key=")


@pytest.mark.faults
def test_a_postgresql_that_stops_behind_a_living_server_costs_no_event(
    desktop: Desktop, tmp_path: Path
) -> None:
    home, hints = tmp_path / "desk", [hint(f"TDAA{number:018}") for number in range(2)]
    with cluster() as place, ExitStack() as stack:
        with serving(place) as running:
            url = running.url("postgres")
            server, told = stack.enter_context(served(desktop, tmp_path, url))
            assert enrol(desktop, home, told["url"], told["code"]).returncode == 0
            desk = stack.enter_context(running_desk(desktop, home, IMPATIENT))
            browser = stack.enter_context(Browser(desk.socket))
            browser.hello().log_in()
            until(lambda: browser.status().office == "ok", "the desk reaches the management system")
        until(lambda: browser.status().office_detail == "office_store", "the lamp says it before any event")
        for seen in hints:
            browser.send(seen)
        browser.acked(*(seen.id for seen in hints))
        tries = len(hints) * PATIENCE
        until(lambda: unstored(server.log.read_text()) > tries, "offered more often than poison would be")
        found = browser.status()
        assert (found.office, found.office_detail, found.waiting) == ("broken", "office_store", len(hints))
        with serving(place):
            asked: set[str] = set()
            while asked != {number for seen in hints for number in seen.numbers}:
                asked |= set(browser.answer_job().numbers)
            until(lambda: browser.status().office == "ok", "the lamp is green again")
            assert browser.status().waiting == 0
            assert "event_refused" not in desk.log


def test_a_desk_that_was_never_enrolled_says_so(desktop: Desktop, tmp_path: Path) -> None:
    home = Home(tmp_path / "desk").create()
    home.settings_file.write_text('office = "http://127.0.0.1:9"\nlocale = "en"\n')
    with start(desktop, home.path) as process:
        assert process.wait(30) == 11
        assert "chudan enrol" in process.tail()
