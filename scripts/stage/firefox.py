"""Firefox for the clerk's gestures, driven by WebDriver BiDi without a driver program."""

import base64
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from scripts.stage.bidi import Bidi, BidiError, session
from scripts.stage.processes import Child, kill_family
from scripts.stage.waiting import until

EXTENSION = "companion@chudan.example"
UUID = "0c5f7a10-6f3b-4f0e-9d2a-5a1f0e8b7c61"
"""The host part of moz-extension:// in our profiles; Firefox would otherwise choose a new one each time."""
WORDS = Path("/usr/lib/firefox-esr/browser/extensions/langpack-zh-CN@firefox-esr.mozilla.org.xpi")
LOCALES = {"zh_CN": "zh-CN", "en": "en-US"}
GESTURE = 30.0
"""Seconds that one gesture may wait for its element."""
GONE = ("no such frame", "no such node", "stale element reference", "exception", "unknown error")
"""What Firefox answers about a document that went away while we looked."""
REPLACED = ("no such node", "no such element", "stale element reference", "move target out of bounds")
"""What it answers about an element that went away, or moved, between finding it and the gesture."""


class FirefoxFrame:
    """See browser.Frame."""

    def __init__(self, bidi: Bidi, context: str, url: str) -> None:
        self._bidi = bidi
        self._context = context
        self._url = url

    @property
    def url(self) -> str:
        return self._url

    def evaluate(self, function: str, argument: Any = None) -> Any:
        return self._bidi.evaluate(self._context, function, argument)

    def has(self, selector: str) -> bool:
        try:
            return self._bidi.element(self._context, selector) is not None
        except BidiError as error:
            if error.code in GONE:
                return False
            raise

    def click(self, selector: str) -> None:
        self._to(selector, self._press_at)

    def fill(self, selector: str, text: str) -> None:
        self.click(selector)  # a frame of another origin gives the keyboard only to what was clicked
        self._to(selector, lambda field: self._bidi.touch(self._context, field, "(e) => e.select?.()"))
        self.press("\ue017")  # Delete
        for character in text:
            self.press(character)

    def press(self, key: str) -> None:
        value = KEYS.get(key, key)
        self._act("key", {"type": "keyDown", "value": value}, {"type": "keyUp", "value": value})

    def _to(self, selector: str, do: Callable[[dict[str, str]], None]) -> None:
        """Do something to the first match; to its successor when the page puts another in its place."""

        def done() -> bool:
            try:
                found = self._bidi.element(self._context, selector)
                if found is not None:
                    do(found)
            except BidiError as error:
                if error.code not in REPLACED:
                    raise
                return False
            return found is not None

        until(done, f"{selector} in {self._url}", GESTURE)

    def _press_at(self, element: dict[str, str]) -> None:
        self._bidi.touch(
            self._context, element, "(e) => e.scrollIntoView({block: 'center', inline: 'center'})"
        )
        self._act(
            "pointer",
            {"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": element}},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        )

    def _act(self, kind: str, *actions: dict[str, Any]) -> None:
        source = {"type": kind, "id": kind, "actions": list(actions)}
        self._bidi.call("input.performActions", context=self._context, actions=[source])


KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "ArrowDown": "\ue015", "ArrowUp": "\ue013"}
"""WebDriver's code points of the keys that have no character."""


class FirefoxTab:
    """See browser.Tab."""

    def __init__(self, bidi: Bidi, context: str) -> None:
        self._bidi = bidi
        self.context = context

    @property
    def main(self) -> FirefoxFrame:
        return self.frames()[0]

    def frames(self) -> list[FirefoxFrame]:
        try:
            tree = self._bidi.call("browsingContext.getTree", root=self.context)["contexts"]
        except BidiError as error:
            if error.code not in GONE:
                raise
            return []  # closed while we looked
        return [FirefoxFrame(self._bidi, node["context"], node["url"]) for node in _flat(tree)]

    def goto(self, url: str) -> None:
        self._bidi.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def resize(self, width: int, height: int) -> None:
        view = {"width": width, "height": height}
        self._bidi.call("browsingContext.setViewport", context=self.context, viewport=view)

    def screenshot(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        picture = self._bidi.call("browsingContext.captureScreenshot", context=self.context)
        file.write_bytes(base64.b64decode(picture["data"]))

    def close(self) -> None:
        self._bidi.call("browsingContext.close", context=self.context)


class Firefox:
    """See browser.Browser."""

    def __init__(self, bidi: Bidi, process: Child) -> None:
        self._bidi = bidi
        self._process = process

    def open(self, url: str) -> FirefoxTab:
        context = self._bidi.call("browsingContext.create", type="tab")["context"]
        tab = FirefoxTab(self._bidi, context)
        tab.resize(1366, 768)
        tab.goto(url)
        return tab

    def tabs(self) -> list[FirefoxTab]:
        tree = self._bidi.call("browsingContext.getTree", maxDepth=0)["contexts"]
        return [FirefoxTab(self._bidi, node["context"]) for node in tree]

    def extension_url(self, page: str) -> str:
        return f"moz-extension://{UUID}/{page}"

    def registered(self) -> list[str]:
        tab = self.open(self.extension_url("popup/popup.html"))
        try:
            scripts = tab.main.evaluate("() => browser.scripting.getRegisteredContentScripts()")
        finally:
            tab.close()
        return sorted({pattern for script in scripts for pattern in script["matches"]})

    def in_own_window(self, function: str, argument: Any = None) -> Any:
        """Call a function with one JSON argument in the browser's own window, where its prompts stand."""
        own: dict[str, Any] = {"maxDepth": 0, "moz:scope": "chrome"}
        [window] = self._bidi.call("browsingContext.getTree", **own)["contexts"]
        return self._bidi.evaluate(window["context"], function, argument)

    def kill(self) -> None:
        kill_family(psutil.Process(self._process.pid))
        self._process.wait()


@contextmanager
def firefox(
    extension: Path, profile: Path, environment: Mapping[str, str], locale: str = "zh_CN"
) -> Iterator[Firefox]:
    """Run Firefox without a window on `profile`, with the unpacked `extension` installed for this run."""
    _prepare(profile, LOCALES[locale])
    log = profile / f"firefox-{time.time_ns()}.log"
    command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile)]
    # System access is what lets BiDi open the extension's own pages.
    command += ["--remote-debugging-port", "0", "--remote-allow-system-access", "about:blank"]
    with Child(command, log=log, environment=environment) as process:
        address = until(lambda: _address(log), "Firefox listens for BiDi", 30)
        with session(address) as bidi:
            where = {"type": "path", "path": str(extension)}
            bidi.call("webExtension.install", extensionData=where)
            yield Firefox(bidi, process)


def _prepare(profile: Path, locale: str) -> None:
    words = profile / "extensions" / WORDS.name
    words.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(WORDS, words)
    preferences = {
        "extensions.webextensions.uuids": f'{{"{EXTENSION}":"{UUID}"}}',
        "extensions.autoDisableScopes": 0,
        "intl.locale.requested": locale,
        "browser.shell.checkDefaultBrowser": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "app.update.enabled": False,
    }
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
    (profile / "user.js").write_text("".join(lines))


def _address(log: Path) -> str | None:
    found = re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text(errors="replace"))
    return found[1] if found else None


def _flat(contexts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for context in contexts:
        yield context
        yield from _flat(context.get("children") or [])
