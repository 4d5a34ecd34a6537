"""What a whole desk costs, and how long its clerk waits: `python -m scripts.bench_desk [start] [job]`.

The real programs on a private desktop: the daemon with the management system in it, a real keyring, a
practice portal, Chromium with the extension. Everything was read from the disk before. Rows and options are
those of bench.py; like there, nothing fails a build.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from companion.link.framing import HEADER, pack
from companion.link.install import callers
from companion.protocol import HostHello, encode
from scripts.bench import HELLO, Row, Sample, at_most, medians, report
from scripts.bench_eye import Eye
from scripts.stage import story
from scripts.stage.blows import hosts_of
from scripts.stage.browser import Browser
from scripts.stage.clerk import Clerk
from scripts.stage.desk import Desk
from scripts.stage.desktop import private_desktop
from scripts.stage.package import build
from scripts.stage.theatre import Theatre, theatre

LOAD = """
import contextlib, importlib
for name in {names}:
    with contextlib.suppress(Exception):  # some are only asked whether they are there
        print(importlib.import_module(name).__name__)
"""


@dataclass(frozen=True)
class Bench:
    """Where to measure, and how much."""

    folder: Path
    starts: int
    saves: int
    rest: float
    """Seconds after the last job before memory is read."""
    idle: float
    """Seconds over which wake-ups are counted."""


def prepare(folder: Path, quick: bool) -> Bench:
    """A bench of this size. Programs are compiled once, as they are where they are installed."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    return Bench(folder, 2, 3, 2, 5) if quick else Bench(folder, 9, 24, 20, 60)


# ---------------------------------------------------------------- start


def start(bench: Bench) -> Iterator[Row]:
    """From the daemon's spawn to the welcome that answers a hello on its socket, with a keyring and databases
    that are there already; beside a Python that does nothing, and one that only imports what others wrote."""
    folder = bench.folder / "start"
    with private_desktop(folder) as desktop:
        _start(Desk(folder / "compiling", desktop.environment))
        desk = Desk(folder / "desk", desktop.environment)
        very_first = _start(desk)["ms"]
        _start(Desk(desk.home, desktop.environment | {"PYTHONPROFILEIMPORTTIME": "1"}))
        found = imports((desk.home / "daemon-errors.log").read_text(encoding="utf-8"))
        load = LOAD.format(names=_run(LOAD.format(names=list(found))).split())
        ms = {
            name: sample["ms"]
            for name, sample in medians(
                bench.starts,
                {
                    "desk": lambda: _start(desk),
                    "python": lambda: _timed("pass"),
                    "imports": lambda: _timed(load),
                },
            ).items()
        }
    beside = "python -c pass {python:.0f} ms, importing the modules of others {imports:.0f} ms".format(**ms)
    first = f"the very first start, which makes key and databases, {very_first:.0f} ms"
    yield at_most("daemon: cold start to first answer", ms["desk"] / 1000, "s", f"{beside}; {first}", 1)
    heavy = sorted(found.items(), key=lambda item: -item[1])[:6]
    slowest = ", ".join(f"{name} {spent:.0f}" for name, spent in heavy)
    yield Row("same: all imports of others, traced", sum(found.values()), "ms", slowest)


def _start(desk: Desk) -> Sample:
    begin = time.perf_counter()
    desk.start()
    greet(desk.socket)
    spent = time.perf_counter() - begin
    desk.stop()
    return {"ms": spent * 1000}


def greet(path: Path) -> None:
    """Say hello to a daemon as a native host and its extension do, and read the welcome."""
    with socket.socket(socket.AF_UNIX) as host:
        host.settimeout(10)
        host.connect(str(path))
        host.sendall(pack(encode(HostHello(caller=min(callers()), pid=os.getpid()))) + HELLO)
        (length,) = HEADER.unpack(host.recv(HEADER.size, socket.MSG_WAITALL))
        answer = json.loads(host.recv(length, socket.MSG_WAITALL))
    if answer["type"] != "welcome":
        raise RuntimeError(f"a desk answered {answer}")


def _timed(code: str) -> Sample:
    begin = time.perf_counter()
    _run(code)
    return {"ms": (time.perf_counter() - begin) * 1000}


def _run(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def imports(log: str) -> dict[str, float]:
    """Modules of others that ours import, in a table of `-X importtime`: name -> ms, with all they import.

    The table tells a module after those that it imports, which stand two columns further in.
    """
    lines = re.findall(r"^import time:\s+\d+ \|\s+(\d+) \| ( *)(\S+)$", log, re.MULTILINE)
    found: dict[str, float] = {}
    above: dict[int, bool] = {-1: False}
    for spent, indent, name in reversed(lines):
        depth, theirs = len(indent) // 2, _theirs(name)
        inside = any(above.get(level, False) for level in range(-1, depth))
        above = {level: other for level, other in above.items() if level < depth} | {depth: theirs}
        if theirs and not inside:
            found[name] = int(spent) / 1000
    return dict(reversed(found.items()))


def _theirs(name: str) -> bool:
    top = name.partition(".")[0]
    return top not in {*sys.stdlib_module_names, "companion"} and not top.startswith("_")


# ---------------------------------------------------------------- a job, and the rest after it


def job(bench: Bench) -> Iterator[Row]:
    """One whole job in PICC's practice portal, from save to toast; rest; then saves in a warm browser."""
    packages = build(bench.folder / "packages")
    with theatre(bench.folder / "job", packages) as stage, stage.browser("chromium") as browser:
        clerk = stage.clerk(browser)
        clerk.log_in()
        _leave_welcome(browser)
        save, entry = story.quote(stage, clerk)
        clerk.answer("yes", customer="示范客户")
        story.filed(stage, save["numbers"][0])
        entry.close()
        yield from resting(bench, stage)
        yield from waiting(bench, clerk, browser)


def _leave_welcome(browser: Browser) -> None:
    """Close the page that the extension opens when it is installed: while it is open it asks for news."""
    for tab in browser.tabs():
        if tab.main.url.startswith(browser.extension_url("")):
            tab.close()


def waiting(bench: Bench, clerk: Clerk, browser: Browser) -> Iterator[Row]:
    """What follows a save, in ms since the last byte of the portal's answer to it (see bench_eye.py)."""
    eye = Eye(browser)
    waits = [eye.watch(clerk) for _ in range(bench.saves + 2)][2:]  # two to warm up
    acks, alone = [one.acknowledged for one in waits], [one.question - one.portal for one in waits]
    of_all = f"worst {max(acks):.0f} of {len(waits)}"
    yield at_most("page event → acknowledgement, p50", median(acks), "ms", of_all, 150)
    portal = f"the portal's own {median(one.portal for one in waits):.0f} ms left out"
    of_all = f"worst {max(alone):.0f} of {len(waits)}, {portal}"
    yield at_most("page event → question visible, p50", median(alone), "ms", of_all, 150)


def resting(bench: Bench, stage: Theatre) -> Iterator[Row]:
    """Memory and wake-ups of daemon and native host, with the browser still open and the clerk away."""
    (host,) = hosts_of(stage)
    processes = {"daemon with management system": stage.desk.daemon.pid, "native host": host.pid}
    time.sleep(bench.rest)
    for name, pid in processes.items():
        mb = memory(pid)
        measured = f"{name}: idle memory (RSS)", mb["Rss"], "MB", f"PSS {mb['Pss']:.1f} MB"
        yield at_most(*measured, 100) if pid == stage.desk.daemon.pid else Row(*measured)
    before = {name: stirred(pid) for name, pid in processes.items()}
    time.sleep(bench.idle)
    for name, pid in processes.items():
        more = {what: count - before[name][what] for what, count in stirred(pid).items()}
        threads = int(before[name]["threads"])
        cpu = f"{more['cpu_s'] / bench.idle * 3600:.1f} CPU s an hour, {threads} threads"
        yield Row(f"{name}: wake-ups a minute", more["wakes"] / bench.idle * 60, "", cpu)


def memory(pid: int) -> Sample:
    """A process's resident set (`Rss`), and its proportional share of it (`Pss`), in MB of 10⁶ bytes."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {
        name: int(kb) * 1024 / 1e6 for name, kb in re.findall(r"^(Rss|Pss):\s+(\d+) kB", text, re.MULTILINE)
    }


def stirred(pid: int) -> Sample:
    """Voluntary context switches and CPU seconds of a process's threads so far, and how many threads it has.

    A thread that ends takes its figures along.
    """
    threads = list(Path(f"/proc/{pid}/task").iterdir())
    switches = (
        re.findall(r"^voluntary_ctxt_switches:\s+(\d+)", (one / "status").read_text(), re.M)
        for one in threads
    )
    ran = (int((one / "schedstat").read_text().split()[0]) / 1e9 for one in threads)
    return {"wakes": sum(int(one[0]) for one in switches), "cpu_s": sum(ran), "threads": len(threads)}


if __name__ == "__main__":
    report(__doc__, {"start": start, "job": job}, prepare)
