"""The browser's own permission prompt, met with the store's package: at installation nothing is granted."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageStat

from scripts import package_extension as packing
from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.browser import Browser, Frame
from scripts.stage.chromium import chromium
from scripts.stage.firefox import Firefox, firefox
from scripts.stage.screen import Screen, screen
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import NeverHappenedError, until
from tests.browser.conftest import Stage
from tests.browser.gallery import SCREENSHOTS

WHOLE_WINDOW = (1400, 940)
"""Pixels: the view of our pictures with the browser's own edges around it."""
DIMMED = 0.75
"""A page behind a prompt is darker than this part of what it was."""
WHITE = 240
"""Brighter than this is no page behind a prompt."""
REST = 1.0
"""Seconds without a change after which a prompt is taken to be complete."""
WELCOME = "/welcome/welcome.html"
ALLOW = "[data-step=permission] [data-verb=allow]"
_STEP = """() => {
    const step = document.querySelector("[data-step=permission]");
    return [step.dataset.state, step.querySelector("p").textContent];
}"""
_GRANTED = "async () => (await (globalThis.browser ?? chrome).permissions.getAll()).origins"
_TAKE_BACK = """(pattern) => (globalThis.browser ?? chrome).permissions.remove({origins: [pattern]})"""
_LIVE = """async () => (await (globalThis.browser ?? chrome).runtime.sendMessage({what: "status"}))
    .live.map(({origin}) => origin)"""
_SAYS = """() => PopupNotifications.panel.firstElementChild.getAttribute("name") + ": " +
    document.getElementById("addon-webext-perm-list-required").textContent"""
_PRESS = "(button) => PopupNotifications.panel.firstElementChild?.[button].click()"
_ASK_UNPRESSED = """(pattern) => (globalThis.browser ?? chrome).permissions.request({origins: [pattern]})
    .then((allowed) => (allowed ? "granted" : "refused"), () => "refused")"""


def unpacked(kind: packing.Browser, folder: Path) -> Path:
    """The store's package, as a clerk has it.

    Chromium gives one that is loaded unpacked the id of its `key`; without it, no native host would know it.
    A store gives the id itself and forbids the key: nothing else is added.
    """
    package = packing.build("store", kind, folder)
    written = package / "manifest.json"
    manifest = json.loads(written.read_text(encoding="utf-8"))
    assert not {"key", "host_permissions", "content_scripts"} & manifest.keys()
    if kind == "chromium":
        source = json.loads((packing.SOURCE / "manifest.json").read_text(encoding="utf-8"))
        written.write_text(json.dumps(manifest | {"key": source["key"]}), encoding="utf-8")
    return package


def set_up(theatre: Theatre, kind: packing.Browser) -> tuple[Path, Path]:
    """The store's package, and a profile for which the native host is registered."""
    profile = theatre.folder / f"{kind}-profile"
    profile.mkdir()
    theatre.desk.install(kind, profile)
    return unpacked(kind, theatre.folder / "unpacked"), profile


def welcomed(browser: Browser) -> Frame:
    """The page that opens by itself after the installation, come as far as the permission."""

    def look() -> Frame | None:
        pages = [tab.main for tab in browser.tabs() if WELCOME in tab.main.url]
        return next((page for page in pages if page.has(ALLOW)), None)

    return until(look, "the welcome page asks to be allowed")


def assert_shut_out(theatre: Theatre, browser: Browser, page: Frame) -> None:
    """Nothing is allowed, nothing stands in any page, and the welcome page says what to do."""
    host = theatre.portal.origin.removeprefix("http://")
    assert page.evaluate(_GRANTED) == []
    assert browser.registered() == []
    state, told = page.evaluate(_STEP)
    assert (state, told) == ("now", f"还不能访问 {host}，请允许")
    assert page.has(ALLOW)


def assert_let_in(theatre: Theatre, browser: Browser, page: Frame) -> None:
    """Exactly the portal is allowed, page scripts stand ready for it, and the welcome page goes on."""
    until(lambda: browser.registered() == [theatre.portal_pattern], "page scripts for the portal alone")
    assert page.evaluate(_GRANTED) == [theatre.portal_pattern]
    until(lambda: page.evaluate(_STEP) == ["done", "已允许"], "the welcome page knows")
    assert not page.has(ALLOW)


def save_a_quote(theatre: Theatre, browser: Browser) -> None:
    """What it was all for: a save in the portal gives the question, and the answer files it."""
    clerk = theatre.clerk(browser)
    clerk.log_in()
    save, _ = story.quote(theatre, clerk)
    clerk.answer("download_only")
    story.filed(theatre, save["numbers"][0])
    assert disagreements(theatre, save) + once(theatre, save) == []


def assert_taken_back(theatre: Theatre, browser: Browser, page: Frame) -> None:
    """Without the permission the portal's open page is none of ours any more: nobody is asked there."""
    assert page.evaluate(_LIVE) == [theatre.portal.origin]
    page.evaluate(_TAKE_BACK, theatre.portal_pattern)
    until(lambda: page.evaluate(_LIVE) == [], "the session is over")
    assert browser.registered() == []


def brightness(shown: Screen) -> float:
    """How bright the whole screen is."""
    return float(ImageStat.Stat(shown.picture().convert("L")).mean[0])


class Prompt:
    """The browser's prompt, brought up by a press of 允许访问; the page behind it grows dark."""

    def __init__(self, page: Frame, shown: Screen) -> None:
        self._screen = shown
        self._dark = brightness(shown) * DIMMED
        page.click(ALLOW)
        until(lambda: brightness(shown) < self._dark, "the browser asks")
        self.picture = self._at_rest()

    def grant(self) -> None:
        """Go from 拒绝, which has the focus, to 允许 by one press: a second would go further."""
        self._screen.press("Tab")
        until(
            lambda: self._prompt(self._screen.picture()) != self._prompt(self.picture), "the focus moves on"
        )
        self._press("Return", self._gone, "granted")

    def refuse(self) -> None:
        """Send it away."""
        self._press("Escape", self._gone, "refused")

    def _press(self, key: str, works: Callable[[], bool], what: str) -> None:
        """Press until it works: a prompt that has only just appeared takes no press."""

        def pressed() -> bool:
            self._screen.press(key)
            try:
                return until(works, what, 1)
            except NeverHappenedError:
                return False

        until(pressed, what)

    def _prompt(self, shown: Image.Image) -> Image.Image:
        """What a picture shows where the prompt stands: it alone is white."""
        white = self.picture.convert("L").point([255 * (shade > WHITE) for shade in range(256)])
        return shown.crop(white.getbbox())

    def _gone(self) -> bool:
        return brightness(self._screen) > self._dark

    def _at_rest(self) -> Image.Image:
        """How it looks when it has stopped changing: 允许 can be chosen only some time after it appears."""
        still, since = self._screen.picture(), time.monotonic()

        def look() -> bool:
            nonlocal still, since
            now = self._screen.picture()
            if now != still:
                still, since = now, time.monotonic()
            return time.monotonic() - since > REST

        until(look, "the prompt is at rest")
        return still


class Doorhanger:
    """Firefox's prompt, brought up the same way. Its buttons are out of any hand's reach without a screen."""

    def __init__(self, page: Frame, browser: Firefox) -> None:
        self._browser = browser
        page.click(ALLOW)
        until(lambda: self._state() == "open", "the browser asks")

    def says(self) -> str:
        """Whom it asks to let in where."""
        return str(self._browser.in_own_window(_SAYS))

    def press(self, button: str) -> None:
        """Press `button` or `secondaryButton` until it works: a prompt takes no press at first."""

        def pressed() -> bool:
            self._browser.in_own_window(_PRESS, button)
            return self._state() == "closed"

        until(pressed, f"{button} works")

    def _state(self) -> str:
        return str(self._browser.in_own_window("() => PopupNotifications.panel.state"))


def test_chromium_asks_and_keeps_to_the_answer(stage: Stage, tmp_path: Path) -> None:
    theatre = stage()
    with screen(tmp_path / "xvfb.log", WHOLE_WINDOW) as shown:
        environment = theatre.desktop.environment | {"DISPLAY": shown.display}
        with chromium(*set_up(theatre, "chromium"), environment, headed=True) as browser:
            page = welcomed(browser)
            assert_shut_out(theatre, browser, page)
            prompt = Prompt(page, shown)
            picture = SCREENSHOTS / "chromium" / "zh_CN" / "permission-prompt.png"
            picture.parent.mkdir(parents=True, exist_ok=True)
            prompt.picture.save(picture)
            prompt.refuse()
            assert_shut_out(theatre, browser, page)

            Prompt(page, shown).grant()
            assert_let_in(theatre, browser, page)
            save_a_quote(theatre, browser)
            assert_taken_back(theatre, browser, page)


def test_firefox_asks_and_keeps_to_the_answer(stage: Stage) -> None:
    theatre = stage()
    with firefox(*set_up(theatre, "firefox"), theatre.desktop.environment) as browser:
        page = welcomed(browser)
        assert page.evaluate(_ASK_UNPRESSED, theatre.portal_pattern) == "refused"
        assert_shut_out(theatre, browser, page)
        doorhanger = Doorhanger(page, browser)
        assert doorhanger.says() == "出单助手: 访问您用于 picc.localhost 域名的网站的数据"
        doorhanger.press("secondaryButton")
        assert_shut_out(theatre, browser, page)

        Doorhanger(page, browser).press("button")
        assert_let_in(theatre, browser, page)
