"""What the extension costs in a portal's page: main-thread CPU, script time and memory of a list in Chromium.

A list of so many rows is filled at once or streamed, beside the page alone, beside the page with a button of
its own in every row, and beside arrive.js doing the same as we do. All are real content scripts in their own
world; only the background is a stand-in, which knows one list and sends nothing anywhere.

`measure` gives the figures and `added` what one variant costs beside the page alone;
`python -m scripts.bench_page REPEATS [ROWS …]` prints them.
"""

import json
import os
import re
import shutil
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

import playwright.sync_api as pw

from scripts.stage import programs

ROOT = Path(__file__).resolve().parents[1]
EXTENSION = ROOT / "extension"
PARTS = ROOT / "scripts" / "bench" / "page_cost"
ARRIVE = ROOT / "node_modules" / "arrive" / "src" / "arrive.js"
MATCHES = ["http://*.localhost/*"]
ALONE, OWN, QUIET, OURS, PEER = "alone", "own buttons", "ours, no list", "ours", "arrive.js"
"""The page alone · with a button in every row of its own · ours where no list is known · ours · the peer."""
VARIANTS = [ALONE, OWN, QUIET, OURS, PEER]
ADDRESSES = {OWN: "/list?buttons", QUIET: "/other"}
SIZES = [100, 1_000, 10_000]
BUTTON_THERE = """() => new Promise((there) => {
    const look = () => document.querySelector("[data-chudan-row]") ? there() : requestAnimationFrame(look);
    look();
})"""
"""Asked in the page's own world: playwright's waiting would put scripts of its own there, and be measured."""
PATIENCE = 180_000
"""Milliseconds that one page may take."""


@dataclass(frozen=True)
class Cost:
    """What one page cost: main-thread CPU and script in ms, JavaScript heap in MiB after a collection."""

    cpu: float
    script: float
    heap: float
    buttons: int
    """Hosts of our buttons, or buttons, in the page."""

    def minus(self, other: "Cost") -> "Cost":
        """What was added to another page."""
        return Cost(
            self.cpu - other.cpu,
            self.script - other.script,
            self.heap - other.heap,
            self.buttons - other.buttons,
        )


def content_scripts() -> list[str]:
    """Our scripts of the isolated world, in their order."""
    listed = (EXTENSION / "background" / "scripts.js").read_text(encoding="utf-8")
    found = re.search(r"CONTENT = \[(.*?)\]", listed, re.DOTALL)
    assert found
    return re.findall(r'"([^"]+)"', found[1])


def package(folder: Path, variant: str, background: Path = PARTS / "background.js") -> Path:
    """An unpacked extension that puts the scripts of a variant into every page; the folder."""
    scripts: list[dict[str, Any]] = []
    folder.mkdir(parents=True)
    if variant in (OURS, QUIET):
        for part in ("content", "page", "shared", "ask", "icons", "_locales"):
            shutil.copytree(EXTENSION / part, folder / part)
        scripts.append({"js": ["page/tap.js"], "world": "MAIN"})
        scripts.append({"js": content_scripts()})
    elif variant == PEER:
        shutil.copyfile(ARRIVE, folder / "arrive.js")
        shutil.copyfile(PARTS / "arrive_buttons.js", folder / "buttons.js")
        scripts.append({"js": ["arrive.js", "buttons.js"]})
    else:
        (folder / "nothing.js").write_text("")
        scripts.append({"js": ["nothing.js"]})
    shutil.copyfile(background, folder / "background.js")
    (folder / "manifest.json").write_text(json.dumps(_manifest(variant, scripts)), encoding="utf-8")
    return folder


def _manifest(variant: str, scripts: list[dict[str, Any]]) -> dict[str, Any]:
    everywhere = {"matches": MATCHES, "run_at": "document_start", "all_frames": True}
    ours = variant in (OURS, QUIET)
    locale = {"default_locale": "zh_CN"} if ours else {}
    frame = {"resources": ["ask/ask.html"], "matches": MATCHES, "use_dynamic_url": True}
    return locale | {
        "manifest_version": 3,
        "name": f"page cost: {variant}",
        "version": "1",
        "permissions": ["storage"],
        "host_permissions": MATCHES,
        "background": {"service_worker": "background.js"},
        "content_scripts": [everywhere | one for one in scripts],
        "web_accessible_resources": [frame] if ours else [],
    }


@contextmanager
def pages(folder: Path = PARTS) -> Iterator[str]:
    """Serve the pages; their origin. Every address is `page.html`."""
    page = (folder / "page.html").read_bytes()

    class Pages(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        serving = threading.Thread(target=partial(server.serve_forever, 0.05))
        serving.start()
        try:
            yield f"http://bench.localhost:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()


@contextmanager
def browser(extension: Path, profile: Path) -> Iterator[pw.BrowserContext]:
    """Chromium with one unpacked extension."""
    arguments = [
        f"--load-extension={extension}",
        f"--disable-extensions-except={extension}",
        "--headless=new",
    ]
    arguments += ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    with pw.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            profile,
            executable_path=programs.chromium(),
            headless=False,  # the old headless mode, which playwright would choose, loads no extensions
            args=arguments,
            ignore_default_args=["--disable-extensions"],
        )
        yield context
        context.close()


def cost(context: pw.BrowserContext, origin: str, variant: str, rows: int, *, stream: bool) -> Cost:
    """Load the page, fill its list, and read what that took from the browser's own counters."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    tap = context.new_cdp_session(page)
    tap.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(origin + ADDRESSES.get(variant, "/list"))
    if variant == OURS:
        page.evaluate("fill(1, false)")
        page.evaluate(BUTTON_THERE)  # the profile is known
        page.evaluate("body.replaceChildren()")
    page.evaluate("idle()")
    before = _counters(tap)
    page.evaluate(f"fill({rows}, {json.dumps(stream)})")
    after = _counters(tap)
    tap.send("HeapProfiler.collectGarbage")
    heap = _counters(tap)["JSHeapUsedSize"] / 2**20
    buttons = page.evaluate("document.querySelectorAll('tbody button, [data-chudan-row]').length")
    page.close()
    spent = {name: (after[name] - before[name]) * 1000 for name in ("TaskDuration", "ScriptDuration")}
    return Cost(spent["TaskDuration"], spent["ScriptDuration"], heap, buttons)


def _counters(tap: pw.CDPSession) -> dict[str, float]:
    found = tap.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in found}


Costs = dict[tuple[str, int, bool], Cost]
"""(variant, rows, streamed) -> the medians of its figures."""


def measure(sizes: list[int], repeats: int, variants: list[str] | None = None) -> Costs:
    """Every variant in every size, at once and streamed, interleaved; one round before counts for nothing."""
    found: dict[tuple[str, int, bool], list[Cost]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name, pages() as origin:
        folder = Path(name)
        for variant in variants or VARIANTS:
            package(folder / "extensions" / variant, variant)
        for turn in range(repeats + 1):
            for variant in variants or VARIANTS:
                extension, profile = folder / "extensions" / variant, folder / f"{variant}-{turn}"
                with browser(extension, profile) as context:
                    for rows in sizes:
                        for stream in (False, True):
                            one = cost(context, origin, variant, rows, stream=stream)
                            if turn > 0:
                                found[variant, rows, stream].append(one)
    return {key: _median(costs) for key, costs in found.items()}


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        median(one.cpu for one in costs),
        median(one.script for one in costs),
        median(one.heap for one in costs),
        round(median(one.buttons for one in costs)),
    )


def added(costs: Costs, variant: str, rows: int, *, stream: bool) -> Cost:
    """What a variant costs beside the page alone."""
    return costs[variant, rows, stream].minus(costs[ALONE, rows, stream])


def main(repeats: int, sizes: list[int]) -> None:
    """Print a table."""
    costs = measure(sizes, repeats)
    print("| rows | | variant | CPU ms | added | script µs a row | heap MiB added | buttons |")
    print("| --- " * 8 + "|")
    for (variant, rows, stream), one in sorted(costs.items(), key=lambda item: item[0][1:]):
        more = added(costs, variant, rows, stream=stream)
        how = "streamed" if stream else "at once"
        print(
            f"| {rows} | {how} | {variant} | {one.cpu:.0f} | {more.cpu:+.0f} | "
            f"{more.script / rows * 1000:+.1f} | {more.heap:+.2f} | {one.buttons} |"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(word) for word in sys.argv[2:]] or SIZES)
