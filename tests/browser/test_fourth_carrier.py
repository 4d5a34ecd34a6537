"""A portal of another style, known by a profile alone (docs/carriers.md): seen, asked, filed."""

from typing import Any

from scripts.stage import story
from scripts.stage.browser import Tab
from scripts.stage.clerk import PATIENCE, Car, Clerk
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import Stage
from tests.browser.lists.stage import BUTTON


def test_a_quote_is_seen_confirmed_by_a_walk_and_filed(stage: Stage) -> None:
    theatre = stage(carrier="haihe", rows=12)
    with theatre.browser("chromium") as browser:
        clerk = Clerk(browser, theatre.portal.origin, "clerk01", captchas=list)
        tab = browser.open(theatre.portal.origin)
        until(lambda: tab.main.has(".login-form"), "the log-in form")
        tab.main.fill("[name='username']", "clerk01")
        tab.main.fill("[name='password']", "practice-01")
        tab.main.click("[type='submit']")
        until(lambda: tab.main.has(BUTTON), "a button behind a row", PATIENCE)
        until(lambda: tab.main.evaluate(_BUTTONS) == 12, "one button behind every row", PATIENCE)
        save = quote(theatre, tab)
        clerk.answer("download_only")
        proposal = story.filed(theatre, save["numbers"][0])
        assert (proposal["plate"], proposal["insured"]) == (save["plate"], save["insured"])
        stored = [line["facts"] for line in proposal["lines"]]
        assert [{name: one[name] for name in save["lines"][0]} for one in stored] == save["lines"]
        assert proposal["vin"]
        assert theatre.portal.ledger("detail")[-1]["numbers"] == save["numbers"]
        assert not any("/quotes" in one.main.url for one in browser.tabs() if one.main.url != tab.main.url)


_BUTTONS = "() => document.querySelectorAll('[data-chudan-row]').length"


def quote(theatre: Theatre, tab: Tab) -> dict[str, Any]:
    """Enter a quote and save it; the portal's record of it."""
    car = Car.invent()
    tab.main.evaluate("() => { location.hash = '#/quote/new'; }")
    until(lambda: tab.main.has(".quote-form"), "the entry form")
    fields = {
        "plate": car.plate,
        "vin": car.vin,
        "engine": car.engine,
        "model": car.brand,
        "insured": car.owner,
        "identity": car.identity,
        "phone": car.phone,
        "start": "2026-12-24",
    }
    for name, text in fields.items():
        tab.main.fill(f"[name='{name}']", text)
    tab.main.click("[type='submit']")
    return story.saved(theatre, 0)
