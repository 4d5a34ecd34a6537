"""The portal of habits, and a browser whose extension knows it.

Without a desk the extension's own queue keeps what it saw, and that is looked at.
"""

import base64
import io
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
import zxingcpp
from PIL import Image

from scripts.stage.browser import Browser, Frame
from scripts.stage.chromium import chromium
from scripts.stage.firefox import firefox
from scripts.stage.waiting import until

HERE = Path(__file__).parent
Runner = Callable[[Path, Path, Mapping[str, str]], AbstractContextManager[Browser]]
_RUNNERS: dict[str, Runner] = {"chromium": chromium, "firefox": firefox}
CARRIER = "habits"
SAVED, CODE = "T000000001", "weixin://wxpay/bizpayurl?pr=T000000002"
_PAGES = {
    "/login": '<input id="name"><input id="password" type="password"><input id="captcha"><b id="go"></b>',
    "/work": '<b id="who">clerk01</b><table id="grid"></table>',
    "/pay": '<b id="who">clerk01</b><b id="no">T000000002</b>',
    "/who": '<b id="who">clerk01</b>',
}
_ACCOUNTS = """async (portals) => {
  const api = globalThis.browser ?? chrome;
  await api.storage.local.set({ portals });
  return api.runtime.sendMessage({ what: "permitted" });
}"""
_KEPT = """async () => {
  const { Queue } = await import("/background/queue.js");
  return (await new Queue().waiting()).filter(({ type }) => type === "hint");
}"""
_FORGET = """async () => {
  const { Queue } = await import("/background/queue.js");
  const queue = new Queue();
  await queue.drop((await queue.waiting()).map(({ id }) => id));
}"""
_HEAR = """
api.storage.onChanged.addListener(({ told }) => told && desk.profiles.received(told.newValue));
"""
_TELL = "(told) => (globalThis.browser ?? chrome).storage.local.set({ told })"
_STATUS = "async () => (globalThis.browser ?? chrome).runtime.sendMessage({ what: 'status' })"


def picture() -> bytes:
    """A payment code as PNG."""
    made = io.BytesIO()
    segno.make(CODE).save(made, kind="png", scale=4)
    return made.getvalue()


class _Habits(BaseHTTPRequestHandler):
    over = False
    """Whether nobody is logged in: from `/over` until a page is opened."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in {"/over", "/login", "/work", "/pay"}:
            _Habits.over = path == "/over"
        if path == "/qr.png":
            self._answer("image/png", picture())
        elif path in {"/over", "/who"} and self.over:
            self._answer("text/plain", b"", 401)
        else:
            page = f'<!doctype html><meta charset="utf-8"><title>{path}</title>{_PAGES.get(path, "")}'
            self._answer("text/html", page.encode(), 200 if path in _PAGES else 404)

    def do_POST(self) -> None:
        self._answer("text/plain; charset=utf-8", self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, kind: str, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Scene:
    """A browser that is allowed at the portal."""

    browser: Browser
    origin: str
    own: Frame
    """A page of the extension's own."""
    past: set[str] = field(default_factory=set)
    """Hints of earlier tests by id: a page that closes may send one again, which a desk would recognise."""

    def kept(self) -> list[dict[str, Any]]:
        """Hints that the extension keeps for the desk."""
        found: list[dict[str, Any]] = self.own.evaluate(_KEPT)
        return found

    def told(self, kind: str, many: int = 1) -> list[dict[str, Any]]:
        """Wait until so many hints of a kind are kept."""

        def look() -> list[dict[str, Any]] | None:
            found = [hint for hint in self.kept() if hint["kind"] == kind and hint["id"] not in self.past]
            return found if len(found) >= many else None

        return until(look, f"{many} of {kind}")

    def status(self) -> dict[str, Any]:
        """What the popup is told."""
        told: dict[str, Any] = self.own.evaluate(_STATUS)
        return told

    def switch_off(self, reason: str | None) -> None:
        """As the daemon tells: the carrier's profile is switched off, or (None) on again."""
        off = [] if reason is None else [{"carrier": CARRIER, "reason": reason}]
        self.own.evaluate(_TELL, {"profiles": [], "off": off})
        until(lambda: self.status()["off"] == off, "the profile is switched")

    def forget(self) -> None:
        """Close all pages of the portal, and empty the queue."""
        self.past.update(hint["id"] for hint in self.kept())
        for tab in self.browser.tabs():
            if tab.main.url.startswith((self.origin, "about:")):
                tab.close()
        self.own.evaluate(_FORGET)


@contextmanager
def scene(
    kind: str,
    folder: Path,
    packages: Path,
    hear: str = "",
    environment: Mapping[str, str] | None = None,
    running: Runner | None = None,
) -> Iterator[Scene]:
    """Run `chromium` or `firefox` with the practice package and the carrier `habits` in it.

    `hear` is code for the background that lets a test tell it more; `running` runs the browser otherwise.
    """
    extension = folder / "extension"
    shutil.copytree(packages / "practice" / kind, extension)
    (extension / "carriers" / CARRIER).mkdir()
    shutil.copy(HERE / "profile.json", extension / "carriers" / CARRIER)
    with (extension / "background" / "main.js").open("a", encoding="utf-8") as main:
        main.write(_HEAR + hear)  # there is no desk to tell it
    profile = folder / "profile"
    profile.mkdir()
    running = running or _RUNNERS[kind]
    with habits() as origin, running(extension, profile, {**os.environ, **(environment or {})}) as browser:
        own = browser.open(browser.extension_url("options/options.html")).main
        own.evaluate(_ACCOUNTS, [{"carrier": CARRIER, "origin": origin}])
        until(lambda: browser.registered() == ["http://habits.localhost/*"], "page scripts at the portal")
        yield Scene(browser, origin, own)


@contextmanager
def habits() -> Iterator[str]:
    """Serve the portal; its origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Habits) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield f"http://habits.localhost:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()


def decoded(hint: dict[str, Any]) -> str:
    """What the code in a hint says."""
    image = Image.open(io.BytesIO(base64.b64decode(hint["code"]["image"])))
    (code,) = zxingcpp.read_barcodes(image)
    return str(code.text)


def profile() -> dict[str, Any]:
    """The carrier's profile."""
    read: dict[str, Any] = json.loads((HERE / "profile.json").read_text(encoding="utf-8"))
    return read
