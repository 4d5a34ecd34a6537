"""Chromium for the clerk's gestures, driven by playwright."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import playwright.sync_api as pw
import psutil

from scripts.stage import programs
from scripts.stage.processes import kill_family

VIEW: pw.ViewportSize = {"width": 1366, "height": 768}
GESTURE = 30_000
"""Milliseconds that one gesture may take."""


class ChromiumFrame:
    """See browser.Frame."""

    def __init__(self, page: pw.Page, frame: pw.Frame) -> None:
        self._page = page
        self._frame = frame

    @property
    def url(self) -> str:
        return self._frame.url

    def evaluate(self, function: str, argument: Any = None) -> Any:
        return self._frame.evaluate(function, argument)

    def has(self, selector: str) -> bool:
        try:
            return self._frame.locator(selector).first.is_visible()
        except pw.Error:
            return False  # the document went away while we looked

    def click(self, selector: str) -> None:
        self._frame.click(selector, timeout=GESTURE)

    def fill(self, selector: str, text: str) -> None:
        field = self._frame.locator(selector).first
        field.fill("", timeout=GESTURE)
        field.press_sequentially(text, timeout=GESTURE)

    def press(self, key: str) -> None:
        self._page.keyboard.press(key)


class ChromiumTab:
    """See browser.Tab."""

    def __init__(self, page: pw.Page) -> None:
        self.page = page

    @property
    def main(self) -> ChromiumFrame:
        _hear(self.page.context)
        return ChromiumFrame(self.page, self.page.main_frame)

    def frames(self) -> list[ChromiumFrame]:
        _hear(self.page.context)
        return [ChromiumFrame(self.page, frame) for frame in self.page.frames if not frame.is_detached()]

    def goto(self, url: str) -> None:
        self.page.goto(url)

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def screenshot(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=file)

    def close(self) -> None:
        self.page.close()


class Chromium:
    """See browser.Browser."""

    def __init__(self, context: pw.BrowserContext, profile: Path) -> None:
        self._context = context
        self._profile = profile
        self.killed = False
        context.on("dialog", _accept)
        started = context.service_workers
        self._worker = started[0] if started else context.wait_for_event("serviceworker")

    def open(self, url: str) -> ChromiumTab:
        tab = ChromiumTab(self._context.new_page())
        tab.goto(url)
        return tab

    def tabs(self) -> list[ChromiumTab]:
        _hear(self._context)
        return [ChromiumTab(page) for page in self._context.pages if not page.is_closed()]

    def extension_url(self, page: str) -> str:
        return self._worker.url.split("/background/")[0] + "/" + page

    def registered(self) -> list[str]:
        scripts = self._worker.evaluate("() => chrome.scripting.getRegisteredContentScripts()")
        return sorted({pattern for script in scripts for pattern in script["matches"]})

    def kill(self) -> None:
        self.killed = True
        kill_family(_main_process(self._profile))


@contextlib.contextmanager
def chromium(
    extension: Path, profile: Path, environment: Mapping[str, str], *, headed: bool = False
) -> Iterator[Chromium]:
    """Run Chromium on `profile` with the unpacked `extension`; without a window unless `headed`."""
    arguments = [f"--load-extension={extension}", f"--disable-extensions-except={extension}"]
    arguments += [] if headed else ["--headless=new"]
    arguments += ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    with pw.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            profile,
            executable_path=programs.chromium(),
            headless=False,  # the old headless mode, which playwright would choose, loads no extensions
            args=arguments,
            ignore_default_args=["--disable-extensions"],
            env=dict(environment),
            viewport=VIEW,
        )
        browser = Chromium(context, profile)
        try:
            yield browser
        finally:
            if not browser.killed:
                context.close()


def _hear(context: pw.BrowserContext) -> None:
    """Take in what happened meanwhile: playwright's lists change only while one of its calls is running."""
    context.cookies("http://nowhere.invalid")


def _accept(dialog: pw.Dialog) -> None:
    dialog.accept()


def _main_process(profile: Path) -> psutil.Process:
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended meanwhile
            words = process.cmdline()
            if f"--user-data-dir={profile}" in words and not any(
                word.startswith("--type=") for word in words
            ):
                return process
    raise RuntimeError("the browser is not running")
