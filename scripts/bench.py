"""Measure Chudan's fast paths, each beside its limit in the same run: `python scripts/bench.py`.

Medians of interleaved repeats, and ratios: absolute figures say little about another machine. The limits are
C programs (scripts/bench/*.c), compiled when this starts. Nothing here fails a build: a row that falls short
of its goal says so.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, TypeVar
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion.home import Home  # noqa: E402
from companion.link import install  # noqa: E402
from companion.link.framing import pack  # noqa: E402
from companion.link.launchers import Launcher  # noqa: E402
from companion.protocol import Hello, encode  # noqa: E402
from scripts.bench_daemon import hint  # noqa: E402

SOURCES = ROOT / "scripts" / "bench"
CALLER = "chrome-extension://bench/"
IN_FLIGHT = 64
HELLO = pack(
    encode(
        Hello(
            id=str(UUID(int=1)),
            instance=str(UUID(int=2)),
            extension_version="0",
            browser="chromium",
            browser_version="0",
            locale="en",
            profiles={},
        )
    )
)
Sample = dict[str, float]
T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One line of the report. `goal` compares `measured`; without one the row is for information."""

    name: str
    measured: float
    unit: str
    beside: str = ""
    goal: str = ""
    reached: bool | None = None


@dataclass(frozen=True)
class Size:
    """How much is measured: `repeats` of everything, interleaved."""

    repeats: int
    starts: int
    messages: int
    events: int


FULL = Size(repeats=7, starts=30, messages=3000, events=6400)
QUICK = Size(repeats=3, starts=5, messages=300, events=640)


class Bench:
    """A workshop: compiled programs, frames, running daemons; all below one short-lived folder."""

    def __init__(self, folder: Path, size: Size) -> None:
        self.folder = folder
        self.size = size
        self._numbers = count(1)
        for source in SOURCES.glob("*.c"):
            command = ["gcc", "-O2", "-pthread", "-o", str(folder / source.stem), str(source)]
            subprocess.run(command, check=True)

    def program(self, name: str) -> str:
        """Path of a compiled program."""
        return str(self.folder / name)

    def launcher(self, socket: Path) -> str:
        """A host installed as in real life, for a daemon at this socket."""
        carries = Launcher(Home(self.folder).path, Path(sys.executable), install.HOST, socket)
        path = self.folder / f"{socket.name}.sh"
        path.write_text(carries.script())
        path.chmod(0o700)
        return str(path)

    def frames(self, events: int, *, warm: bool = True) -> str:
        """A file of frames: a hello, and hints that nobody has seen before."""
        path = self.folder / "frames"
        hints = [pack(encode(hint(next(self._numbers)))) for _ in range(events)]
        path.write_bytes((HELLO if warm else b"") + b"".join(hints))
        return str(path)

    def drive(self, frames: str, window: int, *command: str, core: int | None = None) -> Sample:
        """Let the driver play the browser to a host; on one core if told so."""
        everything = [self.program("driver"), frames, "1", str(window), *command]
        pinned = ["taskset", "-c", str(core)] if core is not None else []
        return _json([*pinned, *everything])

    def append(self, per_sync: int) -> Sample:
        """What the disk can do with records of an event's size."""
        events = max(per_sync, self.size.events // (1 if per_sync > 1 else 16))
        payload = len(encode(hint(0)))
        return _json(
            [self.program("append"), self.program("records"), str(events), str(payload), str(per_sync)]
        )

    @contextmanager
    def running(self, *command: str, core: int | None = None) -> Iterator[None]:
        """A process that says `ready` and ends with its input."""
        pinned = ["taskset", "-c", str(core)] if core is not None else []
        process = subprocess.Popen(
            [*pinned, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        try:
            assert process.stdout
            if process.stdout.readline() != "ready\n":
                raise RuntimeError(f"{command[0]} did not start")
            yield
        finally:
            process.communicate()

    def daemon(self, *words: str) -> list[str]:
        """The command of our daemon's part."""
        return [sys.executable, "-m", "scripts.bench_daemon", *words]


def _json(command: list[str]) -> Sample:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    sample: Sample = json.loads(done.stdout)
    return sample


def medians(repeats: int, measures: dict[str, Callable[[], Sample]]) -> dict[str, Sample]:
    """Run every measure once per repeat, in turn; the median of each figure by itself."""
    figures: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(repeats):
        for name, measure in measures.items():
            for figure, value in measure().items():
                figures[name][figure].append(value)
    return {
        name: {figure: median(values) for figure, values in found.items()} for name, found in figures.items()
    }


def at_most(name: str, measured: float, unit: str, beside: str, most: float) -> Row:
    """A row whose figure should be small."""
    return Row(name, measured, unit, beside, f"≤ {most:g} {unit}", measured <= most)


def at_least(name: str, measured: float, unit: str, beside: str, least: float) -> Row:
    """A row whose figure should be large."""
    return Row(name, measured, unit, beside, f"≥ {least:g} {unit}", measured >= least)


# ---------------------------------------------------------------- measurements


def start(bench: Bench) -> list[Row]:
    """Start of a host to its first reply, and its memory."""
    socket = bench.folder / "start.desk"
    frames = bench.frames(0)
    nothing = bench.folder / "nothing"
    nothing.write_bytes(b"")
    python = [os.path.realpath(sys.executable), "-I", "-S", "-E", "-c", "pass"]
    with bench.running(*bench.daemon("link", str(socket))):
        host = bench.launcher(socket)
        found = medians(
            bench.size.starts,
            {
                "host": lambda: bench.drive(frames, 1, host, CALLER),
                "echo": lambda: bench.drive(frames, 1, bench.program("echo")),
                "python": lambda: bench.drive(str(nothing), 1, *python),
            },
        )
    ms = {name: sample["start_us"] / 1e3 for name, sample in found.items()}
    mib = {name: sample["rss_kb"] / 1024 for name, sample in found.items()}
    beside = "C echo {echo:.1f}, python -c pass {python:.1f}"
    return [
        at_most("host: start to first reply", ms["host"], "ms", beside.format(**ms), 10),
        at_most("host: memory", mib["host"], "MiB", beside.format(**mib), 9),
    ]


def round_trip(bench: Bench) -> list[Row]:
    """A message through host and daemon and back, all on one core: waking another costs more than we do."""
    ours, theirs = bench.folder / "trip.desk", bench.folder / "trip.echo"
    core = max(os.sched_getaffinity(0))
    frames = bench.frames(bench.size.messages)
    with (
        bench.running(*bench.daemon("link", str(ours)), core=core),
        bench.running(bench.program("unix_echo"), str(theirs), core=core),
    ):
        host = bench.launcher(ours)
        found = medians(
            bench.size.repeats,
            {
                "host": lambda: bench.drive(frames, 1, host, CALLER, core=core),
                "c": lambda: bench.drive(frames, 1, bench.program("relay"), str(theirs), core=core),
            },
        )
    us = {name: sample["p50_us"] for name, sample in found.items()}
    beside = f"{us['host']:.0f} µs beside {us['c']:.0f} µs of two hops in C"
    return [at_most("round trip host + daemon", us["host"] / us["c"], "×", beside, 4)]


def durable(bench: Bench) -> list[Row]:
    """Frame to durable acknowledgement, beside a bare append with fdatasync."""
    socket, database = bench.folder / "kept.desk", bench.folder / "kept.db"
    few, many = bench.size.events // 16, bench.size.events
    with bench.running(*bench.daemon("inbox", str(socket), str(database))):
        host = bench.launcher(socket)
        found = medians(
            bench.size.repeats,
            {
                "one": lambda: bench.drive(bench.frames(few), 1, host, CALLER),
                "append": lambda: bench.append(1),
                "many": lambda: bench.drive(bench.frames(many), IN_FLIGHT, host, CALLER),
                "append many": lambda: bench.append(IN_FLIGHT),
            },
        )
    us, rate = found["one"]["p50_us"], {name: sample["per_second"] for name, sample in found.items()}
    bare = found["append"]["p50_us"]
    gain = f"{rate['many']:.0f}/s beside {rate['one']:.0f}/s one by one"
    disk = f"{rate['append many']:.0f}/s of bare appends, {IN_FLIGHT} per fdatasync"
    return [
        Row(
            "durable ack, 1 in flight", us / bare, "×", f"{us:.0f} µs beside {bare:.0f} µs append + fdatasync"
        ),
        at_least(f"durable ack, {IN_FLIGHT} in flight", rate["many"] / rate["one"], "×", gain, 8),
        Row(
            f"same, of the disk's own rate at {IN_FLIGHT} per sync",
            rate["many"] / rate["append many"],
            "×",
            disk,
        ),
    ]


def syncs(bench: Bench) -> list[Row]:
    """fdatasync calls per acknowledged batch, counted by strace; an `ack` frame is a batch."""
    idle, _ = traced(bench, 0, 1)  # what making and closing the database costs
    rows = []
    for window in (1, IN_FLIGHT):
        events = bench.size.events // (16 if window == 1 else 1)
        calls, acks = traced(bench, events, window)
        beside = f"{calls - idle} syncs for {acks:.0f} acks of {events} events"
        name = f"syncs per acknowledged batch, {window} in flight"
        rows.append(at_most(name, (calls - idle) / acks, "", beside, 1))
    return rows


def traced(bench: Bench, events: int, window: int) -> tuple[int, float]:
    """Syncs and acks of a daemon that served so many events."""
    name = f"sync{events}-{window}"
    socket, log = bench.folder / f"{name}.desk", bench.folder / f"{name}.txt"
    trace = ["strace", "-f", "--seccomp-bpf", "-c", "-e", "trace=fdatasync,fsync", "-o", str(log)]
    with bench.running(*trace, *bench.daemon("inbox", str(socket), str(bench.folder / f"{name}.db"))):
        sample = bench.drive(bench.frames(events), window, bench.launcher(socket), CALLER)
    return counted(log.read_text()), sample["answers"]


def counted(table: str) -> int:
    """Calls in a table of `strace -c`: share, seconds, microseconds per call, calls, errors, name."""
    rows = [line.split() for line in table.splitlines()]
    return sum(int(row[3]) for row in rows if row and row[-1] in ("fdatasync", "fsync"))


def store(bench: Bench) -> list[Row]:
    """The store alone: CPU per event at 64 in flight, and its rate beside one by one."""
    database = bench.folder / "store.db"

    def fresh(events: int, in_flight: int) -> Sample:
        for path in bench.folder.glob("store.db*"):
            path.unlink()
        return _json(bench.daemon("store", str(database), str(events), str(in_flight)))

    found = medians(
        bench.size.repeats,
        {
            "many": lambda: fresh(bench.size.events, IN_FLIGHT),
            "one": lambda: fresh(bench.size.events // 16, 1),
            "append": lambda: bench.append(1),
        },
    )
    cpu, rate = found["many"]["cpu_us"], {name: sample["per_second"] for name, sample in found.items()}
    one = f"{found['one']['cpu_us']:.0f} µs one by one"
    beside = f"{rate['many']:.0f}/s beside {rate['append']:.0f}/s append + fdatasync"
    return [
        at_most(f"store: CPU per event, {IN_FLIGHT} in flight", cpu, "µs", one, 30),
        at_least(f"store: rate, {IN_FLIGHT} in flight", rate["many"] / rate["append"], "×", beside, 8),
    ]


MEASURES = {"start": start, "round-trip": round_trip, "durable": durable, "syncs": syncs, "store": store}


def show(row: Row) -> str:
    """A row of the Markdown table."""
    verdict = {None: "", True: "reached", False: "falls short"}[row.reached]
    return f"| {row.name} | {row.measured:.2f} {row.unit} | {row.beside} | {row.goal} | {verdict} |"


def report(
    doc: str | None,
    measures: Mapping[str, Callable[[T], Iterable[Row]]],
    prepare: Callable[[Path, bool], T],
) -> None:
    """Measure what the command line asks for and print a table.

    `prepare` gets a folder on the disk to measure, and whether it is only to be seen that everything works;
    what it makes is handed to every measure.
    """
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "only", nargs="*", choices=[*measures, []], help="what to measure; default: everything"
    )
    parser.add_argument("--quick", action="store_true", help="few repeats, to see that it works")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    parser.add_argument("--disk", type=Path, help="a folder on the disk to measure; default: the home folder")
    wanted = parser.parse_args()
    rows: list[Row] = []
    print("| what | measured | beside | goal | |\n| --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory(prefix="chudan-", dir=wanted.disk or Path.home()) as folder:
        prepared = prepare(Path(folder), wanted.quick)
        for name in wanted.only or measures:
            for row in measures[name](prepared):
                rows.append(row)
                print(show(row), flush=True)
    if wanted.json:
        written: list[dict[str, Any]] = [asdict(row) for row in rows]
        wanted.json.write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    report(__doc__, MEASURES, lambda folder, quick: Bench(folder, QUICK if quick else FULL))
