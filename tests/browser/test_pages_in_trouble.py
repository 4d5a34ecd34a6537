"""What clerks see on the way to work, and when something is not as it should be: pictures of it."""

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from scripts.bootstrap import ROOT
from scripts.stage import story
from scripts.stage.browser import Browser, Tab
from scripts.stage.chromium import chromium
from scripts.stage.clerk import PASSWORDS, Clerk, Shown, press
from scripts.stage.desk import Desk
from scripts.stage.desktop import private_desktop
from scripts.stage.portal import LOGIN, practice_portal
from scripts.stage.theatre import CARRIER
from scripts.stage.waiting import until
from tests.browser.conftest import Stage
from tests.browser.gallery import Gallery
from tests.browser.test_doctor import RECONNECT

OWN_WINDOW = (440, 430)
"""Pixels: what is left for a question in a window of our own beside the window's edges."""
_TEXT = "() => document.body.innerText"
_STATES = """() => [...document.querySelectorAll("#steps li")].map((step) => step.dataset.state).join(" ")"""

_CHOOSE = """(carrier) => {
    const field = document.getElementById("carrier");
    field.value = carrier;
    field.dispatchEvent(new Event("change", { bubbles: true }));
}"""


class Walk:
    """The welcome page and the popup side by side, from a fresh installation to work."""

    def __init__(self, browser: Browser, gallery: Gallery, locale: str) -> None:
        self._browser = browser
        words = ROOT / "extension" / "_locales" / locale / "messages.json"
        self._words = {key: text["message"] for key, text in json.loads(words.read_text()).items()}
        self._welcome = browser.open(browser.extension_url("welcome/welcome.html"))
        self._popup = browser.open(browser.extension_url("popup/popup.html"))
        self._gallery = gallery

    def comes_to(self, name: str, states: str, companion: str = "ok", why: str | None = None) -> None:
        """The steps come to these states and the lamp 本机助手 to this one; both pages are pictured.

        `why`: the key of the words that the welcome page must give for what is broken.
        """
        until(lambda: self._states_are(states), f"{name}: {states}")
        if why is not None:
            until(lambda: self._words[why] in self._welcome.main.evaluate(_TEXT), f"{name}: {why}")
        self._popup.goto(self._popup.main.url)  # which looks more seldom
        until(lambda: self._popup.main.has(f"[data-lamp=companion][data-state={companion}]"), f"{name}: lamp")
        done = states == " ".join(["done"] * 6)
        assert self._welcome.main.has("#end") == done
        self._gallery.take(f"welcome-{name}", self._welcome)
        self._gallery.take(f"popup-{name}", self._popup)

    def _states_are(self, states: str) -> bool:
        right = bool(self._welcome.main.evaluate(_STATES) == states)
        if not right:
            self._popup.main.evaluate(RECONNECT)  # instead of waiting for the next try
        return right

    def add_account(self, origin: str) -> None:
        """Follow the step's own button, and fill in the form it leads to."""
        self._welcome.main.click("[data-step=account] [data-verb=first_run]")
        form = until(lambda: _showing(self._browser, "/desk/first_run"), "the first-run page opens")
        until(lambda: form.main.has("#login"), "its form")
        assert form.main.evaluate("() => document.getElementById('carrier').value") == "", "nobody is guessed"
        form.main.evaluate(_CHOOSE, CARRIER)
        for field, text in {"#origin": origin, "#login": LOGIN, "#password": PASSWORDS[LOGIN]}.items():
            form.main.fill(field, text)
        form.main.click("form:has(#password) button.main")
        until(lambda: form.main.has("p.done"), "the account is saved")
        self._gallery.take("desk-first_run-saved", form)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_welcome_page_leads_from_installation_to_work(
    tmp_path: Path, packages: Path, locale: str
) -> None:
    gallery, profile = Gallery(locale, "chromium"), tmp_path / "profile"
    with ExitStack() as stack:
        desktop = stack.enter_context(private_desktop(tmp_path))
        desktop.environment.update({"LANGUAGE": locale, "CHUDAN_LOCALE": locale})
        portal = stack.enter_context(practice_portal(CARRIER, tmp_path))
        desk = Desk(tmp_path / "desk", desktop.environment)
        stack.callback(desk.stop)
        browser = stack.enter_context(
            chromium(packages / "practice" / "chromium", profile, desktop.environment)
        )
        walk = Walk(browser, gallery, locale)
        walk.comes_to("not-installed", "done broken later later later later", "broken", "why_host_missing")
        desk.install("chromium", profile)
        walk.comes_to("not-running", "done broken later later later later", "broken", "why_daemon_down")
        desk.start()
        walk.comes_to("no-account", "done done done now later later")
        walk.add_account(portal.origin)
        walk.comes_to("not-logged-in", "done done done done done now")
        Clerk(browser, portal.origin, LOGIN, captchas=portal.captchas).log_in()
        walk.comes_to("all-good", "done done done done done done")
    assert gallery.too_wide == []


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_question_without_a_page_has_a_window_of_its_own(stage: Stage, locale: str) -> None:
    theatre = stage(locale=locale)
    gallery = Gallery(locale, "chromium")
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        main = clerk.log_in()
        _, entry = story.quote(theatre, clerk)
        clerk.question()
        entry.close()
        main.close()
        asked = until(lambda: next(filter(_alone, clerk.questions()), None), "a window of its own")
        asked.tab.resize(*OWN_WINDOW)
        gallery.take("window-question", asked.tab)
        press(asked.frame, "[data-choice=yes]")
        gallery.take("window-customer", asked.tab)
        press(asked.frame, "[data-choice=back]")
        theatre.desk.stop()
        press(asked.frame, "[data-choice=download_only]")
        gallery.take("window-kept", asked.tab)
    assert gallery.too_wide == []


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_what_the_console_says_when_it_must_wait_or_refuse(stage: Stage, locale: str) -> None:
    theatre = stage(locale=locale)
    gallery = Gallery(locale, "chromium")
    theatre.portal.mood("logged_out")
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        story.told(theatre, save["numbers"][0], "waiting_session")
        link = theatre.desk.console()
        tab = browser.open(link)
        until(lambda: "/console/proposals" in tab.main.url, "the one-time link leads into the console")
        tab.goto(f"{tab.main.url.split('/console')[0]}/console/questions")
        gallery.take("console-questions-hint-waits", tab)
        tab.main.click("a[href*='/hints/']")
        until(lambda: "/hints/" in tab.main.url and tab.main.has(".timeline"), "the hint's own page")
        gallery.take("console-hint", tab)
        tab.goto(link)
        until(lambda: tab.main.has("section.empty h1"), "the link is refused")
        gallery.take("console-link-refused", tab)
    assert gallery.too_wide == []


def _alone(asked: Shown) -> bool:
    return "/ask/window.html" in asked.tab.main.url


def _showing(browser: Browser, path: str) -> Tab | None:
    return next((tab for tab in browser.tabs() if path in tab.main.url), None)
