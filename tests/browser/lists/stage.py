"""A browser with our content scripts on pages of lists; the background is half real (background.js)."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.bench_page import content_scripts, pages
from scripts.package_extension import SOURCE, manifest
from scripts.stage.browser import Browser, Frame, Tab
from scripts.stage.chromium import chromium
from scripts.stage.clerk import PATIENCE
from scripts.stage.firefox import firefox
from scripts.stage.waiting import until

HERE = Path(__file__).parent
MATCHES = ["http://*.localhost/*"]
BUTTON = "[data-chudan-row]"
_SEND = "(message) => (globalThis.browser ?? chrome).runtime.sendMessage(message)"


@dataclass
class Lists:
    """A page with a list in a browser, and what its background knows."""

    browser: Browser
    origin: str

    def open(self, path: str = "/list") -> Tab:
        """Open the page; its list is empty."""
        return self.browser.open(self.origin + path)

    def ask(self, what: str, **more: Any) -> Any:
        """Ask the background, from a page of the extension's own."""
        tab = self.browser.open(self.browser.extension_url("options/options.html"))
        try:
            return tab.main.evaluate(_SEND, {"what": what, **more})
        finally:
            tab.close()


def package(folder: Path, browser: str) -> Path:
    """An unpacked extension with our scripts in every page of `*.localhost`."""
    for part in ("content", "page", "shared", "ask", "icons", "_locales", "background", "options"):
        shutil.copytree(SOURCE / part, folder / part)
    shutil.copyfile(HERE / "background.js", folder / "background" / "main.js")
    shutil.copyfile(HERE / "peek.js", folder / "peek.js")
    made = manifest("practice", "firefox" if browser == "firefox" else "chromium")
    key = "scripts" if browser == "firefox" else "service_worker"
    made["background"] = {
        key: ["background/main.js"] if browser == "firefox" else "background/main.js",
        "type": "module",
    }
    everywhere = {"matches": MATCHES, "run_at": "document_start", "all_frames": True}
    made["content_scripts"] = [
        everywhere | {"js": ["page/tap.js"], "world": "MAIN"},
        everywhere | {"js": [*content_scripts(), "peek.js"]},
    ]
    (folder / "manifest.json").write_text(json.dumps(made), encoding="utf-8")
    return folder


@contextmanager
def lists(folder: Path, kind: str, locale: str = "zh_CN") -> Iterator[Lists]:
    """Run `chromium` or `firefox` with the scripts."""
    extension = package(folder / "extension", kind)
    environment = {"LANGUAGE": locale, "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    profile = folder / "profile"
    profile.mkdir()
    running = (
        chromium(extension, profile, environment)
        if kind == "chromium"
        else firefox(extension, profile, environment, locale)
    )
    with pages(HERE) as origin, running as browser:
        yield Lists(browser, origin)


def form(tab: Tab) -> Frame:
    """The form D7, or the alert D8, in a tab."""
    return until(lambda: _form(tab), "the form beside the row", PATIENCE)


def _form(tab: Tab) -> Frame | None:
    frames = (frame for frame in tab.frames() if "/ask/" in frame.url and frame.has("[data-quick]"))
    return next(frames, None)
