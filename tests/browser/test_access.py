"""What a screen reader is told of our pages (names, roles and their order), and what the keyboard does."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import playwright.sync_api as pw
import pytest

from scripts.stage.screen import Screen, screen
from scripts.stage.waiting import NeverHappenedError, until
from tests.browser.access import tree
from tests.browser.access.stage import Asking, asking, page_of
from tests.browser.conftest import BROWSERS
from tests.browser.gallery import SCREENSHOTS
from tests.too_wide import TOO_WIDE

AGAIN = 2.0
"""Seconds after which a key that brought nothing is pressed once more."""
KINDS = ["D2", "D2b", "D3", "D3b", "D4", "D4b"]
PAGES = {
    "popup": "#lamps [data-state=broken]",
    "options": "#portals strong",
    "welcome": "#steps [data-state]",
}
NAMED = {
    "zh_CN": {"yes": "是", "no": "否", "download_only": "仅下载", "cancel": "取消"},
    "en": {"yes": "Yes", "no": "No", "download_only": "Download only", "cancel": "Cancel"},
}
FIELDS = {
    "zh_CN": ["缴费方式（可不填）", "刷卡方式（可不填）", "备注（可不填）"],
    "en": ["Payment method (opt.)", "Card method (opt.)", "Remark (optional)"],
}
_CUT = """() => [...document.querySelectorAll("input")].filter((field) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = getComputedStyle(field).font;
    return pen.measureText(field.placeholder).width > field.clientWidth - 20;
}).map((field) => field.placeholder)"""
_FOCUS = "() => [document.hasFocus(), document.activeElement?.dataset.choice]"
_KEYS = """async () => {
    const commands = await (globalThis.browser ?? chrome).commands.getAll();
    return commands.map(({ name, shortcut }) => [name, shortcut]);
}"""
_POPUPS = "async () => (await chrome.runtime.getContexts({ contextTypes: ['POPUP'] })).length"
_IN_MENU = "(id) => (globalThis.browser ?? chrome).contextMenus.update(id, {}).then(() => true, () => false)"
PICKER = [
    "searchbox 搜索客户：姓名、车牌或手机尾号",
    "textbox 新客户姓名",
    "textbox 手机号（可不填）",
    "button 返回",
    "button 确定",
]


def controls(page: pw.Page, frame: pw.Frame | None = None) -> list[str]:
    """What can be reached, in order."""
    return [
        line for line in tree.read_out(page, frame) if line.startswith(("button", "textbox", "searchbox"))
    ]


def expected(kind: str, locale: str) -> list[str]:
    """The fields and buttons of a question."""
    choices = ["yes", "download_only", "cancel"] if kind.endswith("b") else ["yes", "no"]
    fields = {"D2": [], "D3": FIELDS[locale][2:], "D4": FIELDS[locale]}[kind[:2]]
    return [f"textbox {field}" for field in fields] + [f"button {NAMED[locale][one]}" for one in choices]


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_question_of_each_kind_says_what_it_is(tmp_path: Path, packages: Path, locale: str) -> None:
    with asking(tmp_path, packages, locale) as at:
        for kind in KINDS:
            question = at.ask(kind, target="示范客户" if kind == "D3" else None)
            page, frame = at.shown()
            page.set_viewport_size({"width": 440, "height": 460})
            (dialog,) = [node for node in tree.nodes(page) if tree.role(node) == "dialog"]
            asked = frame.inner_text("#asked")
            assert (tree.name(dialog), tree.described(dialog)) == (frame.inner_text("h1"), asked)
            assert ("示范客户" in asked) == (kind == "D3")
            assert controls(page) == expected(kind, locale)
            safest = "download_only" if kind.endswith("b") else "no"
            until(partial(_focused, frame, safest), "the focus is on the safe choice")
            assert [*page.evaluate(TOO_WIDE), *page.evaluate(_CUT)] == []
            _pictures(page, locale, kind)
            at.close(question)


def test_the_picker_is_read_in_the_order_it_is_filled_in(tmp_path: Path, packages: Path) -> None:
    with asking(tmp_path, packages) as at:
        at.ask("D4b")
        page, frame = at.shown()
        frame.fill("[data-field=payment_method]", "刷卡")
        frame.focus("[data-choice=cancel]")
        _until_pressed(page, "y", frame.locator("#pick_search"))
        assert controls(page) == PICKER
        page.keyboard.press("Escape")
        assert frame.input_value("[data-field=payment_method]") == "刷卡", "stays over a look at the picker"


def test_keys_answer_in_the_page_and_not_while_typing(tmp_path: Path, packages: Path) -> None:
    with asking(tmp_path, packages) as at:
        work = _at_work(at)
        question = at.ask("D3b", in_page=True)
        page, frame = at.shown()
        assert page == work
        assert "Iframe 出单助手" in tree.read_out(page)
        assert controls(page, frame) == expected("D3b", "zh_CN")
        frame.focus("textarea")
        page.keyboard.type("dyn")
        assert frame.input_value("textarea") == "dyn"
        frame.fill("textarea", "")
        frame.focus("[data-choice=yes]")
        until(lambda: _pressed(at, page, "d"), "the answer is kept")
        (answer,) = at.answers()
        assert (answer["question"], answer["choice"]) == (question, "download_only")
        assert (answer["remark"], answer["fields"]) == (None, {})


def test_a_question_called_forward_has_the_keyboard(tmp_path: Path, packages: Path) -> None:
    with asking(tmp_path, packages) as at:
        work = _at_work(at)
        work.evaluate("document.body.append(document.createElement('textarea'))")
        work.focus("textarea")
        question = at.ask("D2", in_page=True)
        _, frame = at.shown()
        assert work.evaluate("document.activeElement.tagName") == "TEXTAREA", "not taken from who types"
        at.scene.own.evaluate(
            "(question) => chrome.runtime.sendMessage({ what: 'show', question })", question
        )
        until(lambda: _focused(frame, "no"), "the focus is on the safe choice")


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_our_pages_name_everything_that_can_be_pressed(tmp_path: Path, packages: Path, locale: str) -> None:
    with asking(tmp_path, packages, locale) as at:
        at.ask("D2")
        at.shown()[0].close()
        said = {name: _of(at, name) for name in PAGES}
    for page in said.values():
        assert page["nameless"] == []
        assert page["title"] in page["read"][0]
    if locale == "en":
        assert [text for page in said.values() for text in page["texts"] if _chinese(text)] == []
        return
    assert said["popup"]["controls"] == [
        "button 打开管理系统",
        "button 回答 浙B00001",
        "button 重新连接",
        "button 去登录",
        "button 使用指南",
        "button 诊断",
    ]
    assert [line for line in said["popup"]["read"] if line.startswith(("heading", "list "))] == [
        "heading 出单助手",
        "heading 等待回答",
        "list 等待回答",
        "heading 最近",
        "list 最近",
    ]
    assert [line for line in said["popup"]["read"] if line.startswith("image")] == [
        "image 正常",
        "image 不可用",
        "image 等待中",
        "image 等待中",
    ]
    assert said["options"]["controls"] == ["button 收回 示例财险", "button 添加账号"]
    assert said["welcome"]["controls"] == ["button 重新连接"]
    assert [line for line in said["welcome"]["read"] if line.startswith("image")][:2] == [
        "image 已完成",
        "image 有问题",
    ]


def _closed_by_escape(shown: Screen, at: Asking) -> bool:
    """A popup that has only just come has no keyboard yet: press until it is gone."""
    shown.press("Escape")
    return bool(at.scene.own.evaluate(_POPUPS) == 0)


def _call(shown: Screen, comes: Callable[[], bool], what: str) -> None:
    """Press our key; again while nothing comes: a browser that has only just started takes no keys."""

    def called() -> bool:
        shown.press("alt+shift+q")
        with suppress(NeverHappenedError):
            return until(comes, what, AGAIN)
        return False

    until(called, what)


def test_a_key_brings_the_question_forward_or_else_the_popup(tmp_path: Path, packages: Path) -> None:
    with (
        screen(tmp_path / "xvfb.log", (1400, 940)) as shown,
        asking(tmp_path, packages, display=shown.display) as at,
    ):
        work = _at_work(at)
        _call(shown, lambda: bool(at.scene.own.evaluate(_POPUPS) == 1), "nothing waits: the popup")
        until(partial(_closed_by_escape, shown, at), "it closes")
        work.evaluate("document.body.append(document.createElement('textarea'))")
        work.focus("textarea")
        at.ask("D2", in_page=True)
        _, frame = at.shown()
        assert work.evaluate("document.activeElement.tagName") == "TEXTAREA"
        _call(shown, partial(_focused, frame, "no"), "the focus is on the safe choice")


@pytest.mark.parametrize("kind", BROWSERS)
def test_the_browser_takes_our_keys_and_menu(tmp_path: Path, packages: Path, kind: str) -> None:
    with asking(tmp_path, packages, kind=kind) as at:
        assert ["question", "Alt+Shift+Q"] in at.scene.own.evaluate(_KEYS)
        assert ["console", "Alt+Shift+M"] in at.scene.own.evaluate(_KEYS)
        for entry in ("question", "console", "diagnostics"):
            until(partial(at.scene.own.evaluate, _IN_MENU, entry), f"{entry} on our button")
            until(partial(at.scene.own.evaluate, _IN_MENU, f"page_{entry}"), f"{entry} on the portal's pages")
        assert at.scene.own.evaluate(_IN_MENU, "page_record")
        assert not at.scene.own.evaluate(_IN_MENU, "page_other")


def _focused(frame: pw.Frame, choice: str) -> bool:
    return bool(frame.evaluate(_FOCUS) == [True, choice])


def _of(at: Asking, name: str) -> dict[str, Any]:
    page = at.own_page(name, PAGES[name])
    return {
        "read": tree.read_out(page),
        "texts": tree.texts(page),
        "controls": controls(page),
        "nameless": tree.nameless(page),
        "title": page.title(),
    }


def _at_work(at: Asking) -> pw.Page:
    """Open the portal, and wait until the session is known."""
    tab = at.scene.browser.open(at.scene.origin + "/work")
    until(lambda: at.scene.status()["live"] or None, "our scripts stand there")
    return page_of(tab)


def _chinese(text: str) -> bool:
    """Whether it is Chinese; a plate and a name of the data are, in every language."""
    return bool(re.search(r"[\u4e00-\u9fff]", text.replace("浙B00001", "").replace("示范甲", "")))


def _pictures(page: pw.Page, locale: str, kind: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.screenshot(path=SCREENSHOTS / "chromium" / locale / f"question-{kind}-{scheme}.png")


def _until_pressed(page: pw.Page, key: str, shows: pw.Locator) -> None:
    """Press until it works: what has only just appeared takes no press."""

    def press() -> bool:
        if not shows.is_visible():
            page.keyboard.press(key)
        return shows.is_visible()

    until(press, f"{key} works")


def _pressed(at: Asking, page: pw.Page, key: str) -> bool:
    if not at.answers():
        page.keyboard.press(key)
    return len(at.answers()) > 0
