"""A browser before whose clerk questions of every kind stand, without a desk behind it."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import playwright.sync_api as pw

from scripts.stage.browser import Tab
from scripts.stage.chromium import ChromiumFrame, ChromiumTab, chromium
from scripts.stage.waiting import until
from tests.browser.signals.stage import CARRIER, Scene, scene

_HEAR = """
api.storage.onChanged.addListener(({ asked, closed, portals }) => {
  if (asked?.newValue) desk.questions.ask(asked.newValue.question, asked.newValue.place);
  if (closed?.newValue) desk.questions.close(closed.newValue);
  if (portals?.newValue) makeMenu(desk.portals); // as after every word of the daemon about accounts
});
"""
_ASK = "(asked) => (globalThis.browser ?? chrome).storage.session.set({ asked })"
_CLOSE = "(closed) => (globalThis.browser ?? chrome).storage.session.set({ closed })"
_ANSWERS = """async () => {
  const { Queue } = await import("/background/queue.js");
  return (await new Queue().waiting()).filter(({ type }) => type === "answer");
}"""
KNOWN = {"choices": ["yes", "no"], "customer_needed": False}
UNKNOWN = {"choices": ["yes", "download_only", "cancel"], "customer_needed": True}


@dataclass(frozen=True)
class Asking:
    """A scene in which questions can be asked."""

    scene: Scene

    def ask(self, kind: str, *, in_page: bool = False, **more: Any) -> str:
        """Ask a question, in a window of its own unless `in_page`; its id."""
        question = {
            "id": str(uuid.uuid4()),
            "kind": kind,
            "carrier": CARRIER,
            "numbers": ["T000000001", "T000000002"],
            "plate": "浙B00001",
            "insured": "示范甲",
            "premium": 318_000,
            "target": None,
            "remark": kind.startswith(("D3", "D4")),
            "asked_at": int(time.time() * 1000),
            **(UNKNOWN if kind.endswith("b") else KNOWN),
            **more,
        }
        origin = self.scene.origin if in_page else "http://nowhere.invalid"
        place = {"origin": origin, "login": None, "tab": -1, "frame": -1}
        self.scene.own.evaluate(_ASK, {"question": question, "place": place})
        return str(question["id"])

    def shown(self) -> tuple[pw.Page, pw.Frame]:
        """Wait for the question that stands before the clerk: its page, and its frame in that."""
        return until(self._shown, "a question before the clerk")

    def close(self, question: str) -> None:
        """Take a question off, as the daemon does when it is answered elsewhere."""
        open_before = len(self.scene.browser.tabs())
        self.scene.own.evaluate(_CLOSE, question)
        until(lambda: len(self.scene.browser.tabs()) < open_before, "its window closes")

    def own_page(self, name: str, drawn: str) -> pw.Page:
        """Open a page of the extension's own, once `drawn` stands in it."""
        browser = self.scene.browser
        tab = browser.open(browser.extension_url(f"{name}/{name}.html"))
        until(lambda: tab.main.has(drawn), f"{name} is drawn")
        return page_of(tab)

    def answers(self) -> list[dict[str, Any]]:
        """The answers that are kept for the desk."""
        kept: list[dict[str, Any]] = self.scene.own.evaluate(_ANSWERS)
        return kept

    def _shown(self) -> tuple[pw.Page, pw.Frame] | None:
        for tab in self.scene.browser.tabs():
            for frame in page_of(tab).frames:
                if "/ask/" in frame.url and ChromiumFrame(page_of(tab), frame).has("[data-choice]"):
                    return page_of(tab), frame
        return None


def page_of(tab: Tab) -> pw.Page:
    """Chromium's own hold on a tab."""
    assert isinstance(tab, ChromiumTab)
    return tab.page


@contextmanager
def asking(
    folder: Path,
    packages: Path,
    locale: str = "zh_CN",
    kind: str = "chromium",
    display: str | None = None,
) -> Iterator[Asking]:
    """Run a browser: Chromium in this language, with a window on the `display` where one is given."""
    environment = {"LANGUAGE": locale} | ({"DISPLAY": display} if display else {})
    running = partial(chromium, headed=True) if display else None
    with scene(kind, folder, packages, _HEAR, environment, running) as stand:
        yield Asking(stand)
