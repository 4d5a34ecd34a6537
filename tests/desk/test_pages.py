"""The desk's own pages and the console as they are really served, and how one gets in."""

import asyncio
import json
import re
import subprocess
import sys

import aiohttp

from companion.home import Home
from companion.protocol import Accounts, Status, StatusRequest
from scripts.stage.desktop import Desktop
from scripts.stage.waiting import until
from tests.desk.browser import CARRIER, LOGIN, ORIGIN, Browser, new_id
from tests.desk.office import Office
from tests.desk.pages import link, visitor
from tests.desk.running import ROOT, RunningDesk

PASSWORD = "practice-01"


async def save_account(url: str, site: str) -> tuple[str, str]:
    """Enter by the link, fill in the first-run form; the page before and after."""
    async with visitor() as session:
        async with session.get(url) as entered:
            assert entered.status == 200
        async with session.get(f"{site}/desk/first_run") as page:
            before = await page.text()
        token = re.search(r'name="token" value="([^"]+)"', before)
        assert token
        form = {
            "token": token[1],
            "carrier": CARRIER,
            "origin": ORIGIN,
            "login": LOGIN,
            "institution": "练习机构",
            "password": PASSWORD,
        }
        headers = {"Origin": site, "Sec-Fetch-Site": "same-origin"}
        async with session.post(f"{site}/desk/first_run", data=form, headers=headers) as saved:
            assert saved.status == 200, await saved.text()
            return before, await saved.text()


async def get(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url) as page:
        return page.status


def test_first_run_keeps_the_password_here_and_the_account_there(
    desk: RunningDesk, browser: Browser, office: Office
) -> None:
    url = link(browser, "first_run")
    assert url.startswith(f"{desk.site}/desk/enter?key=")
    before, after = asyncio.run(save_account(url, desk.site))
    assert re.search(r"([A-Z2-7]{4}-){13}[A-Z2-7]{4}", before), "the recovery key is shown"
    assert LOGIN in after
    assert PASSWORD not in after
    [account] = browser.expect(Accounts).accounts
    assert (account.carrier, account.origin, account.login) == (CARRIER, ORIGIN, LOGIN)
    [row] = office.call("GET", "/accounts")["accounts"]
    assert row["id"] == account.id
    assert PASSWORD not in json.dumps(office.call("GET", "/accounts"))
    files = [path for path in desk.home.rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if PASSWORD.encode() in path.read_bytes()] == []


def test_a_link_works_once_and_nothing_is_open_without_one(desk: RunningDesk, browser: Browser) -> None:
    for page in ("first_run", "diagnostics", "console"):
        url = link(browser, page)
        assert asyncio.run(get(url)) == 200
        assert asyncio.run(get(url)) == 410
    for path in ("/desk/diagnostics", "/desk/first_run", "/console/", "/console/proposals"):
        assert asyncio.run(get(desk.site + path)) in (401, 403), path


def test_chudan_console_prints_a_link(desktop: Desktop, desk: RunningDesk) -> None:
    command = [sys.executable, "-m", "companion", "console", "--no-show", "--home", str(desk.home)]
    told = subprocess.run(command, env=desktop.environment, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"{desk.site}/console/enter?key=")
    assert asyncio.run(get(told.stdout.strip())) == 200
    kept = json.loads(Home(desk.home).console_address.read_text())
    assert kept == {"address": desk.site}


def test_the_status_tells_how_everything_is(desk: RunningDesk, browser: Browser) -> None:
    def told_ok() -> Status | None:
        browser.send(StatusRequest(id=new_id()))
        told = browser.expect(Status)
        return told if told.office == "ok" else None

    told = until(told_ok, "the command channel stands")
    assert (told.office, told.office_detail, told.waiting, told.questions) == ("ok", "office_ok", 0, [])
    assert [(one.carrier, one.login) for one in told.sessions] == [(CARRIER, LOGIN)]
