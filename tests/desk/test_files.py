"""Files through a real daemon: into the vault, 50 MB without growing, and on after every kind of break."""

from pathlib import Path

import pytest

from companion.home import Home
from scripts.stage.desktop import Desktop
from scripts.stage.waiting import until
from tests.desk.browser import Browser, new_id
from tests.desk.file_giver import PIECE, POLICY, Giver, digest, pdf, peak, press, told
from tests.desk.office import Office, beside
from tests.desk.running import RunningDesk, running_desk

MEGABYTE = 1_000_000
GROWN = 24 * MEGABYTE
"""Bytes by which the daemon's memory may swing while 50 MB go through it."""


def files(office: Office) -> list[tuple[str, str, str, int]]:
    """The files of the one proposal."""
    [proposal] = office.rows("/proposals")
    rows = office.rows(f"/proposals/{proposal['id']}/files")
    return sorted((row["kind"], row["policy_number"], row["digest"], row["size"]) for row in rows)


def stored(office: Office, count: int) -> None:
    """Wait until so many files are there."""
    until(lambda: office.rows("/proposals") and len(files(office)) == count, f"{count} files are stored")


def test_policy_and_e_policy_come_home(desk: RunningDesk, browser: Browser, office: Office) -> None:
    press(browser)
    small, large = pdf(), pdf(2)
    first, second = (Giver(browser, data).whole().file for data in (small, large))
    percents = told(browser, "done")
    assert {0, 99} <= set(percents)
    expected = [(first, POLICY, digest(small), len(small)), (second, POLICY, digest(large), len(large))]
    assert files(office) == sorted(expected)
    assert {first, second} == {"policy", "e_policy"}
    states = {(row["kind"], row["state"]) for row in office.rows("/downloads")}
    assert states == {("proposal", "done"), ("policy", "done"), ("e_policy", "done")}
    home = Home(desk.home)
    assert len(list(home.files.iterdir())) == 2
    assert list(home.incoming.iterdir()) == []
    lying = b"".join(path.read_bytes() for path in home.files.iterdir())
    assert b"%PDF" not in lying
    assert POLICY.encode() not in lying
    assert POLICY not in desk.log


def test_an_error_page_is_no_policy(browser: Browser, office: Office) -> None:
    press(browser)
    page = b"<html><body>" + b"x" * 2 * PIECE
    giver = Giver(browser, page)
    job = giver.asked()
    giver.begin(job)
    giver.browser.send_bytes(
        b'{"v":1,"type":"file_chunk","re":"%s","offset":0,"data":"%s"}' % (job.id.encode(), b"PGh0bWw+" * 200)
    )
    row = until(
        lambda: next((row for row in office.rows("/downloads") if row["error"]), None),
        "the refusal is logged",
    )
    assert (row["kind"], row["error"]) == (job.file, "not_a_pdf")
    assert files(office) == []


@pytest.mark.faults
@pytest.mark.parametrize("at", [PIECE, 3 * PIECE])
def test_a_killed_daemon_goes_on_where_it_was(desktop: Desktop, tmp_path: Path, at: int) -> None:
    home, instance, data = tmp_path / "desk", new_id(), pdf(2)
    with running_desk(desktop, home) as desk, Browser(desk.socket, instance) as browser:
        browser.hello().log_in()
        press(browser)
        first = Giver(browser, data)
        job = first.asked()
        first.give(job, first.begin(job), until=at)
        desk.process.kill()
        assert desk.process.wait() == -9
    with running_desk(desktop, home) as desk, Browser(desk.socket, instance) as browser:
        browser.hello().log_in()
        again = Giver(browser, data, first.fetch)
        asked = again.asked()
        assert asked.id == job.id, "the same job goes on"
        offset = again.begin(asked)
        assert at - PIECE < offset <= at
        again.give(asked, offset)
        office = beside(desk.socket, home)
        stored(office, 1)
        assert files(office)[0][2] == digest(data)
        assert again.sent == len(data) - offset


@pytest.mark.faults
def test_after_a_kill_another_fetch_begins_anew(desktop: Desktop, tmp_path: Path) -> None:
    home, instance, data = tmp_path / "desk", new_id(), pdf(2)
    with running_desk(desktop, home) as desk, Browser(desk.socket, instance) as browser:
        browser.hello().log_in()
        press(browser)
        first = Giver(browser, data)
        job = first.asked()
        first.give(job, first.begin(job), until=2 * PIECE)
        desk.process.kill()
        desk.process.wait()
    other = pdf(1)
    with running_desk(desktop, home) as desk, Browser(desk.socket, instance) as browser:
        browser.hello().log_in()
        again = Giver(browser, other)
        asked = again.asked()
        assert again.begin(asked) == 0
        again.give(asked, 0)
        office = beside(desk.socket, home)
        stored(office, 1)
        assert files(office)[0][2] == digest(other)


@pytest.mark.faults
def test_a_broken_link_costs_nothing(desk: RunningDesk, office: Office) -> None:
    instance, data = new_id(), pdf(3)
    fetch, offset, sent = new_id(), 0, 0
    for stop in (PIECE, 3 * PIECE, None):
        with Browser(desk.socket, instance) as browser:
            browser.hello().log_in()
            if not sent:
                press(browser)
            giver = Giver(browser, data, fetch)
            job = giver.asked()
            assert giver.begin(job) == offset
            offset = giver.give(job, offset, stop)
            sent += giver.sent
            if stop is None:
                stored(office, 1)
    assert sent == len(data), "every byte was sent once"
    assert files(office)[0][2] == digest(data)


def test_fifty_megabytes_do_not_grow_the_daemon(desk: RunningDesk, browser: Browser, office: Office) -> None:
    press(browser)
    Giver(browser, pdf(1)).whole()
    stored(office, 1)
    before = peak(desk.process.pid)
    large = pdf(50)
    job = Giver(browser, large).whole()
    stored(office, 2)
    grown = peak(desk.process.pid) - before
    assert grown < GROWN, f"{grown} bytes more for a file of 50 MB"
    assert (job.file, POLICY, digest(large), len(large)) in files(office)
