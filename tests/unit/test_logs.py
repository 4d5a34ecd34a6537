"""Logs: our own lines whole, a library's without what it would fill in."""

import json
import logging
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import asyncio, logging, sys, structlog, warnings
from pathlib import Path
from companion.logs import log_to

log_to(Path(sys.argv[1]), "info")
log = structlog.get_logger()
log.info("toast", command="c1", delivered=True)
log.debug("too_fine")
def fall():
    try:
        int("粤B12345")
    except ValueError as error:
        raise KeyError("粤B12345") from error
try:
    fall()
except KeyError as error:
    log.exception("api_defect", method="POST")
    log.error("given", exc_info=error)
library = logging.getLogger("some.library")
library.info("nothing to hear")
library.warning("who is %s?", "粤B12345")
try:
    raise ValueError("粤B12345")
except ValueError:
    library.exception("it broke\\nwith 粤B12345")
"""


def test_what_is_written(tmp_path: Path) -> None:
    file = tmp_path / "desk.log"
    subprocess.run([sys.executable, "-c", PROGRAM, str(file)], cwd=ROOT, check=True)
    ours, defect, given, asked, broke = [json.loads(line) for line in file.read_text().splitlines()]
    assert (ours["event"], ours["command"], ours["delivered"]) == ("toast", "c1", True)
    assert ours["timestamp"].endswith("Z")
    assert (defect["event"], defect["method"], defect["level"]) == ("api_defect", "POST", "error")
    assert (defect["error"], defect["at"]) == ("KeyError < ValueError", "<string>:16 > <string>:14")
    assert (given["error"], given["at"]) == (defect["error"], defect["at"])
    assert "exc_info" not in defect
    assert (asked["library"], asked["event"]) == ("some.library", "who is %s?")
    assert (broke["event"], broke["error"], broke["at"]) == ("it broke", "ValueError", "<string>:24")
    assert "粤B12345" not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert logging.getLogger("chudan").level == logging.NOTSET, "the test's own logging is untouched"
