"""Runs the scripts of this folder as scripts of a portal's page: from before the page on, or in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import playwright.sync_api as pw

from scripts.stage.browser import Browser, Frame, Tab
from scripts.stage.chromium import ChromiumFrame, ChromiumTab
from scripts.stage.firefox import FirefoxTab
from scripts.stage.waiting import until

HERE = Path(__file__).parent
OURS = "-extension:"
"""In every address of a file of the extension."""
_NAME = re.compile(r"^  (?:async )?([a-z_]+)[:(]", re.MULTILINE)
_FOUND = "() => ({haul: hostile.haul(), faults: hostile.faults})"


def scripts(file: str) -> list[str]:
    """The names of the scripts in a file, in its order."""
    return _NAME.findall((HERE / file).read_text(encoding="utf-8"))


BEFORE, AFTER = scripts("before.js"), scripts("after.js")


@dataclass(frozen=True)
class Played:
    """What came of a script within its page: what it could reach, and errors of ours that it saw."""

    haul: str
    faults: list[str]


@dataclass
class HostileTab:
    """A tab in which scripts of this folder run, one per page."""

    tab: Tab
    errors: list[str] = field(default_factory=list)
    """What failed in the extension's own files, in the page's world and in its own (Chromium)."""

    def play(self, url: str, name: str, number: str, more: str = "") -> Played:
        """Load a page with a script that lies about a number, until the script is through."""
        self.tab.goto(f"{url}?hostile={name}&number={number}{more}")
        until(lambda: self.tab.main.has("html[data-done]"), f"{name} is through")
        found = self.tab.main.evaluate(_FOUND)
        errors, self.errors[:] = [*found["faults"], *self.errors], []
        return Played(found["haul"], errors)


@contextmanager
def hostile_tab(browser: Browser) -> Iterator[HostileTab]:
    """A tab whose pages have a script of this folder in them, from before their own first script on."""
    tab = browser.open("about:blank")
    hostile = HostileTab(tab)
    words = _words(browser)
    if isinstance(tab, ChromiumTab):
        _listen(tab.page, hostile.errors)
        tab.page.add_init_script(words)
    else:
        firefox = cast(FirefoxTab, tab)
        contexts = [firefox.context]
        firefox._bidi.call(
            "script.addPreloadScript", functionDeclaration=f"() => {{{words}}}", contexts=contexts
        )
    yield hostile
    tab.close()


def _words(browser: Browser) -> str:
    """All scripts as one: the page's address says which of them runs."""
    base = browser.extension_url("")
    known = f"const BASES = [{base!r}], IDS = [{base.split('/')[2]!r}];"
    files = (HERE / file for file in ("before.js", "after.js", "hand.js"))
    return "\n".join(["{", known, *(file.read_text(encoding="utf-8") for file in files), "}"])


def _listen(page: pw.Page, errors: list[str]) -> None:
    """Keep what fails in our files, in whichever world."""

    def fault(error: pw.Error) -> None:
        if OURS in str(error.stack):
            errors.append(str(error.stack))

    page.on("pageerror", fault)


COVERS = "(() =>" + (HERE / "covers.js").read_text(encoding="utf-8").partition("(() =>")[2].strip()
KINDS = re.findall(r"^    ([a-z_]+): ", COVERS, re.MULTILINE)
"""The ways to cover what stands in a page."""


def press_blindly(frame: Frame, selector: str) -> None:
    """Press where an element of a frame is, whatever lies there (Chromium).

    A press that a window of ours gets in front of is never acknowledged: it has to have an end of its own.
    """
    with suppress(pw.Error):  # it went while we looked
        cast(ChromiumFrame, frame)._frame.locator(selector).click(force=True, timeout=1_000)


def covered(tab: Tab, frame: Frame, kind: str, since: float = 600) -> None:
    """Cover what stands in a page, until the browser has had time (ms) to notice and a press would count."""
    tab.main.evaluate(f"() => void {COVERS}.{kind}()")
    begun = frame.evaluate("() => performance.now()")
    until(lambda: frame.evaluate("() => performance.now()") - begun > since, "the browser has noticed")
