"""The bench measures what it says; the promise of one sync per acknowledged batch is held here as well."""

import json
import subprocess
import sys
from pathlib import Path

from scripts import bench

ROOT = Path(__file__).parents[2]
STRACE = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 95.00    0.002000          50        40           fdatasync
  5.00    0.000100          50         2         1 fsync
------ ----------- ----------- --------- --------- ----------------
100.00    0.002100          50        42         1 total
"""


def test_syncs_are_read_from_straces_table() -> None:
    assert bench.counted(STRACE) == 42
    assert bench.counted("") == 0


def test_measures_are_interleaved_and_each_figure_has_its_own_median() -> None:
    order: list[str] = []
    figures = iter([1.0, 9.0, 5.0, 70.0, 2.0, 80.0])

    def measure(name: str) -> bench.Sample:
        order.append(name)
        return {"us": next(figures), "two": 2}

    found = bench.medians(3, {name: lambda name=name: measure(name) for name in "ab"})  # type: ignore[misc]
    assert order == ["a", "b"] * 3
    assert found == {"a": {"us": 2.0, "two": 2}, "b": {"us": 70.0, "two": 2}}


def test_a_row_says_whether_its_goal_was_reached() -> None:
    assert bench.show(bench.at_most("memory", 8.7, "MB", "C 1.1", 9)).endswith("| ≤ 9 MB | reached |")
    assert bench.show(bench.at_least("rate", 7.9, "×", "", 8)).endswith("| ≥ 8 × | falls short |")


def test_an_acknowledged_batch_costs_one_sync(tmp_path: Path) -> None:
    """A frame through the real host, link and inbox; strace counts (design: nothing acknowledged is lost)."""
    report = tmp_path / "rows.json"
    command = [sys.executable, "scripts/bench.py", "syncs", "--quick", "--disk", str(tmp_path)]
    subprocess.run([*command, "--json", str(report)], cwd=ROOT, check=True, capture_output=True)
    rows = json.loads(report.read_text(encoding="utf-8"))
    # Fewer than one would be an acknowledgement without a sync, the worse defect of the two.
    assert [(row["unit"], row["measured"]) for row in rows] == [("", 1.0), ("", 1.0)]
