"""Every page, popup and question in both languages: pictures, and nothing wider than the window."""

from functools import partial

import pytest

from scripts.stage import story
from scripts.stage.browser import Browser, Tab
from scripts.stage.clerk import press
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import Stage
from tests.browser.gallery import Gallery

DRAWN = {"popup": "#lamps li + li", "welcome": "#steps li + li", "options": "#portals li"}
"""What stands in the extension's pages once they know how everything is."""
ROOMS = ["proposals", "questions", "downloads", "notifications"]


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_page_fits_the_window(stage: Stage, locale: str) -> None:
    theatre = stage(locale=locale)
    gallery = Gallery(locale, "chromium")
    with theatre.browser("chromium") as browser:
        _console(theatre, browser, gallery, "empty")
        _extension(browser, gallery, "no-session")
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, _ = story.quote(theatre, clerk)
        asked = clerk.question()
        gallery.take("question", asked.tab)
        _extension(browser, gallery, "question-waits")
        _console(theatre, browser, gallery, "question-waits")
        press(asked.frame, "[data-choice=yes]")
        gallery.take("question-customer", asked.tab)
        press(asked.frame, "[data-choice=back]")
        clerk.answer("yes", customer="示范客户", phone="13900000001")
        proposal = story.filed(theatre, save["numbers"][0])
        origin = _console(theatre, browser, gallery, "one-job")
        _proposal(browser, gallery, f"{origin}/console/proposals/{proposal['id']}")
        _extension(browser, gallery, "one-job")
        _desk(browser, gallery)
    assert gallery.too_wide == []


def test_firefox_draws_the_same(stage: Stage) -> None:
    theatre = stage()
    gallery = Gallery("zh_CN", "firefox")
    with theatre.browser("firefox") as browser:
        _extension(browser, gallery, "no-session")
        clerk = theatre.clerk(browser)
        clerk.log_in()
        story.quote(theatre, clerk)
        gallery.take("question", clerk.question().tab)
        _console(theatre, browser, gallery, "question-waits")
    assert gallery.too_wide == []


def _console(theatre: Theatre, browser: Browser, gallery: Gallery, state: str) -> str:
    """Picture every room; the console's origin."""
    tab = browser.open(theatre.desk.console())
    until(lambda: "/console/proposals" in tab.main.url, "the one-time link leads into the console")
    origin = tab.main.url.split("/console")[0]
    for room in ROOMS:
        tab.goto(f"{origin}/console/{room}")
        gallery.take(f"console-{room}-{state}", tab)
    tab.close()
    return origin


def _proposal(browser: Browser, gallery: Gallery, url: str) -> None:
    tab = browser.open(url)
    gallery.take("console-proposal", tab)
    tab.close()


def _extension(browser: Browser, gallery: Gallery, state: str) -> None:
    for page, drawn in DRAWN.items():
        tab = browser.open(browser.extension_url(f"{page}/{page}.html"))
        until(partial(tab.main.has, drawn), f"{page} is drawn")
        gallery.take(f"{page}-{state}", tab)
        tab.close()


def _desk(browser: Browser, gallery: Gallery) -> None:
    """Picture the desk's own pages, which the extension opens by one-time links."""
    for page in ("first_run", "diagnostics"):
        opener = browser.open(browser.extension_url("options/options.html"))
        opener.main.evaluate(
            "(page) => (globalThis.browser ?? chrome).runtime.sendMessage({what: 'console', page})", page
        )
        tab = until(partial(_showing, browser, f"/desk/{page}"), f"{page} opens")
        gallery.take(f"desk-{page}", tab)
        opener.close()


def _showing(browser: Browser, path: str) -> Tab | None:
    return next((tab for tab in browser.tabs() if path in tab.main.url), None)
