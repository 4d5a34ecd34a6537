"""Profiles of a real daemon: told at hello and on change, switched by command, shown in diagnostics."""

import json
from pathlib import Path

from companion import carriers
from companion.home import Home
from companion.protocol import Drift, Profiles
from scripts.stage.desktop import Desktop
from tests.desk.browser import CARRIER, Browser
from tests.desk.pages import link, page
from tests.desk.running import RunningDesk
from tests.desk.test_cli import chudan


async def test_off_on_and_newer_reach_a_browser_that_is_there(
    desktop: Desktop, desk: RunningDesk, browser: Browser
) -> None:
    here = ("--home", str(desk.home))
    assert browser.expect(Profiles) == Profiles(profiles=[], off=[])
    told = chudan(desktop, "profiles", "off", CARRIER, "门户改版，核对中", *here)
    assert (told.returncode, "门户改版" in told.stdout) == (0, True), told.stderr
    (off,) = browser.expect(Profiles).off
    assert (off.carrier, off.reason) == (CARRIER, "门户改版，核对中")
    listed = chudan(desktop, "profiles", "list", *here).stdout
    assert [CARRIER in line for line in listed.splitlines() if "门户改版" in line] == [True]
    await diagnostics_say(browser, desk, "门户改版，核对中")
    with Browser(desk.socket) as late:
        assert late.hello().expect(Profiles).off == [off]
    assert chudan(desktop, "profiles", "on", CARRIER, *here).returncode == 0
    assert browser.expect(Profiles).off == []
    shelf = Home(desk.home).profiles / CARRIER
    shelf.mkdir()
    text = newer()
    (shelf / "profile.json").write_text(text, encoding="utf-8")
    (delivered,) = browser.expect(Profiles).profiles
    assert (delivered.carrier, delivered.text) == (CARRIER, text)


async def test_a_drift_stands_in_the_diagnostics_with_its_rule(desk: RunningDesk, browser: Browser) -> None:
    own = carriers.profiles()[CARRIER].hash
    browser.send(Drift(at=1, carrier=CARRIER, profile=own, what="selector_gone", rule="pages.list.always.0"))
    shown = await diagnostics_say(browser, desk, "页面已改版，按钮已停用（不会误下载）")
    assert "pages.list.always.0" in shown
    assert f"drift 1970-01-01T00:00:00Z {CARRIER} selector_gone pages.list.always.0" in shown


def test_what_cannot_be_switched_or_used_is_said(desktop: Desktop, tmp_path: Path) -> None:
    here = ("--home", str(tmp_path / "desk"))
    nobody = chudan(desktop, "profiles", "off", "nobody", "x", *here)
    assert (nobody.returncode, CARRIER in nobody.stderr) == (2, True)
    assert chudan(desktop, "profiles", "off", CARRIER, " ", *here).returncode == 2
    shelf = Home(tmp_path / "desk").profiles / CARRIER
    shelf.mkdir(parents=True)
    (shelf / "profile.json").write_text("{}", encoding="utf-8")
    listed = chudan(desktop, "profiles", "list", *here)
    assert (listed.returncode, CARRIER in listed.stderr) == (10, True)


def newer() -> str:
    profile = json.loads((carriers.FOLDER / CARRIER / "profile.json").read_bytes())
    profile["names"]["en"] = "Newer"
    return json.dumps(profile, ensure_ascii=False)


async def diagnostics_say(browser: Browser, desk: RunningDesk, words: str) -> str:
    """The diagnostics page, which says so. What was sent before is taken before the link is asked for."""
    shown = await page(link(browser, "diagnostics"), f"{desk.site}/desk/diagnostics")
    assert words in shown
    return shown
