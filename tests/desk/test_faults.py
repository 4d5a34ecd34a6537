"""Kills, a store that cannot write, poison: nothing acknowledged is lost, nothing else is forgotten."""

import asyncio
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from companion.desk.outbox import PATIENCE
from companion.home import Home
from companion.protocol import Ack, Ask, ErrorCode, Refusal, Shown
from companion.web.i18n import catalog
from scripts.stage.desktop import Desktop
from scripts.stage.processes import Child
from scripts.stage.waiting import until
from tests.desk.browser import Browser, hint, new_id, place
from tests.desk.office import Office, beside
from tests.desk.pages import link, page
from tests.desk.running import IMPATIENT, ROOT, RunningDesk, running_desk, unstored

pytestmark = pytest.mark.faults

HOLD = [sys.executable, "-m", "tests.desk.holder"]
KILLED = "import os, signal; die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
AFTER_COMMIT = KILLED + "from companion.desk.acks import Acks; Acks.add = die\n"
BEFORE_COMMIT = KILLED + "from companion.db.writer import GroupCommit; GroupCommit._store = die\n"


@contextmanager
def held(desktop: Desktop, home: Path, file: str) -> Iterator[None]:
    """Another program holds the write lock of one of the desk's databases for as long as this lasts."""
    command, log = [*HOLD, str(home), file], desktop.directory / "holder.err"
    with Child(command, log=log, environment=desktop.environment, directory=ROOT) as holder:
        assert holder.json_line() == {"holding": file}
        yield
        holder.finish_input()
        assert holder.wait() == 0


def lamp(browser: Browser) -> tuple[str, str, int]:
    """The lamp 管理系统, its reason, and how many events wait."""
    found = browser.status()
    return found.office, found.office_detail, found.waiting


@pytest.mark.parametrize(("doom", "kept"), [(AFTER_COMMIT, True), (BEFORE_COMMIT, False)])
def test_kill_around_the_commit(desktop: Desktop, tmp_path: Path, doom: str, kept: bool) -> None:
    home, seen, instance = tmp_path / "desk", hint(), new_id()
    # The daemon is killed by the kernel at the place that `doom` names.
    with running_desk(desktop, home, doom) as desk, Browser(desk.socket, instance) as browser:
        browser.hello().log_in()
        browser.send(seen)
        with pytest.raises(ConnectionError):
            browser.acked(seen.id)
        assert desk.process.wait() == -9
    with running_desk(desktop, home) as desk, Browser(desk.socket, instance) as browser:
        office = beside(desk.socket, home)
        if kept:
            until(lambda: office.rows("/confirms"), "what was committed goes on by itself")
        else:
            assert office.rows("/confirms") == []
        browser.hello().log_in()
        browser.send(seen)
        browser.acked(seen.id)
        browser.answer_job()
        browser.expect(Ask)
        assert len(office.rows("/questions")) == 1


def test_a_burst_is_acknowledged_in_few_messages_and_survives_a_kill(
    desktop: Desktop, tmp_path: Path
) -> None:
    home = tmp_path / "desk"
    hints = [hint(f"TDAA{number:018}") for number in range(60)]
    with running_desk(desktop, home) as desk, Browser(desk.socket) as browser:
        browser.hello()
        for seen in hints:
            browser.send(seen)
        batches, left = 0, {seen.id for seen in hints}
        while left:
            left -= set(browser.take())
            batches += 1
        assert batches <= 30, "one acknowledgement serves many events"
        desk.process.kill()
    with running_desk(desktop, home) as desk:
        office = beside(desk.socket, home)
        until(lambda: len(office.rows("/confirms")) == len(hints), "every acknowledged event arrives, once")


def test_while_nothing_can_be_written_nothing_is_acknowledged_and_the_clerk_is_told_once(
    desktop: Desktop, desk: RunningDesk, browser: Browser
) -> None:
    before = len(desktop.toasts())
    _, most = resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (0, most))
    kept, again = hint("TDAA000000000000000001"), hint("TDAA000000000000000002")
    for seen in (kept, again):
        browser.send(seen)
        refusal = browser.expect(Refusal)
        assert (refusal.re, refusal.retry) == (seen.id, True)
        assert refusal.code in (ErrorCode.STORE_UNAVAILABLE, ErrorCode.DISK_FULL)
    resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (most, most))
    for seen in (kept, again):
        browser.send(seen)
        browser.acked(seen.id)
    until(lambda: len(desktop.toasts()) >= before + 2, "told of the trouble, and that it is over")
    assert len(desktop.toasts()) == before + 2


def test_a_locked_management_system_stores_everything_later_and_poisons_nothing(
    desktop: Desktop, tmp_path: Path
) -> None:
    home, hints = tmp_path / "desk", [hint(f"TDAA{number:018}") for number in range(2)]
    with running_desk(desktop, home, IMPATIENT) as desk, Browser(desk.socket) as browser:
        browser.hello().log_in()
        with held(desktop, home, "management.db"):
            for seen in hints:
                browser.send(seen)
            browser.acked(*(seen.id for seen in hints))
            tries = len(hints) * PATIENCE
            until(lambda: unstored(desk.log) > tries, "it is offered more often than poison would be")
            assert lamp(browser) == ("broken", "office_store", len(hints))
            told = asyncio.run(page(link(browser, "diagnostics"), f"{desk.site}/desk/diagnostics"))
            assert catalog("zh_CN").t("desk.detail_office_store") in told
        until(lambda: lamp(browser) == ("ok", "office_ok", 0), "everything is handed over by itself")
        assert len(beside(desk.socket, home).rows("/confirms")) == len(hints)
        assert "event_refused" not in desk.log


def test_what_a_locked_desk_cannot_keep_is_not_acknowledged_and_arrives_later(
    desktop: Desktop, tmp_path: Path
) -> None:
    home, seen = tmp_path / "desk", hint()
    with running_desk(desktop, home, IMPATIENT) as desk, Browser(desk.socket) as browser:
        browser.hello().log_in()
        with held(desktop, home, "desk.db"):
            browser.send(seen)
            refusal = browser.expect(Refusal)
            assert (refusal.re, refusal.code, refusal.retry) == (seen.id, ErrorCode.STORE_UNAVAILABLE, True)
            assert lamp(browser) == ("broken", "store_unavailable", 0)
            assert not [message for message in browser.kept if isinstance(message, Ack)]
        browser.send(seen)
        browser.acked(seen.id)
        browser.answer_job()
        browser.expect(Ask)
        until(lambda: lamp(browser) == ("ok", "office_ok", 0), "everything is handed over")
        assert "event_refused" not in desk.log


def test_poison_is_visible_and_the_others_pass(
    desktop: Desktop, desk: RunningDesk, browser: Browser, office: Office
) -> None:
    before = len(desktop.toasts())
    bad, good = Shown(id=new_id(), at=1, question=new_id(), place=place()), hint()
    browser.send(bad)
    browser.send(good)
    browser.acked(bad.id, good.id)
    browser.answer_job()
    browser.expect(Ask)
    until(lambda: len(desktop.toasts()) == before + 1, "the clerk is told of the refused event")
    assert "event_refused" in desk.log
    shown = asyncio.run(page(link(browser, "diagnostics"), f"{desk.site}/desk/diagnostics"))
    assert bad.id in shown


def test_a_bad_frame_is_refused_with_its_number_and_the_next_is_served(browser: Browser) -> None:
    for payload, code in (
        (b'{"v":1,"type":"hint","premium":NaN}', ErrorCode.NOT_A_NUMBER),
        (b'{"v":1,"v":1}', ErrorCode.DUPLICATE_KEY),
        (b'{"v":1,"type":"from_the_future"}', ErrorCode.UNKNOWN_MESSAGE),
        (b"x" * 2_000_000, ErrorCode.FRAME_TOO_LONG),
    ):
        browser.send_bytes(payload)
        assert browser.expect(Refusal).code == code
    seen = hint()
    browser.send(seen)
    browser.acked(seen.id)


def test_two_daemons_never_serve_one_desk(desktop: Desktop, desk: RunningDesk, browser: Browser) -> None:
    command = [sys.executable, "-m", "companion", "daemon", "--home", str(desk.home)]
    with Child(
        command, log=desktop.directory / "second.err", environment=desktop.environment, directory=ROOT
    ) as second:
        assert second.wait(30) == 3
        assert str(desk.process.pid) in second.tail()
    browser.send(seen := hint())
    browser.acked(seen.id)


def test_it_ends_cleanly(desktop: Desktop, tmp_path: Path) -> None:
    home = tmp_path / "desk"
    with running_desk(desktop, home) as desk:
        with Browser(desk.socket) as browser:
            browser.hello()
        assert Home(home).console_address.stat().st_mode & 0o777 == 0o600
        assert desk.process.stop() == 0
    assert not desk.socket.exists()
    assert not Home(home).console_address.exists()
    assert desk.process.tail() == ""
