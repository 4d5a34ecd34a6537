"""The hands: 去报价, 去核保 and the log-in, in real browsers, with a real keyring and the portal's ledger."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from scripts.bootstrap import ROOT
from scripts.stage import story
from scripts.stage.agreement import once
from scripts.stage.browser import Browser, Frame
from scripts.stage.clerk import PASSWORDS, Car
from scripts.stage.portal import LOGIN, LOGINS, account
from scripts.stage.theatre import CLERKS, Theatre
from scripts.stage.waiting import until
from tests import leaks
from tests.browser.conftest import BROWSERS, Stage
from tests.browser.test_main_job import KEPT

_KEEP = """
import asyncio, sys
from pathlib import Path
from companion.db.keying import open_keyring
from companion.desk.secrets import Secrets
from companion.home import Home
home, *account = sys.argv[1:5]
asyncio.run(Secrets(Home(Path(home)), open_keyring()).keep_password(*account, sys.stdin.read()))
"""
PINGAN_PASSWORDS = {"WANGLI001": "practice-01"}
FORMS: dict[str, dict[str, str]] = {
    "picc": {
        "login": "#loginCode",
        "password": "#loginPassword",
        "captcha": "#captchaCode",
        "submit": "#loginButton",
        "vin": "[id='prpCitemCar.vinNo']",
        "plate": "[id='prpCitemCar.licenseNo']",
        "phone": "[id='prpCinsureds[0].mobile']",
        "number": "[id='prpCproposalVo.proposalNo']",
    },
    "cpic": {
        "login": "#j_username",
        "password": "#j_password",
        "captcha": "#verifyCode",
        "submit": "#loginBtn",
        "vin": "#carVIN",
        "plate": "#plateNo",
        "phone": "#telephone",
        "number": "#quotationNo",
    },
    "pingan": {
        "login": "#username",
        "password": "#password",
        "captcha": "#randCode",
        "submit": "#loginBtn",
        "vin": "[name='vehicleFrameNo']",
        "plate": "[name='vehicleLicenceCode']",
        "phone": "[name='mobileTelephone']",
        "number": "[ng-model='query.documentNo']",
    },
}
DRAWN = "() => document.images.length > 0 && [...document.images].every((image) => image.naturalWidth > 0)"
VALUE = "(selector) => document.querySelector(selector)?.value ?? ''"


def keep_password(theatre: Theatre, login: str, password: str) -> None:
    """What the first-run page does: the password into this desktop's keyring."""
    words = [
        sys.executable,
        "-c",
        _KEEP,
        str(theatre.desk.home),
        theatre.carrier,
        theatre.portal.origin,
        login,
    ]
    subprocess.run(
        words,
        input=password,
        text=True,
        env=theatre.desk.environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
    )


def typed(theatre: Theatre, car: Car) -> str:
    """A proposal typed in the console and handed in for a quote; its id."""
    fields = {
        "carrier": theatre.carrier,
        "plate": car.plate,
        "vin": car.vin,
        "engine_number": car.engine,
        "brand_model": car.brand,
        "registered_on": car.registered,
        "insured": car.owner,
        "insured_id_number": car.identity,
        "insured_phone": car.phone,
        "submit": True,
    }
    return str(theatre.office.post("proposals", fields)["id"])


def press(theatre: Theatre, proposal: str | None, purpose: str, **more: Any) -> dict[str, Any]:
    """Press a button of the console, through the API."""
    path = f"proposals/{proposal}/visits" if proposal else "visits"
    visit: dict[str, Any] = theatre.office.post(path, {"purpose": purpose, **more})
    return visit


def visit_of(theatre: Theatre, proposal: str) -> dict[str, Any]:
    """The newest visit of a proposal."""
    rows: list[dict[str, Any]] = theatre.office.get(f"proposals/{proposal}/visits")["rows"]
    return rows[0]


def step(theatre: Theatre, proposal: str, wanted: str) -> dict[str, Any]:
    """The newest visit, once it has come so far."""

    def look() -> dict[str, Any] | None:
        row = visit_of(theatre, proposal)
        assert row["state"] != "failed" or wanted == "failed", row
        return row if row["step"] == wanted else None

    return until(look, f"the visit is {wanted}", 40)


def frames(browser: Browser, selector: str) -> list[Frame]:
    """The frames in which something stands, in whatever tab."""
    return [frame for tab in browser.tabs() for frame in tab.frames() if frame.has(selector)]


def frame_with(browser: Browser, selector: str) -> Frame:
    return until(lambda: next(iter(frames(browser, selector)), None), f"{selector} somewhere", 30)


def read_captcha(theatre: Theatre, browser: Browser) -> None:
    """The clerk types what the image shows and presses the log-in button; nothing else."""
    form = FORMS[theatre.carrier]
    frame = frame_with(browser, form["captcha"])
    until(lambda: frame.evaluate(VALUE, form["password"]) != "", "the password is filled in")
    until(lambda: frame.evaluate(DRAWN), "the captcha is drawn")
    frame.fill(form["captcha"], theatre.portal.captchas()[-1])
    frame.click(form["submit"])


def login_of(theatre: Theatre) -> tuple[str, str]:
    login = LOGINS.get(theatre.carrier, LOGIN)
    return login, (PASSWORDS | PINGAN_PASSWORDS)[login]


def quoted_and_filled(theatre: Theatre, browser: Browser, car: Car) -> str:
    """去报价 until the entry form is filled in; the proposal."""
    keep_password(theatre, *login_of(theatre))
    proposal = typed(theatre, car)
    press(theatre, proposal, "quote")
    step(theatre, proposal, "captcha_wanted")
    read_captcha(theatre, browser)
    row = step(theatre, proposal, "filled")
    assert row["missing"] == []
    return proposal


@pytest.mark.parametrize("kind", BROWSERS)
@pytest.mark.parametrize("carrier", sorted(CLERKS))
def test_the_entry_form_arrives_filled_in(stage: Stage, carrier: str, kind: str) -> None:
    theatre = stage(carrier=carrier)
    car = Car.invent()
    with theatre.browser(kind) as browser:
        proposal = quoted_and_filled(theatre, browser, car)
        form = FORMS[carrier]
        entry = frame_with(browser, form["vin"])
        shown = [entry.evaluate(VALUE, form[name]) for name in ("plate", "vin", "phone")]
        plate = f"{car.plate[:2]}-{car.plate[2:]}" if carrier == "pingan" else car.plate
        assert shown == [plate, car.vin, car.phone]
        assert [one["user"] for one in theatre.portal.ledger("login")] == [login_of(theatre)[0]]
        # Once more: no second log-in, and the tab that is there is taken.
        before = len(browser.tabs())
        press(theatre, proposal, "quote")
        until(
            lambda: len([s for s in _kinds(theatre, proposal) if s == "visit_filled"]) == 2,
            "filled again",
            40,
        )
        assert "visit_reused" in _kinds(theatre, proposal)
        assert len(browser.tabs()) == before
        assert len(theatre.portal.ledger("login")) == 1
        if (carrier, kind) in SAVED:
            _the_first_quote_in_the_tab_is_the_proposals(theatre, browser, car, proposal)
    theatre.desk.stop()
    _tells_nobody(theatre, car, kind)


SAVED = [("picc", "chromium"), ("cpic", "firefox"), ("pingan", "chromium")]
"""Where what was filled in is also saved."""


def _the_first_quote_in_the_tab_is_the_proposals(
    theatre: Theatre, browser: Browser, car: Car, proposal: str
) -> None:
    clerk, vin = theatre.clerk(browser), FORMS[theatre.carrier]["vin"]
    tab = next(tab for tab in browser.tabs() if any(one.has(vin) for one in tab.frames()))
    clerk.enter(tab, car)
    clerk.save(tab)
    save = story.saved(theatre, 0)
    story.told(theatre, save["numbers"][0], "asked_D1")
    clerk.answer("download_only")
    filed = story.filed(theatre, save["numbers"][0])
    assert filed["id"] == proposal
    assert {filed["plate"], filed["insured"]} == {save["plate"].replace("-", ""), save["insured"]}
    assert set(filed["numbers"]) == set(save["numbers"])
    assert once(theatre, save) == []
    assert "ticket_used" in _kinds(theatre, proposal)
    assert len(theatre.office.rows("proposals")) == 1


def test_a_car_typed_without_a_plate_is_known_by_its_vin(stage: Stage) -> None:
    theatre = stage(carrier="picc")
    car = Car.invent()
    with theatre.browser("chromium") as browser:
        proposal = quoted_and_filled(theatre, browser, replace(car, plate=""))
        clerk = theatre.clerk(browser)
        tab = next(
            tab for tab in browser.tabs() if any(one.has(FORMS["picc"]["vin"]) for one in tab.frames())
        )
        clerk.enter(tab, car)
        clerk.save(tab)
        save = story.saved(theatre, 0)
        story.told(theatre, save["numbers"][0], "asked_D1")
        clerk.answer("download_only")
        filed = story.filed(theatre, save["numbers"][0])
        assert (filed["id"], filed["plate"]) == (proposal, save["plate"].replace("-", ""))
        assert "ticket_used" in _kinds(theatre, proposal)
        assert len(theatre.office.rows("proposals")) == 1


def filed_by_hand(theatre: Theatre, browser: Browser) -> tuple[dict[str, Any], dict[str, Any]]:
    """A quote that the clerk made without us: the portal's record of it, and the proposal."""
    clerk = theatre.clerk(browser)
    clerk.log_in()
    save, _ = story.quote(theatre, clerk)
    clerk.answer("download_only")
    return save, story.filed(theatre, save["numbers"][0])


@pytest.mark.parametrize("kind", BROWSERS)
def test_two_numbers_stand_in_two_query_pages(stage: Stage, kind: str) -> None:
    theatre = stage(carrier="picc")
    with theatre.browser(kind) as browser:
        save, proposal = filed_by_hand(theatre, browser)
        press(theatre, proposal["id"], "underwrite")
        number = FORMS["picc"]["number"]

        def shown() -> bool:
            return {frame.evaluate(VALUE, number) for frame in frames(browser, number)} >= set(
                save["numbers"]
            )

        until(shown, "both numbers stand in query pages", 40)
        step(theatre, proposal["id"], "filled")
        assert len(theatre.portal.ledger("login")) == 1
        assert len(theatre.portal.ledger("query")) == len(_queries_before(theatre, save))


def _queries_before(theatre: Theatre, save: dict[str, Any]) -> list[dict[str, Any]]:
    """Queries are made to confirm, never by the filled page: the clerk presses search."""
    return [one for one in theatre.portal.ledger("query") if set(one["numbers"]) == set(save["numbers"])]


MARK = "div[style*='2147483646']"


@pytest.mark.parametrize("kind", BROWSERS)
def test_another_account_ends_the_session_and_marks_its_tabs(stage: Stage, kind: str) -> None:
    theatre = stage(carrier="cpic")
    theatre.office.post("accounts", account("cpic", theatre.portal.origin, "clerk02"))
    keep_password(theatre, "clerk02", PASSWORDS["clerk02"])
    with theatre.browser(kind) as browser:
        _, proposal = filed_by_hand(theatre, browser)
        second = next(one for one in theatre.office.get("accounts")["accounts"] if one["login"] == "clerk02")
        press(theatre, proposal["id"], "open", account=second["id"])
        step(theatre, proposal["id"], "captcha_wanted")
        frame_with(browser, MARK)
        read_captcha(theatre, browser)
        step(theatre, proposal["id"], "logged_in")
        told = [
            (one["what"], one["user"])
            for one in theatre.portal.ledger()
            if one["what"] in ("login", "logout")
        ]
        assert told == [("login", "clerk01"), ("logout", "clerk01"), ("login", "clerk02")]
        # The tab of before still shows its page; what is saved there now is not the first account's.
        stale = next(tab for tab in browser.tabs() if any(one.has(MARK) for one in tab.frames()))
        clerk = theatre.clerk(browser)
        clerk.change_price(stale, 91_000)
        clerk.save(stale)
        save = story.saved(theatre, 1)
        assert save["user"] == "clerk02"
        story.told(theatre, save["numbers"][0], "confirmed", times=2)
        read_by = [
            one["params"]["login"] for one in theatre.timeline(save["numbers"][0]) if "login" in one["params"]
        ]
        assert read_by[-1] == "clerk02"


def test_a_password_that_is_not_here_leaves_the_log_in_to_the_clerk(stage: Stage) -> None:
    theatre = stage(carrier="cpic")
    with theatre.browser("chromium") as browser:
        proposal = typed(theatre, Car.invent())
        press(theatre, proposal, "quote")
        row = step(theatre, proposal, "login_wanted")
        assert row["reason"] == "no_password"
        form = FORMS["cpic"]
        frame = frame_with(browser, form["captcha"])
        frame.fill(form["login"], "clerk01")
        frame.fill(form["password"], PASSWORDS["clerk01"])
        until(lambda: frame.evaluate(DRAWN), "the captcha is drawn")
        frame.fill(form["captcha"], theatre.portal.captchas()[-1])
        frame.click(form["submit"])
        assert step(theatre, proposal, "filled")["missing"] == []


def test_a_wrong_password_is_tried_once(stage: Stage) -> None:
    theatre = stage(carrier="cpic")
    keep_password(theatre, "clerk01", "not-the-password")
    with theatre.browser("chromium") as browser:
        proposal = typed(theatre, Car.invent())
        press(theatre, proposal, "quote")
        step(theatre, proposal, "captcha_wanted")
        read_captcha(theatre, browser)
        assert step(theatre, proposal, "login_wanted")["reason"] == "wrong_password"
        assert len(theatre.portal.ledger("login_refused")) == 1


def test_opening_opens_and_nothing_more(stage: Stage) -> None:
    theatre = stage(carrier="pingan")
    keep_password(theatre, *login_of(theatre))
    with theatre.browser("chromium") as browser:
        made = press(theatre, None, "open")
        assert made["purpose"] == "open"
        read_captcha(theatre, browser)
        until(lambda: theatre.portal.ledger("login"), "somebody is logged in", 30)
        assert theatre.portal.ledger("save") + theatre.portal.ledger("query") == []


def _kinds(theatre: Theatre, proposal: str) -> list[str]:
    return [one["kind"] for one in theatre.office.get(f"proposals/{proposal}")["timeline"]]


def _tells_nobody(theatre: Theatre, car: Car, kind: str) -> None:
    """The password stands nowhere but in the keyring; the car's people not in logs and browser."""
    secret = {"password": login_of(theatre)[1]}
    people = {"owner": car.owner, "identity": car.identity, "phone": car.phone}
    logs = [theatre.desk.home / "desk.log", theatre.desk.home / "daemon-errors.log"]
    kept = [place for pattern in KEPT[kind] for place in theatre.folder.glob(f"{kind}-profile/{pattern}")]
    assert len(kept) == len(KEPT[kind])
    for place in (*logs, *kept, theatre.desk.home):
        assert place.exists()
        assert leaks.in_files(place, secret | (people if place in (*logs, *kept) else {})) == []
