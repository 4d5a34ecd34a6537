"""A portal that has changed, a newer profile that heals it, and a profile that is switched off."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from companion import carriers
from companion.home import Home
from scripts.stage.browser import Browser
from scripts.stage.clerk import PATIENCE, Car
from scripts.stage.story import saved
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import Stage
from tests.browser.lists.stage import BUTTON
from tests.browser.test_quick_download import LISTS, listed

CARRIER = "picc"
DRIFTED = "页面已改版，按钮已停用（不会误下载）"
REASON = "门户改版，核对中"
_STATUS = "async () => chrome.runtime.sendMessage({ what: 'status' })"
_KNOWN = """async (carrier) => {
    const { Delivered } = await import("/background/delivered.js");
    const shipped = await (await fetch(`/carriers/${carrier}/profile.json`)).json();
    return (await new Delivered().of(carrier, { profile: shipped, hash: "" }))?.hash ?? null;
}"""
_WAITING = """async () => {
    const { Queue } = await import("/background/queue.js");
    return (await new Queue().waiting()).length;
}"""


def outdated(packages: Path, folder: Path) -> Path:
    """Packages whose profile still knows the list by what it was called before the portal's last change."""
    shutil.copytree(packages / "practice", folder / "practice")
    file = folder / "practice" / "chromium" / "carriers" / CARRIER / "profile.json"
    profile = file.read_text(encoding="utf-8")
    assert '"#datagrid"' in profile
    file.write_text(profile.replace("#datagrid", "#proposalGrid"), encoding="utf-8")
    return folder


def test_a_delivered_profile_heals_a_renamed_selector_and_off_stops_all(
    stage: Stage, tmp_path: Path, packages: Path
) -> None:
    theatre = replace(stage(rows=5), packages=outdated(packages, tmp_path / "outdated"))
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        menu, search, rows_at = LISTS[CARRIER]
        clerk._frame(menu).click(menu)
        rows = clerk._frame(search)
        drift = until(lambda: next(iter(own(browser, _STATUS)["drifts"]), None), "the alarm", PATIENCE)
        assert (drift["carrier"], drift["what"]) == (CARRIER, "selector_gone")
        rows.click(search)
        until(lambda: rows.has(rows_at), "rows")
        assert not rows.has(BUTTON)
        assert DRIFTED in popup(browser)
        told = diagnostics(theatre, browser)
        assert (DRIFTED in told, drift["rule"] in told) == (True, True)

        newer = deliver(theatre)
        until(lambda: own(browser, _KNOWN, CARRIER) == newer, "the newer profile has come", PATIENCE)
        rows = listed(clerk, CARRIER)
        assert rows.has(BUTTON)
        told = diagnostics(theatre, browser)
        assert (DRIFTED in told, newer[:12] in told) == (False, True)

        theatre.desk.must("profiles", "off", CARRIER, REASON)
        until(lambda: own(browser, _STATUS)["off"], "the profile is off", PATIENCE)
        until(lambda: not rows.has(BUTTON), "the buttons are gone")
        assert REASON in popup(browser)
        clerk.quote(Car.invent())
        number = saved(theatre, 0)["numbers"][0]
        assert (own(browser, _WAITING), theatre.timeline(number)) == (0, [])

        theatre.desk.must("profiles", "on", CARRIER)
        until(lambda: not own(browser, _STATUS)["off"], "the profile is on again", PATIENCE)
        assert listed(clerk, CARRIER).has(BUTTON)
        assert theatre.timeline(number) == [], "what was saved meanwhile is not told later"


def own(browser: Browser, function: str, argument: str | None = None) -> Any:
    """What a page of the extension's own makes of a function."""
    tab = browser.open(browser.extension_url("options/options.html"))
    answer = tab.main.evaluate(function, argument)
    tab.close()
    return answer


def popup(browser: Browser) -> str:
    """What the popup says once it knows how everything is."""
    tab = browser.open(browser.extension_url("popup/popup.html"))
    until(lambda: tab.main.has("#lamps li + li"), "lamps")
    text = str(tab.main.evaluate("() => document.body.innerText"))
    tab.close()
    return text


def diagnostics(theatre: Theatre, browser: Browser) -> str:
    """What the desk's diagnostics say."""
    tab = browser.open(theatre.desk.console())
    until(lambda: "/console/" in tab.main.url, "the one-time link leads into the console")
    tab.close()
    tab = browser.open(browser.extension_url("options/options.html"))
    tab.main.evaluate("() => chrome.runtime.sendMessage({ what: 'console', page: 'diagnostics' })")
    tab.close()

    def look() -> str | None:
        for one in browser.tabs():
            if "/desk/diagnostics" in one.main.url and one.main.has("#report"):
                text = str(one.main.evaluate("() => document.body.innerText"))
                one.close()
                return text
        return None

    return until(look, "diagnostics")


def deliver(theatre: Theatre) -> str:
    """Lay the profile that fits the portal into the desk's directory; its hash."""
    shelf = Home(theatre.desk.home).profiles / CARRIER
    shelf.mkdir(parents=True)
    shutil.copy(carriers.FOLDER / CARRIER / "profile.json", shelf)
    return carriers.profiles()[CARRIER].hash
