#!/usr/bin/env python3
"""What is promised when programs die: `scripts/faults.py [--full | --mutant NAME | --soak] [--seed N]`.

Without options the counts that the tests use. `--full` runs 200 kills of the native host, 200 of the daemon
and 50 of the browser on the whole path, and 200 of the daemon under a storm of events. `--mutant` runs the
storm against a copy of the tree in which one promise is broken: it must report lost events. Prints one JSON
line per trial; status 0 only if everything was as it must be.

`--soak [MINUTES]` (10 unless told) plays random rounds at all portals side by side, with two clerks each: a
portal, its moods, who saves, what is answered, how far the car goes, and what is killed meanwhile. What the
management system then tells is compared with each portal's own ledger, after every round and, of everything,
after every eighth. A line per round goes to standard error. A difference names its seed and round: `--soak 1
--seed N --round R` begins with that one. The files of a run that found any are left where the report says.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from scripts import bootstrap  # noqa: E402 - the path above makes it importable


def main() -> int:
    """Run the trials; 0 when every one ended as it must."""
    options = _options()
    bootstrap.need_python()
    bootstrap.need_packages(bootstrap.TEST_PACKAGES)
    bootstrap.enter("test")
    os.chdir(bootstrap.ROOT)
    size = "full" if options.full else "small"
    good = True
    with tempfile.TemporaryDirectory(prefix="chudan-faults-") as place:
        if options.soak is not None:
            trials = _soak(options, Path(place))
        elif options.mutant:
            trials = _mutant(options, Path(place))
        else:
            trials = _trials(options, size, Path(place))
        for report in trials:
            good &= report["good"]
            print(json.dumps(report, ensure_ascii=False), flush=True)
    return 0 if good else 1


def _options() -> argparse.Namespace:
    from scripts.trials.mutants import MUTANTS

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--full", action="store_true", help="the counts that are promised, not those of CI")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), help="break one promise; the storm must see it")
    parser.add_argument("--seed", type=int, default=1, help="of the chance that times the blows")
    parser.add_argument(
        "--soak", type=float, nargs="?", const=10, metavar="MINUTES", help="random rounds at all portals"
    )
    parser.add_argument("--round", type=int, default=0, help="with --soak: the round to begin with")
    return parser.parse_args()


def _trials(options: argparse.Namespace, size: str, place: Path) -> Iterator[dict[str, Any]]:
    from scripts.stage.package import build
    from scripts.trials.path import KILLS, path
    from scripts.trials.storm import STORM, storm

    outcome = storm(_folder(place, "storm"), STORM[size], options.seed)
    yield {"trial": "storm", "good": outcome.lost == outcome.doubled == 0} | asdict(outcome)
    packages = build(place / "packages")
    for victim, kills in KILLS[size].items():
        walked = path(_folder(place, victim), packages, victim, kills, options.seed)
        yield {"trial": "path", "good": walked.good} | asdict(walked)


def _mutant(options: argparse.Namespace, place: Path) -> Iterator[dict[str, Any]]:
    from scripts.trials.mutants import mutate
    from scripts.trials.storm import storm

    tree = mutate(options.mutant, place)
    outcome = storm(_folder(place, "storm"), 5, options.seed, tree)
    yield {"trial": f"mutant {options.mutant}", "good": outcome.lost > 0} | asdict(outcome)


def _soak(options: argparse.Namespace, place: Path) -> Iterator[dict[str, Any]]:
    from scripts.stage.package import build
    from scripts.trials.soak import soak

    kept = Path(tempfile.mkdtemp(prefix="chudan-soak-"))
    outcome = soak(kept, build(place / "packages"), options.soak, options.seed, options.round)
    good = not outcome.differences
    if good:
        shutil.rmtree(kept)
    yield {"trial": "soak", "good": good} | asdict(outcome) | ({} if good else {"files": str(kept)})


def _folder(place: Path, name: str) -> Path:
    folder = place / name
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())
