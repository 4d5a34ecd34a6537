"""Files that come piece by piece, break off, go on, and are looked at before anybody believes them."""

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Any, cast

import pytest
import structlog

from companion.db.engine import Database
from companion.db.errors import DiskFull, StoreError, StoreUnavailable
from companion.db.sealed import PART
from companion.desk import incoming as incomings
from companion.desk.condition import Condition
from companion.desk.extensions import Extensions
from companion.desk.incoming import Incoming
from companion.desk.memory import Memory
from companion.desk.sessions import Sessions
from companion.desk.spool import PREFIX, STALE, Spool
from companion.management.wire import FileResult, ProgressBody
from companion.protocol import DownloadTold
from tests.unit.desk.file_browser import PIECE, POLICY, FileBrowser, FileOffice, body, pdf
from tests.unit.desk.parts import (
    INSTANCE,
    ORIGIN,
    OTHER,
    ManualClock,
    eventually,
    job_result,
    new_id,
    session,
)

JOB = new_id()
FAT = 3 * PIECE
"""Bytes of padding: a file of several pieces."""


class Bench:
    """A desk's part that fetches files, over a database and a folder that survive it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.told: list[str] = []
        self.folder = folder / "incoming"
        self.office = FileOffice()
        self.extensions = Extensions()
        self.sessions = Sessions(ManualClock(), lambda: None)
        self.spool = Spool(self.folder, Memory(database), ManualClock())
        self.condition = Condition(ManualClock(), self.told.append)
        self.incoming = Incoming(
            self.sessions, self.extensions, cast(Any, self.office), self.spool, self.condition
        )

    def connect(self, browser: FileBrowser, logged_in: bool = True) -> FileBrowser:
        browser.connect(self.incoming, self.extensions)
        if logged_in:
            self.sessions.report(browser.instance, session())
        return browser

    def run(self, **changes: object) -> "asyncio.Task[FileResult]":
        return asyncio.create_task(self.incoming.run(JOB, body(**changes)))

    def left(self) -> list[str]:
        return [path.name for path in self.folder.glob("*")]


@pytest.fixture
def bench(desk_db: Database, tmp_path: Path) -> Bench:
    return Bench(desk_db, tmp_path)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def test_a_file_comes_home(bench: Bench) -> None:
    browser = bench.connect(FileBrowser(pdf(padding=FAT)))
    result = await bench.run()
    assert (result.outcome, result.error, result.whoami) == ("answered", None, "clerk01")
    assert (result.digest, result.size) == (digest(browser.data), len(browser.data))
    assert bench.office.files == {digest(browser.data): browser.data}
    assert browser.offsets == [0, PIECE, 2 * PIECE, 3 * PIECE]
    assert bench.left() == [], "what was handed over lies here no more"
    [job] = browser.jobs
    assert (job.id, job.tab, job.policy_number) == (JOB, 7, POLICY)


async def test_the_button_hears_the_percentage(bench: Bench) -> None:
    browser = bench.connect(FileBrowser(pdf(padding=FAT)))
    request = new_id()
    await bench.run(request=request)
    assert browser.told == [0, 33, 66, 99]
    bench.incoming.tell(ProgressBody(request=request, instance=INSTANCE, state="failed", reason="deleted"))
    told = browser.sent[-1]
    assert isinstance(told, DownloadTold)
    assert (told.request, told.state, told.percent, told.reason) == (request, "failed", None, "deleted")


async def test_a_portal_that_does_not_say_the_size(bench: Bench) -> None:
    browser = bench.connect(FileBrowser(pdf(padding=FAT)))
    browser.size = None
    assert (await bench.run(request=new_id())).outcome == "answered"
    assert browser.told == []


@pytest.mark.parametrize("at", [0, PIECE, 2 * PIECE, 3 * PIECE, FAT + 10_000])
async def test_after_a_broken_link_it_goes_on(bench: Bench, at: int) -> None:
    browser = bench.connect(FileBrowser(pdf(padding=FAT), break_at=min(at, len(pdf(padding=FAT)))))
    running = bench.run()
    await browser.broke.wait()
    bench.connect(browser)
    result = await running
    assert result.digest == digest(browser.data)
    assert len(browser.jobs) == 2
    assert browser.offsets == [0, PIECE, 2 * PIECE, 3 * PIECE], "nothing is sent twice"


async def test_a_file_fetched_anew_begins_anew(bench: Bench) -> None:
    browser = bench.connect(FileBrowser(pdf(padding=FAT), break_at=2 * PIECE))
    running = bench.run()
    await browser.broke.wait()
    browser.fetch, browser.data = new_id(), pdf(padding=FAT + 5)
    bench.connect(browser)
    assert (await running).digest == digest(browser.data)
    assert browser.offsets == [0, PIECE, 0, PIECE, 2 * PIECE, 3 * PIECE]


@pytest.mark.parametrize("spoilt", [False, True])
async def test_a_daemon_that_died_goes_on(desk_db: Database, tmp_path: Path, spoilt: bool) -> None:
    first = Bench(desk_db, tmp_path)
    browser = first.connect(FileBrowser(pdf(padding=FAT), break_at=2 * PIECE))
    running = first.run()
    await browser.broke.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    [path] = first.folder.iterdir()
    if spoilt:  # as a power cut may leave what was not synced
        sealed = bytearray(path.read_bytes())
        sealed[PART + 100] ^= 1
        path.write_bytes(sealed)
    second = Bench(desk_db, tmp_path)
    running = second.run()
    second.connect(browser, logged_in=False)
    assert (await running).digest == digest(browser.data)
    # Whole parts lie in the spool; of two pieces the last part is not known to be one yet.
    again = [PART] if spoilt else [2 * PIECE - PART]
    assert browser.offsets[2:3] == again
    assert second.office.files == {digest(browser.data): browser.data}
    assert second.left() == []


async def test_what_was_left_for_a_day_is_thrown_away(desk_db: Database, tmp_path: Path) -> None:
    bench = Bench(desk_db, tmp_path)
    draft = await bench.spool.begin(JOB, new_id(), INSTANCE)
    draft.add(b"x" * 3 * PART)
    now = ManualClock().now().timestamp()
    os.utime(bench.folder / JOB, (now, now - STALE + 10))
    await bench.spool.tidy()
    assert (bench.left(), await bench.spool.begun_in(JOB)) == ([JOB], INSTANCE)
    os.utime(bench.folder / JOB, (now, now - STALE - 10))
    await bench.spool.tidy()
    assert (bench.left(), await bench.spool.begun_in(JOB)) == ([], None)


async def test_what_lies_in_the_spool_cannot_be_read(bench: Bench) -> None:
    browser = bench.connect(FileBrowser(b"%PDF-1.7 " + POLICY.encode() * 50_000, break_at=2 * PIECE))
    running = bench.run()
    await browser.broke.wait()
    [path] = bench.folder.iterdir()
    assert path.stat().st_size > PIECE
    assert POLICY.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o77 == 0
    running.cancel()


BAD = {
    "an error page": (b"<html><body>500</body></html>" * 10, "not_a_pdf"),
    "a long error page": (b"<!DOCTYPE html>" + b" " * 2 * PIECE, "not_a_pdf"),
    "a page that talks of PDFs": (b"<p>%PDF-1.7</p>" + b" " * 2000, "not_a_pdf"),
    "nothing": (b"", "cut_off"),
    "a PDF of another policy": (pdf("PDAA202644030000000002"), "number_missing"),
    "a longer number": (pdf(f"{POLICY}7"), "number_missing"),
    "half a PDF": (pdf()[:1200], "unreadable_pdf"),
    "a page with the head of a PDF": (
        b"%PDF-1.7\n<html></html>" + POLICY.encode() + b" " * 3000,
        "unreadable_pdf",
    ),
}


@pytest.mark.parametrize("what", list(BAD))
async def test_what_is_not_the_policy_is_refused(bench: Bench, what: str) -> None:
    data, error = BAD[what]
    browser = bench.connect(FileBrowser(data))
    result = await bench.run()
    assert (result.outcome, result.error, result.digest) == ("failed", error, None)
    assert bench.office.files == {}
    assert bench.left() == []
    assert len(browser.offsets) <= 1, "an error page is not fetched to its end"


async def test_blanks_before_a_pdf_are_allowed(bench: Bench) -> None:
    browser = bench.connect(FileBrowser(b"\r\n\r\n" + pdf()))
    assert (await bench.run()).digest == digest(browser.data)


async def test_too_long_a_file_is_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incomings, "LARGEST", 2 * PIECE)
    browser = bench.connect(FileBrowser(pdf(padding=FAT)))
    assert (await bench.run()).error == "too_long"
    browser.size = 100
    assert (await bench.run()).error == "too_long"
    assert browser.refused == ["too_long", "too_long"]


async def test_who_cannot_is_not_waited_for(bench: Bench) -> None:
    assert (await bench.run()).outcome == "no_session"
    first, second = FileBrowser(b""), FileBrowser(pdf(), instance=OTHER)
    first.answer = job_result(JOB, "no_session")
    bench.connect(first)
    bench.connect(second)
    result = await bench.run()
    assert (result.outcome, result.instance) == ("answered", OTHER)
    second.answer = job_result(JOB, "logged_out")
    assert (await bench.run()).outcome == "logged_out"


async def test_a_browser_that_stays_away_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incomings, "BACK", 0.01)
    bench.connect(FileBrowser(pdf(padding=FAT), break_at=PIECE))
    result = await bench.run()
    assert (result.outcome, result.error) == ("failed", "browser_gone")


async def test_a_browser_that_falls_silent_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incomings, "SILENCE", 0.01)
    browser = bench.connect(FileBrowser(pdf(padding=FAT)))
    monkeypatch.setattr(browser, "go", lambda _go: None)
    assert (await bench.run()).error == "browser_silent"
    assert browser.refused == ["browser_silent"]
    monkeypatch.setattr(browser, "begin", lambda job: job_result(new_id()))
    assert (await bench.run(budget=50)).error == "timeout"


async def test_a_piece_that_does_not_fit_is_asked_for_again(bench: Bench) -> None:
    browser = bench.connect(FileBrowser(pdf(padding=FAT)))
    right = browser.go
    wrong = iter([True])

    def once_wrong(message: Any) -> None:
        right(message.model_copy(update={"offset": 5}) if next(wrong, False) else message)

    browser.go = once_wrong  # type: ignore[method-assign]
    assert (await bench.run()).digest == digest(browser.data)
    assert browser.offsets[:2] == [5, 0]


async def test_a_management_system_that_is_away_gets_it_later(bench: Bench) -> None:
    browser = bench.connect(FileBrowser(pdf()))
    bench.office.away = 1
    assert (await bench.run()).digest == digest(browser.data)
    bench.office.refuse = True
    assert (await bench.run()).error == "refused_113"


@pytest.mark.parametrize(
    ("trouble", "word"),
    [(DiskFull("incoming"), "disk_full"), (StoreUnavailable("io", "incoming"), "store_unavailable")],
)
async def test_a_store_that_takes_nothing_is_told_until_it_takes_a_file(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, trouble: StoreError, word: str
) -> None:
    bench.connect(FileBrowser(pdf()))

    async def failing(*_given: object) -> None:
        raise trouble

    with monkeypatch.context() as broken:
        broken.setattr(bench.spool, "begin", failing)
        assert (await bench.run()).error == word
    assert bench.told == [word]
    assert bench.condition.light.detail == word
    assert (await bench.run()).outcome == "answered"
    assert bench.told == [word, "store_works"]
    assert bench.condition.store == "store_ok"


async def test_a_defect_is_a_result_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the management system would wait for it until the lease ends, again and again."""
    bench.connect(FileBrowser(pdf()))

    async def no_process(*_given: object) -> None:
        raise OSError(12, "Cannot allocate memory", "粤B12345")

    monkeypatch.setattr(incomings, "prove", no_process)
    with structlog.testing.capture_logs() as logged:
        result = await bench.run()
    assert (result.outcome, result.error) == ("failed", "desk_failed")
    assert bench.left() == []
    [line] = [line for line in logged if line["event"] == "file_defect"]
    assert line["error"] == "OSError"
    assert "粤B12345" not in str(line)


async def test_what_an_older_version_remembers_of_a_file_begins_anew(bench: Bench, desk_db: Database) -> None:
    await Memory(desk_db).keep(f"{PREFIX}{JOB}", '{"older": true}')
    browser = bench.connect(FileBrowser(pdf()))
    assert (await bench.run()).digest == digest(browser.data)


async def test_one_file_at_a_time_in_a_session(bench: Bench) -> None:
    browser = bench.connect(FileBrowser(pdf(padding=FAT), break_at=PIECE))
    first = bench.run()
    await browser.broke.wait()
    other = asyncio.create_task(bench.incoming.run(new_id(), body()))
    bench.connect(browser)
    assert (await first).outcome == (await other).outcome == "answered"
    assert [job.id == JOB for job in browser.jobs] == [True, True, False]


async def test_a_file_that_waits_its_turn_spends_nothing_of_its_own(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = bench.connect(FileBrowser(pdf(padding=FAT), break_at=PIECE))
    first = bench.run()
    await browser.broke.wait()
    other = asyncio.create_task(bench.incoming.run(new_id(), body(budget=1)))
    await eventually(lambda: bench.incoming._turns[INSTANCE, ORIGIN]._waiters)
    # The budget of the other has long passed when its turn comes; what ends it is that the browser is asked.
    bench.connect(browser)
    assert (await first).outcome == "answered"
    await other
    assert len(browser.jobs) == 3
    monkeypatch.setattr(incomings, "TURN", 0.01)
    async with bench.incoming._turns[INSTANCE, ORIGIN]:
        busy = await bench.run()
    assert (busy.outcome, busy.error) == ("failed", "session_busy")
    assert len(browser.jobs) == 3


async def test_strangers_are_not_heard(bench: Bench) -> None:
    browser = bench.connect(FileBrowser(pdf(padding=FAT), break_at=PIECE))
    running = bench.run()
    await browser.broke.wait()
    assert not bench.incoming.received(OTHER, browser.begin(JOB))
    assert not bench.incoming.received(INSTANCE, browser.begin(new_id()))
    assert not bench.incoming.received(INSTANCE, job_result(new_id()))
    bench.connect(browser)
    await running
    await eventually(lambda: not bench.incoming.received(INSTANCE, browser.begin(JOB)))
