"""Quick downloads (I-6) from the lists of the practice portals, compared with the portals' own ledgers."""

from typing import Any

import pytest

from scripts.stage import story
from scripts.stage.browser import Frame, Tab
from scripts.stage.clerk import PATIENCE, Clerk
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS, Stage
from tests.browser.gallery import SCREENSHOTS
from tests.browser.lists.hand import press
from tests.browser.lists.stage import BUTTON, form

LISTS = {
    "picc": ("#menuQuery", "#buttonQuery", "#datagrid tr.datagrid-row"),
    "cpic": (
        "#mainMenu a[href$='quotation_search.html']",
        "#queryBtn",
        "#searchTable tbody tr:not(.nonmotor)",
    ),
    "pingan": ("[ng-click=\"go('workbench')\"]", "[ng-click='search()']", "tr.list-row"),
}
"""Of each portal's list of proposals: the menu's entry, the search button, the rows to be downloaded."""
_READY = "(at) => !document.querySelector(at).disabled"
_BUTTONS = """(at) => [...document.querySelectorAll(at)]
    .map((row) => row.querySelectorAll("[data-chudan-row]").length)"""
_TEXTS = "(at) => [...document.querySelectorAll(at)].map((row) => row.textContent)"
_NUMBERS = "() => [...document.querySelectorAll('dd')].map((one) => one.textContent)"
_MARK = """({at, text, name}) => {
    for (const row of document.querySelectorAll(at))
        row.id = row.textContent.includes(text) ? name : "";
    return document.getElementById(name) !== null;
}"""
"""Gives the one row with this text a name."""


@pytest.mark.parametrize("kind", BROWSERS)
def test_proposal_policy_and_deleted_row(stage: Stage, kind: str) -> None:
    """PICC: a proposal's data, a policy's data and both files, and D8 by the portal's query."""
    theatre = stage(rows=40)
    with theatre.browser(kind) as browser:
        clerk = theatre.clerk(browser)
        tab = clerk.log_in()
        save, entry = story.quote(theatre, clerk)
        clerk.answer("cancel")
        entry.close()  # a page behind it is hidden, and has no buttons
        rows = listed(clerk, "picc")
        one_button_per_row(rows, "picc")

        number = save["numbers"][0]
        quick(tab, rows, "picc", number, salesperson="示范员", channel="电话")
        [row] = ended(theatre, 1)
        assert (row["kind"], row["source"], row["state"]) == ("proposal", "quick_proposal", "done")
        assert number in row["proposal_numbers"]
        proposal = theatre.office.proposal_of(number)
        assert proposal is not None
        assert proposal["plate"] == save["plate"]

        policy = next(text for text in rows.evaluate(_TEXTS, LISTS["picc"][2]) if "PD" in text)
        asked = quick(tab, rows, "picc", policy[policy.index("PD") :][:22])
        downloads = ended(theatre, 4)[:3]
        assert {(row["kind"], row["source"], row["state"]) for row in downloads} == {
            (what, "quick_policy", "done") for what in ("proposal", "policy", "e_policy")
        }
        assert {number for row in downloads for number in row["policy_numbers"]} == {asked}
        given = theatre.portal.ledger("download")
        assert [event["numbers"] for event in given] == [[asked]] * 2

        _delete(rows, save["numbers"][1])
        assert story.happened(theatre, "delete")["numbers"] == [save["numbers"][1]]
        quick(tab, rows, "picc", save["numbers"][1])
        alert = form(tab)
        assert "已在保险公司删除" in alert.evaluate("() => document.body.innerText")
        tab.screenshot(SCREENSHOTS / kind / "zh_CN" / "quick-deleted.png")
        press(alert, "quick_understood")
        assert len(theatre.office.rows("downloads")) == 4, "nothing was downloaded of what is deleted"


@pytest.mark.parametrize(("carrier", "mood"), [("cpic", ""), ("cpic", "encrypted"), ("pingan", "busy_grid")])
def test_the_lists_of_the_other_portals(stage: Stage, carrier: str, mood: str) -> None:
    """Rows with their data in attributes, a virtual list with columns of its own, a grid that never rests."""
    theatre = stage(carrier=carrier, rows=40)
    if mood:
        theatre.portal.mood(mood)
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        tab = clerk.log_in()
        rows = listed(clerk, carrier)
        if mood == "encrypted":
            rows.evaluate("() => document.querySelector('#searchGrid').scrollTo(0, 300)")
        else:
            one_button_per_row(rows, carrier)
        tab.screenshot(SCREENSHOTS / "chromium" / "zh_CN" / f"quick-{carrier}{'-' * bool(mood)}{mood}.png")
        rows.click(BUTTON)
        numbers = sent(tab)
        downloads = ended(theatre, 1)
        assert {row["state"] for row in downloads} == {"done"}
        known = {number for row in downloads for number in row["proposal_numbers"] + row["policy_numbers"]}
        assert set(numbers) <= known | quoted(theatre, downloads[0])


def listed(clerk: Clerk, carrier: str) -> Frame:
    """Open the list of proposals and search; the document where rows have buttons."""
    menu, search, _ = LISTS[carrier]
    clerk._frame(menu).click(menu)
    rows = clerk._frame(search)
    until(lambda: rows.evaluate(_READY, search), "the search is ready")
    rows.click(search)
    until(lambda: rows.has(BUTTON), "a button behind a row", PATIENCE)
    return rows


def one_button_per_row(rows: Frame, carrier: str) -> None:
    """Wait until every row has its button, and none has two."""
    until(lambda: set(rows.evaluate(_BUTTONS, LISTS[carrier][2])) == {1}, "one button behind every row")


def quick(tab: Tab, rows: Frame, carrier: str, number: str, **fields: str) -> str:
    """Press the button behind the row with this number and download; the first number the form shows."""
    mark = {"at": LISTS[carrier][2], "text": number, "name": "wanted"}
    until(lambda: rows.evaluate(_MARK, mark), f"a row with {number}")
    rows.click(f"#wanted {BUTTON}")
    return sent(tab, **fields)[0]


def sent(tab: Tab, **fields: str) -> list[str]:
    """Fill in the form and send it; the numbers that it shows."""
    asked = form(tab)
    address = asked.url
    numbers: list[str] = asked.evaluate(_NUMBERS)
    for name, text in fields.items():
        asked.fill(f"#quick_{name}", text)
    press(asked, "quick_download")
    # An alert may stand there at once.
    until(lambda: all(frame.url != address for frame in tab.frames()), "the form goes", PATIENCE)
    return numbers


def ended(theatre: Theatre, count: int) -> list[dict[str, Any]]:
    """The download log, newest first, once it has so many rows and all have ended."""

    def look() -> list[dict[str, Any]] | None:
        rows = theatre.office.rows("downloads")
        over = all(row["state"] in ("done", "failed") for row in rows)
        return rows if len(rows) >= count and over else None

    return until(look, f"{count} downloads have ended", 60)


def quoted(theatre: Theatre, row: dict[str, Any]) -> set[str]:
    """The quotations under which the lines of a download were saved."""
    proposal = theatre.office.proposal_of(row["proposal_numbers"][0])
    assert proposal is not None
    return {line["facts"]["quote_number"] for line in proposal["lines"]} - {None}


def _delete(rows: Frame, number: str) -> None:
    """Press 删除 in a row of the list, and confirm."""
    mark = {"at": LISTS["picc"][2], "text": number, "name": "unwanted"}
    until(lambda: rows.evaluate(_MARK, mark), f"a row with {number}")
    rows.click("#unwanted td:last-child a:last-of-type")
    deleted = {"at": ".row-deleted", "text": number, "name": "deleted"}
    until(lambda: rows.evaluate(_MARK, deleted), f"{number} is listed as deleted")
