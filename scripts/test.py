#!/usr/bin/env python3
"""Everything that must hold: `python3 scripts/test.py [--fast] [-k WORDS]`.

Sets up what the checks need, runs them all, and compares how much ran with tests/minimums.json, so that no
check can quietly stop checking. `--fast` leaves out browsers and faults; `-k` runs only the Python tests
whose names match.
"""

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import bootstrap, checks

MINIMUMS = bootstrap.ROOT / "tests" / "minimums.json"


def main() -> int:
    """Run the checks; 0 when all hold and none ran less than it must."""
    options = _options()
    bootstrap.need_python()
    bootstrap.need_packages(bootstrap.TEST_PACKAGES)
    bootstrap.enter("test")
    bootstrap.need_node_modules()
    os.chdir(bootstrap.ROOT)
    started = time.monotonic()
    results = [] if options.k else _static()
    results += checks.pytest(options.fast, options.k)
    for result in results:
        if result.output:
            print(f"\n──── {result.kind} ────\n{result.output}")
    short = [] if options.k else _too_few(results, options.fast)
    _report(results, short, time.monotonic() - started)
    return 1 if short or any(not result.good for result in results) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fast", action="store_true", help="no browsers, no faults")
    parser.add_argument("-k", metavar="WORDS", help="only the Python tests whose names match")
    return parser.parse_args()


def _static() -> list[checks.Result]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda check: check(), checks.STATIC))


def _too_few(results: list[checks.Result], fast: bool) -> list[str]:
    minimums: dict[str, int] = json.loads(MINIMUMS.read_text())
    counted = {result.kind: result.count for result in results}
    due = {kind for kind in minimums if not (fast and kind in checks.SLOW)}
    return [kind for kind in sorted(due) if counted.get(kind, 0) < minimums[kind]]


def _report(results: list[checks.Result], short: list[str], seconds: float) -> None:
    minimums = json.loads(MINIMUMS.read_text())
    print(f"\n{'':2}{'kind':<22}{'count':>7}{'at least':>10}{'seconds':>9}")
    for result in results:
        mark = "✓" if result.good and result.kind not in short else "✗"
        least = minimums.get(result.kind, 0)
        print(f"{mark} {result.kind:<22}{result.count:>7}{least:>10}{result.seconds:>9.1f}")
    for kind in short:
        print(f"✗ {kind}: fewer than the {minimums[kind]} of tests/minimums.json")
    print(f"\n{seconds:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
