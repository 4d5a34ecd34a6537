"""The checks of scripts/test.py: what each runs and how it counts what it did."""

import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from scripts import bootstrap

BUILD = bootstrap.ROOT / "build"
SLOW = {"browser", "faults"}
"""Kinds of Python tests that `--fast` leaves out."""
MOST_UNSTEADY = 3
"""Tests with a browser that may have failed beside others, when each passes by itself."""


@dataclass(frozen=True)
class Result:
    """What came of one check. `output` is empty unless somebody must read it."""

    kind: str
    good: bool
    count: int
    seconds: float
    output: str


@dataclass(frozen=True)
class Done:
    """A finished command."""

    status: int
    output: str
    seconds: float


def command(words: Sequence[str | Path], environment: dict[str, str] | None = None) -> Done:
    """Run a command in the project's root, both its outputs in one."""
    began = time.monotonic()
    done = subprocess.run(
        [str(word) for word in words],
        cwd=bootstrap.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Done(done.returncode, done.stdout, time.monotonic() - began)


def counted(kind: str, done: Done, pattern: str) -> Result:
    """A result whose count is the number that `pattern` finds in the output."""
    found = re.findall(pattern, done.output)
    return result(kind, done, sum(int(number) for number in found))


def result(kind: str, done: Done, count: int) -> Result:
    """A result that is good when the command's status was 0."""
    return Result(kind, done.status == 0, count, done.seconds, done.output if done.status else "")


def python(module: str, *words: str) -> Done:
    """Run a module of the virtual environment."""
    return command([sys.executable, "-m", module, *words])


def node(*words: str | Path) -> Done:
    """Run node with these arguments."""
    return command([bootstrap.node_binaries() / "node", *words], bootstrap.node_environment())


def ruff_check() -> Result:
    """The linter; counts files."""
    files = python("ruff", "check", "--show-files").output.splitlines()
    return result("ruff check", python("ruff", "check"), len(files))


def ruff_format() -> Result:
    """The formatter."""
    return counted("ruff format", python("ruff", "format", "--check"), r"(\d+) files? already formatted")


def mypy() -> Result:
    """Python types, strictly."""
    return counted("mypy", python("mypy"), r"no issues found in (\d+) source files")


def mypy_elsewhere() -> Result:
    """The same for the systems that these tests do not run on; what is theirs alone is typed only here."""
    checked = [
        python("mypy", "--platform", system, "--cache-dir", f".mypy_cache/{system}", "companion")
        for system in ("win32", "darwin")
    ]
    output = "\n".join(done.output for done in checked)
    done = Done(max(done.status for done in checked), output, sum(done.seconds for done in checked))
    return counted("mypy elsewhere", done, r"no issues found in (\d+) source files")


def imports() -> Result:
    """Imports point one way; counts contracts."""
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    return counted("import contracts", command(lint), r"Contracts: (\d+) kept")


def tsc() -> Result:
    """JavaScript types by JSDoc, strictly; counts our files."""
    done = node("node_modules/typescript/bin/tsc", "--noEmit", "--listFiles", "-p", ".")
    ours = [line for line in done.output.splitlines() if line.endswith(".js") and "node_modules" not in line]
    return result("tsc", done, len(ours))


def javascript() -> Result:
    """JavaScript unit tests in node; a skipped one is a failure."""
    files = sorted(str(path) for path in Path("tests/js").glob("**/*.test.js"))
    done = node("--test", "--test-reporter=tap", "--test-timeout=60000", *files)
    idle = sum(int(number) for number in re.findall(r"^# (?:skipped|todo) (\d+)", done.output, re.MULTILINE))
    passed = sum(int(number) for number in re.findall(r"(?m)^# pass (\d+)", done.output))
    failures = re.findall(r"(?ms)^not ok .*?^  \.\.\.$", done.output)
    told = "\n".join(failures) or done.output
    return result("javascript", Done(done.status or idle, told, done.seconds), passed)


def web_ext() -> Result:
    """The linter of the add-on store, on both Firefox packages: no error, no warning."""
    packed = command([sys.executable, "scripts/package_extension.py", "--out", BUILD])
    if packed.status:
        return result("web-ext lint", packed, 0)
    runs = [_lint(BUILD / name / "firefox") for name in ("store", "practice")]
    together = Done(sum(run.status for run in runs), "".join(run.output for run in runs), packed.seconds)
    together = Done(together.status, together.output, packed.seconds + sum(run.seconds for run in runs))
    return result("web-ext lint", together, sum(run.status == 0 for run in runs))


def _lint(package: Path) -> Done:
    lint = ["node_modules/web-ext/bin/web-ext.js", "lint", "--warnings-as-errors", "--no-config-discovery"]
    return node(*lint, "--source-dir", package)


STATIC: list[Callable[[], Result]] = [
    *(mypy, web_ext, mypy_elsewhere, tsc, javascript, ruff_check, ruff_format, imports)
]
"""All checks but pytest, the longest first."""


def pytest(fast: bool, words: str | None) -> list[Result]:
    """Every Python test; one result per kind (tests/kinds.py)."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ["-p", "tests.kinds", "--junit-xml", str(report), "-q", "--durations", "15"]
        options += ["-n", "2", "--dist", "worksteal"]
        options += ["-m", "not browser and not faults"] if fast else []
        options += ["-k", words] if words else []
        done = python("pytest", *options)
        print(done.output if words or done.status else _slowest(done.output))
        results = [] if _sound(done, report) else [Result("pytest", False, 0, done.seconds, "")]
        steady = _second_look(report, Path(folder) / "again.xml") if done.status else frozenset()
        results += _kinds(report, steady) if report.exists() else []
    for name in sorted(steady):
        print(f"UNSTEADY {name}: failed once, passed by itself; mend it")
    return results


def _sound(done: Done, report: Path) -> bool:
    """Whether the report tells all: pytest may also end badly without a test that failed."""
    return report.exists() and (done.status == 0 or (done.status == 1 and _failed(report) != {}))


def _second_look(report: Path, again: Path) -> frozenset[str]:
    """Tests with a browser that failed beside others and pass by themselves, if they are few.

    Two cores drive a dozen real programs at once; one of them that starves must not hide what all others
    say. Nothing is passed over in silence: each is named, and more than a few fail the run.
    """
    failed = _failed(report) if report.exists() else {}
    if not 0 < len(failed) <= MOST_UNSTEADY or any(browser != "True" for browser in failed.values()):
        return frozenset()
    done = python("pytest", "-p", "tests.kinds", "--junit-xml", str(again), "-q", "-n", "0", *failed)
    if done.status:
        print(f"The second look:\n{done.output}")
    if not _sound(done, again):
        return frozenset()
    good = {_noted(case, "node") for case in ElementTree.parse(again).iter("testcase") if not _is_bad(case)}
    return frozenset(failed.keys() & good)


def _failed(report: Path) -> dict[str, str]:
    """Node id of every test that failed -> whether it drives a browser, as the report has it."""
    cases = ElementTree.parse(report).iter("testcase")
    return {_noted(case, "node"): _noted(case, "browser") for case in cases if _is_bad(case)}


def _noted(case: ElementTree.Element, name: str) -> str:
    # A file that cannot be collected stands in the report without either.
    values = (one.get("value", "") for one in case.iter("property") if one.get("name") == name)
    return next(values, "not collected")


def _is_bad(case: ElementTree.Element) -> bool:
    # A skipped or expected failure shows nothing, so it counts as a failure here.
    return any(case.find(tag) is not None for tag in ("failure", "error", "skipped"))


def _kinds(report: Path, steady: frozenset[str]) -> list[Result]:
    count: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    seconds: defaultdict[str, float] = defaultdict(float)
    for case in ElementTree.parse(report).iter("testcase"):
        kind = _noted(case, "kind")
        count[kind] += 1
        seconds[kind] += float(case.get("time", 0))
        bad[kind] += _is_bad(case) and _noted(case, "node") not in steady
    return [Result(kind, not bad[kind], count[kind], seconds[kind], "") for kind in sorted(count)]


def _slowest(output: str) -> str:
    lines = output.splitlines()
    start = next((number for number, line in enumerate(lines) if "slowest" in line), len(lines))
    return "\n".join(lines[start:])
