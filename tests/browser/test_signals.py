"""What the eyes see of a portal's habits.

Written windows and frames, dialogs, codes of every make, a session that ends, a page that has changed.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.profile import Profile
from scripts.stage.browser import Tab
from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS
from tests.browser.signals.stage import CODE, SAVED, Scene, decoded, picture, profile, scene

OPINION = f'<p id="opinion">投保单 {SAVED} 核保通过</p>'
DATA = "data:image/png;base64," + base64.b64encode(picture()).decode()
_WINDOW = """(html) => {
  const made = open("", "", "width=400,height=300");
  made.document.write("<!doctype html><title>核保意见</title>" + html);
  made.document.close();
}"""
_BARE_WINDOW = """(html) => { open("", "", "width=400,height=300").document.body.innerHTML = html; }"""
_FRAME = """(html) => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  frame.contentDocument.open();
  frame.contentDocument.write(html);
  frame.contentDocument.close();
}"""
_SRCDOC = """(html) => {
  document.body.append(Object.assign(document.createElement("iframe"), { srcdoc: html }));
}"""
_ITSELF = """(html) => { document.open(); document.write("<!doctype html>" + html); document.close(); }"""
_IMAGE = """(src) => document.body.append(Object.assign(new Image(), { id: "qr", src }))"""
_BLOB = """async (src) => {
  const src2 = URL.createObjectURL(await (await fetch(src)).blob());
  document.body.append(Object.assign(new Image(), { id: "qr", src: src2 }));
}"""
_CANVAS = """async (src) => {
  const canvas = Object.assign(document.createElement("canvas"), { id: "qr", width: 200, height: 200 });
  document.body.append(canvas);
  const image = Object.assign(new Image(), { src });
  await image.decode();
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 200, 200);
  setTimeout(() => pen.drawImage(image, 0, 0), 1500);
}"""
_SAVE = "(body) => fetch('/save', { method: 'POST', body }).then((answer) => answer.text())"
_TEXT = "() => document.body.innerText"


@pytest.fixture(scope="module", params=BROWSERS)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, packages: Path
) -> Iterator[Scene]:
    """One browser for all tests of this file."""
    with scene(request.param, tmp_path_factory.mktemp(request.param), packages) as made:
        yield made


@pytest.fixture
def stand(running: Scene) -> Iterator[Scene]:
    """The browser without a page of the portal, and nothing seen yet."""
    yield running
    running.forget()


def at(stand: Scene, path: str = "/work") -> Tab:
    """A page of the portal in which our scripts have begun."""
    tab = stand.browser.open(stand.origin + path)
    until(lambda: any(one["login"] == "clerk01" for one in stand.status()["live"]), "the session is seen")
    return tab


def test_the_profile_of_these_tests_is_one() -> None:
    Profile.model_validate_json(json.dumps(profile()))


@pytest.mark.parametrize("writing", [_WINDOW, _BARE_WINDOW, _FRAME, _SRCDOC, _ITSELF])
def test_what_a_page_writes_is_seen(stand: Scene, writing: str) -> None:
    at(stand).main.evaluate(writing, OPINION)
    (hint,) = stand.told("underwriting")
    assert hint["numbers"] == [SAVED]
    assert (hint["place"]["origin"], hint["place"]["login"]) == (stand.origin, "clerk01")


def test_a_dialog_is_heard_in_the_page_and_in_a_written_frame(stand: Scene) -> None:
    page = at(stand).main
    page.evaluate("() => setTimeout(() => alert('T000000003删除成功'))")
    stand.told("deleted")
    page.evaluate(_FRAME, "<script>setTimeout(() => confirm('T000000004 删除成功，继续？'))</script>")
    hints = stand.told("deleted", 2)
    assert [hint["numbers"] for hint in hints] == [["T000000003"], ["T000000004"]]


@pytest.mark.parametrize(
    ("showing", "source"), [(_IMAGE, "/qr.png"), (_IMAGE, DATA), (_BLOB, "/qr.png"), (_CANVAS, "/qr.png")]
)
def test_a_code_is_taken_off_the_page_once(stand: Scene, showing: str, source: str) -> None:
    page = at(stand, "/pay").main
    page.evaluate(showing, source)
    (hint,) = stand.told("qr_fetched")
    assert decoded(hint) == CODE
    assert hint["code"]["text"] is None
    page.evaluate("() => document.body.append('·')")
    page.evaluate(_SAVE, f"saved {SAVED}")
    stand.told("quote_saved")  # the page was looked at again meanwhile
    assert len(stand.told("qr_fetched")) == 1


def test_a_code_of_another_origin_is_taken_where_that_lets_us(stand: Scene) -> None:
    """Where the other site does not let this page read its picture, the hint comes without one."""
    other = stand.origin.replace("habits.", "elsewhere.")
    at(stand, "/pay").main.evaluate(_IMAGE, f"{other}/qr.png")
    (hint,) = stand.told("qr_fetched")
    assert hint["code"] is None


def test_an_answer_that_nobody_is_logged_in_ends_the_session(stand: Scene) -> None:
    page = at(stand).main
    page.evaluate("() => fetch('/over').then(() => null)")
    until(lambda: not stand.status()["live"], "the session is over")
    page.evaluate(_SAVE, f"saved {SAVED}")
    stand.told("quote_saved")  # the page was looked at again meanwhile
    assert not stand.status()["live"], "the name that still stands there is nobody's"


def test_a_page_that_has_changed_says_so_once_and_heals(stand: Scene) -> None:
    tab = at(stand)
    tab.main.evaluate("() => document.querySelector('#grid').remove()")
    (drift,) = until(lambda: stand.status()["drifts"] or None, "the daemon would be told")
    assert (drift["carrier"], drift["what"], drift["rule"]) == (
        "habits",
        "selector_gone",
        "pages.work.always.0",
    )
    notices = "() => document.querySelectorAll('body > div').length"
    assert tab.main.evaluate(notices) == 1
    tab.main.evaluate(_SAVE, "{}")
    rules = until(lambda: _rules(stand, 2), "an answer that nobody can read")
    assert rules == ["pages.work.always.0", "hints_network.0"]


def _rules(stand: Scene, many: int) -> list[str] | None:
    found = [one["rule"] for one in stand.status()["drifts"]]
    return found if len(found) == many else None
