"""The buttons behind rows (I-6), in lists of every kind, in both browsers; the pages are our own (lists/)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS
from tests.browser.gallery import SCREENSHOTS, Gallery
from tests.browser.lists.hand import (
    download,
    filled,
    focused,
    in_our_world,
    news,
    no_form,
    note,
    open_form,
    own_window,
    press,
    pressed_away,
    proposal,
    said,
    shows,
)
from tests.browser.lists.stage import BUTTON, Lists, form, lists

TURN = """(state) => {
    Object.defineProperty(document, "visibilityState", { get: () => state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
"""Has our scripts believe that the page is hidden, or seen."""
COVERED = """() => new Promise((covered) => {
    const options = { trackVisibility: true, delay: 100, threshold: [0.5, 1] };
    new IntersectionObserver((entries, observer) => {
        if (entries.at(-1).isVisible) return;
        observer.disconnect();
        setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(covered)), 2 * options.delay);
    }, options).observe(document.querySelector("#card"));
})"""
"""Waits until the form knows that it is covered: each observer of it looks at most once per delay."""
IDLE, WAITING = "便捷下载", "待下载"


@pytest.fixture(scope="module", params=BROWSERS)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lists]:
    """A browser with our scripts, for all tests here."""
    with lists(tmp_path_factory.mktemp(request.param), request.param) as made:
        yield made


@pytest.fixture
def stand(running: Lists) -> Lists:
    """Our scripts in a browser, as if nothing had been pressed before."""
    for tab in running.browser.tabs()[1:]:
        tab.close()
    running.ask("lists_reset")
    return running


def test_one_button_per_row_whatever_the_page_does_to_its_rows(stand: Lists) -> None:
    """Filled, made anew, sorted by moving, paged, one by one, cells put into a row, copies, 10,000 rows."""
    page = stand.open().main
    for doing in (
        "fill(0, 25)",
        "fill(0, 25)",
        "turn()",
        "fill(25, 25)",
        "body.append(rowOf(90)), body.prepend(rowOf(91))",
        "body.rows[3].replaceChildren(...rowOf(92).cells)",
        "body.prepend(body.rows[2].cloneNode(true)), body.rows[3].cells[0].textContent = proposal(93)",
        "copy()",
        "fill(0, 10000)",
        "scrollTo(0, 40000)",
        "scrollTo(0, 90000)",
        "scrollTo(0, 140000)",
        "scrollTo(0, 190000)",
        "turn()",
        "scrollTo(0, 1e9)",
        "body.append(...range(10000, 5).map(rowOf)), scrollTo(0, 1e9)",
        "scrollTo(0, 0)",
    ):
        page.evaluate(f"() => {{ {doing}; }}")
        until(lambda: page.evaluate("() => inView().length > 0 && wrong().length === 0"), doing)
        assert page.evaluate("() => Object.values(said()).filter((words) => words === 'dead')") == []
    assert page.evaluate("() => hosts().length") <= 170, "rows far out of view keep no button"


def test_rows_recycled_by_a_virtual_list_show_what_they_are_now(stand: Lists) -> None:
    tab = stand.open()
    tab.main.evaluate("() => virtual(10000)")
    request = download(stand, tab, proposal(2))
    stand.ask("lists_told", news=news(request, "running", percent=42))
    shows(tab, proposal(2), "下载中 42 %")
    tab.main.evaluate("() => document.getElementById('window').scrollTo(0, 29 * 5000)")
    until(lambda: proposal(5000) in tab.main.evaluate("said"), "scrolled")
    assert set(tab.main.evaluate("said").values()) == {IDLE}
    tab.main.evaluate("() => document.getElementById('window').scrollTo(0, 0)")
    shows(tab, proposal(2), "下载中 42 %")
    assert tab.main.evaluate("() => hosts().length") == 20


def test_where_a_cell_has_no_room_the_button_is_a_sign(stand: Lists) -> None:
    """A cell that hides what is too wide would hide the button; its words then stand in its title."""
    tab = filled(stand, 5)
    assert said(tab, proposal(1)) == IDLE
    tab.goto(stand.origin + "/list")
    tab.main.evaluate("() => { document.getElementById('list').className = 'tight'; fill(0, 5); }")
    shows(tab, proposal(1), "↓")
    title = tab.main.evaluate("() => hosts()[1].dataset.title")
    assert title == "便捷下载投保单"
    fits = "() => hosts().every((host) => host.parentElement.scrollWidth <= host.parentElement.clientWidth)"
    until(lambda: tab.main.evaluate(fits), "nothing is hidden")


def test_a_page_that_shows_no_list_has_nothing_of_ours(stand: Lists) -> None:
    page = stand.open("/other").main
    page.evaluate("() => fill(0, 25)")
    filled(stand)  # a list has long got its buttons
    assert page.evaluate("() => hosts().length") == 0


def test_a_press_asks_and_the_clerk_decides(stand: Lists, request: pytest.FixtureRequest) -> None:
    """D7: what the row is, four optional fields; nothing leaves before the clerk says so; then its state."""
    tab = filled(stand)
    asked = open_form(tab, proposal(3))
    words = asked.evaluate("() => document.body.innerText")
    assert "便捷下载保单" in words
    assert f"PDAA{3:018}" in words
    assert proposal(3) in words
    press(asked, "choice_cancel")
    until(lambda: no_form(tab), "the form goes")
    assert stand.ask("lists_state")["sent"] == []

    number = download(stand, tab, proposal(4), salesperson="示范员", channel="电话")
    state = stand.ask("lists_state")
    assert state["sent"] == [], "what may name a person is not written down in the browser"
    [sent] = state["express"]
    assert sent["fields"] == {"salesperson": "示范员", "channel": "电话"}
    assert sent["row"] == {"numbers": [proposal(4)], "policy_number": None}
    for told, shown in (
        (news(number, "running", percent=7), "下载中 7 %"),
        (news(number, "done"), "✓ 成功"),
        (news(number, "failed", reason="portal_failed"), "失败：系统出错"),
    ):
        stand.ask("lists_told", news=told)
        shows(tab, proposal(4), shown)
    assert tab.main.evaluate("() => heard") == [], "the page heard of no press"
    again = open_form(tab, proposal(4))
    assert "上次下载失败" in again.evaluate("() => document.body.innerText")
    kind = request.node.callspec.params["running"]
    tab.screenshot(SCREENSHOTS / kind / "zh_CN" / "quick-download.png")


def test_deleted_is_an_alert_beside_its_row(stand: Lists) -> None:
    tab = filled(stand)
    number = download(stand, tab, proposal(1))
    stand.ask("lists_told", news=news(number, "failed", reason="deleted"))
    alert = form(tab)
    assert "已在保险公司删除" in alert.evaluate("() => document.body.innerText")
    assert alert.evaluate("() => document.querySelector('#card').getAttribute('role')") == "alertdialog"
    press(alert, "quick_understood")
    until(lambda: no_form(tab), "the alert goes")
    assert said(tab, proposal(1)) == "失败：已删除"


def test_the_identity_is_fixed_at_the_press_and_read_again_before_anything_is_sent(stand: Lists) -> None:
    tab = filled(stand)
    asked = open_form(tab, proposal(1))
    tab.main.evaluate("() => { body.rows[1].cells[1].firstChild.nodeValue = `PDAA${pad(7, 18)}`; }")
    press(asked, "quick_download")
    until(lambda: "刚刚变了" in note(asked), "the row has changed")
    assert asked.evaluate("() => document.querySelector('[data-quick=quick_download]').disabled")
    press(asked, "choice_cancel")
    until(lambda: no_form(tab), "the form goes")

    asked = open_form(tab, proposal(2))
    tab.main.evaluate("() => fill(25, 25)")
    press(asked, "quick_download")
    until(lambda: "已没有这一行" in note(asked), "the row is gone")
    assert stand.ask("lists_state")["sent"] == []
    press(asked, "quick_download")
    [sent] = until(lambda: stand.ask("lists_state")["sent"] or None, "sent when the clerk insists")
    assert sent["row"]["numbers"] == [proposal(2)]


def test_a_grid_that_is_made_anew_four_times_a_second_still_takes_a_press(stand: Lists) -> None:
    tab = stand.open()
    tab.main.evaluate("() => busy(0, 25)")
    download(stand, tab, proposal(5))
    shows(tab, proposal(5), WAITING)
    tab.main.evaluate("calm")
    assert stand.ask("lists_state")["sent"][0]["row"]["numbers"] == [proposal(5)]


def test_by_keyboard_alone(stand: Lists) -> None:
    """Tab reaches the button, Enter opens the form with the focus on 下载, Escape gives the focus back."""
    tab = filled(stand)
    tab.main.click("h1")
    tab.main.press("Tab")
    assert focused(tab) == [proposal(0)]
    tab.main.press("Tab")
    assert focused(tab) == [proposal(1)]
    tab.main.evaluate("() => fill(0, 25)")
    until(lambda: focused(tab) == [proposal(1)], "a row that is made anew keeps the focus")
    tab.main.press("Enter")
    asked = form(tab)
    until(
        lambda: (
            asked.evaluate("() => document.hasFocus() && document.activeElement.dataset.quick")
            == "quick_download"
        ),
        "下载 has the focus",
    )
    press(asked, "choice_cancel")
    until(lambda: focused(tab) == [proposal(1)], "the focus is back")


def test_a_page_loaded_later_shows_how_its_downloads_go(stand: Lists) -> None:
    tab = filled(stand)
    number = download(stand, tab, proposal(2))
    stand.ask("lists_told", news=news(number, "running", percent=80))
    tab.goto(stand.origin + "/list")
    tab.main.evaluate("() => fill(0, 25)")
    shows(tab, proposal(2), "下载中 80 %")


@pytest.fixture
def chromium_stand(tmp_path: Path) -> Iterator[Lists]:
    """Our scripts in Chromium alone: what only that browser can tell, or be driven to."""
    with lists(tmp_path, "chromium") as made:
        yield made


def test_what_the_clerk_cannot_see_is_asked_in_a_window_of_our_own(chromium_stand: Lists) -> None:
    """Something lies over the list, though a press goes through it: no form in the page."""
    tab = filled(chromium_stand)
    tab.main.evaluate(
        "() => document.body.append(Object.assign(document.createElement('div'), { id: 'over' }))"
    )
    tab.main.click(BUTTON)
    window = until(lambda: own_window(chromium_stand), "a window of our own")
    assert no_form(tab)
    until(lambda: window.main.has("[data-quick]"), "the form in it")
    press(window.main, "choice_cancel")
    until(lambda: own_window(chromium_stand) is None, "the window goes")


def test_something_over_the_form_moves_it_to_a_window(chromium_stand: Lists) -> None:
    tab = filled(chromium_stand)
    asked = open_form(tab, proposal(1))
    tab.main.evaluate("""() => { const over = Object.assign(document.createElement('div'), { id: 'over' });
        over.style.zIndex = 2147483647; document.body.append(over); }""")
    asked.evaluate(COVERED)
    until(lambda: pressed_away(asked), "the form leaves the page")
    window = until(lambda: own_window(chromium_stand), "a window of our own")
    assert chromium_stand.ask("lists_state")["sent"] == []
    until(lambda: window.main.has("[data-quick]"), "the form in it")
    press(window.main, "quick_download")
    until(lambda: chromium_stand.ask("lists_state")["sent"] or None, "sent from the window")


def test_presses_of_a_script_do_nothing(stand: Lists) -> None:
    tab = filled(stand)
    tab.main.evaluate("""() => { const host = hosts()[0]; host.click(); host.focus();
        for (const name of ["pointerdown", "mousedown", "mouseup", "click", "keydown"])
            host.dispatchEvent(new MouseEvent(name, { bubbles: true, composed: true }));
        host.parentElement.click(); host.shadowRoot?.querySelector("button").click(); }""")
    asked = open_form(tab, proposal(2))
    assert proposal(2) in asked.evaluate("() => document.body.innerText")
    assert sum("/ask/" in frame.url for frame in tab.frames()) == 1, "the only form is that of our own press"
    assert tab.main.evaluate("() => hosts().every((host) => host.shadowRoot === null)")


def test_a_hidden_page_is_left_alone_until_it_is_seen(chromium_stand: Lists) -> None:
    tab = filled(chromium_stand, 5)
    in_our_world(tab, f"({TURN})('hidden')")
    tab.main.evaluate("() => fill(100, 5)")
    filled(chromium_stand).close()  # another page has long got its buttons
    assert tab.main.evaluate("() => hosts().length") == 0
    in_our_world(tab, f"({TURN})('visible')")
    until(lambda: tab.main.evaluate("() => wrong().length === 0 && hosts().length === 5"), "buttons again")


def test_a_page_that_keeps_taking_the_buttons_away_has_the_last_word(chromium_stand: Lists) -> None:
    tab = chromium_stand.open()
    tab.main.evaluate("""() => { globalThis.taken = 0;
        new MutationObserver(() => hosts().forEach((host) => { host.remove(); taken += 1; }))
        .observe(body, { childList: true, subtree: true }); fill(0, 25); }""")
    until(lambda: tab.main.evaluate("() => taken > 0 && hosts().length === 0"), "buttons are taken away")
    assert tab.main.evaluate("() => 1 + 1") == 2, "the page still answers"


@pytest.mark.parametrize(("locale", "dark"), [("zh_CN", True), ("en", False), ("en", True)])
def test_buttons_form_and_alert_fit_in_both_languages_and_in_the_dark(
    tmp_path: Path, locale: str, dark: bool
) -> None:
    gallery = Gallery(locale, "chromium")
    name = "-dark" if dark else ""
    with lists(tmp_path, "chromium", locale) as stand:
        tab: Any = filled(stand)
        if dark:
            tab.page.emulate_media(color_scheme="dark")
            tab.main.evaluate("() => document.documentElement.classList.add('dark')")
        going = [("running", 42, None), ("done", None, None), ("failed", None, "not_found")]
        for place, (state, percent, reason) in enumerate(going):
            number = download(stand, tab, proposal(place))
            stand.ask("lists_told", news=news(number, state, percent, reason))
        number = download(stand, tab, proposal(4))
        stand.ask("lists_told", news=news(number, "failed", reason="deleted"))
        alert = form(tab)
        until(lambda: alert.has("#why"), "the alert")
        gallery.take(f"quick-deleted{name}", tab)
        press(alert, "quick_understood")
        until(lambda: no_form(tab), "the alert goes")
        asked = open_form(tab, proposal(2))
        until(lambda: asked.has(".note"), "why it failed")
        gallery.take(f"quick-download{name}", tab)
    assert gallery.too_wide == []
