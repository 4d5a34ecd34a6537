"""How long a clerk waits after a save in PICC's practice portal, by the clocks of a running Chromium.

Every moment is one that the browser itself has noted; the portal's page is left alone.
"""

from dataclasses import dataclass
from functools import partial
from typing import cast

import playwright.sync_api as pw

from scripts.stage.browser import Browser
from scripts.stage.chromium import ChromiumTab
from scripts.stage.clerk import QUESTION, Car, Clerk
from scripts.stage.waiting import until

SAVED = "/prpall/business/insert.do"
ASKED = ("/prpall/business/selectProposal.do", "/prpall/top.do")
"""Paths of PICC's portal: what a save is answered by, and what we ask before a question."""
NOTE_HINTS = """() => {
    globalThis.hints = [];
    const now = () => performance.timeOrigin + performance.now();
    const { add } = IDBObjectStore.prototype;
    const { getKey } = IDBIndex.prototype;
    IDBObjectStore.prototype.add = function (row) {
        if (row.message.type === "hint") hints.push({ id: row.message.id, acknowledged: null });
        return add.call(this, row);
    };
    IDBIndex.prototype.getKey = function (id) {
        const hint = hints.find((one) => one.id === id);
        if (hint) hint.acknowledged ??= now();
        return getKey.call(this, id);
    };
}"""
"""In the background: note the hints that its queue gets, and when one is looked for again to be dropped."""
ACKNOWLEDGED = "() => hints[0]?.acknowledged"
PAINTED = """() => {
    const [first] = performance.getEntriesByName("first-contentful-paint");
    return first ? performance.timeOrigin + first.startTime : null;
}"""
"""In the question's frame, in which nothing can be seen before the question itself."""


@dataclass(frozen=True)
class Wait:
    """Milliseconds from the last byte of the portal's answer to a save, as the browser's network tells it."""

    acknowledged: float
    """… to when the background, told that the daemon has the hint on disk, goes to drop it from its queue."""
    question: float
    """… to the first paint of the question in its frame, as the frame's own performance timeline tells it."""
    portal: float
    """What of that our queries to the portal took, from the first byte sent to the last one received."""


class Eye:
    """Reads the clocks of a browser, which are all one clock; the page itself is left alone."""

    def __init__(self, browser: Browser) -> None:
        context = cast(ChromiumTab, browser.tabs()[0]).page.context
        self._answered: list[pw.Request] = []
        self._worker = context.service_workers[0]
        self._worker.evaluate(NOTE_HINTS)
        context.on("requestfinished", lambda request: self._answered.append(request))

    def watch(self, clerk: Clerk) -> Wait:
        """Have a quote of a new car saved, wait for the question without looking for it, and answer 取消."""
        self._answered.clear()
        self._worker.evaluate("() => { hints = []; }")
        entry = clerk.new_entry()
        clerk.enter(entry, Car.invent())
        page = cast(ChromiumTab, entry).page
        with page.expect_event("framenavigated", lambda frame: QUESTION in frame.url) as stands:
            clerk.save(entry)
        painted: float = until(partial(stands.value.evaluate, PAINTED), "the question is painted")
        (saved,) = [one for one in self._answered if SAVED in one.url]
        event = _ended(saved)
        acknowledged: float = until(partial(self._worker.evaluate, ACKNOWLEDGED), "an acknowledgement")
        ours = [one for one in self._answered if one.url.endswith(ASKED) and event <= _sent(one) < painted]
        clerk.answer("cancel")
        entry.close()
        portal = sum(_ended(one) - _sent(one) for one in ours)
        return Wait(acknowledged - event, painted - event, portal)


def _sent(request: pw.Request) -> float:
    return request.timing["startTime"] + request.timing["requestStart"]


def _ended(request: pw.Request) -> float:
    return request.timing["startTime"] + request.timing["responseEnd"]
