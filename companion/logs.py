"""Logs: one JSON object per line, short event names and ids, never a person's data.

Libraries are heard from a warning upwards, with their fixed text and the kind of error only: what they would
put into the text, or a traceback's values, could be anything. So could an error's own text: of an error the
kind is logged, and the lines it came through.
"""

import json
import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import stamina.instrumentation
import structlog
from structlog.typing import EventDict

SIZE: Final = 5_000_000
"""Bytes of one log file; one older file is kept."""
FRAMES: Final = 12
"""Lines of a trace that are logged: the innermost."""


def log_to(path: Path | None, level: str) -> None:
    """Send all logging to `path`; None: standard error."""
    handler = logging.StreamHandler() if path is None else _file(path)
    handler.setFormatter(_Bare())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("chudan").setLevel(level.upper())
    # It tells of every tick.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.captureWarnings(True)
    # A log that cannot be written (disk full) must not fill standard error with what it was about.
    logging.raiseExceptions = False

    # A retry would be logged with the arguments of what is retried.
    stamina.instrumentation.set_on_retry_hooks([])
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_data,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=lambda *_names: logging.getLogger("chudan"),
        cache_logger_on_first_use=False,
    )


def described(error: BaseException) -> dict[str, str]:
    """What may be logged of an error: its kind and that of its causes, and the way it came, outside in.

    Files are named without their folders, which may be a person's.
    """
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and type(cause).__name__ not in kinds:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    way = [
        f"{Path(frame.f_code.co_filename).name}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return {"error": " < ".join(kinds), "at": " > ".join(way[-FRAMES:])}


def _file(path: Path) -> logging.Handler:
    path.touch(mode=0o600, exist_ok=True)
    return RotatingFileHandler(path, maxBytes=SIZE, backupCount=1, encoding="utf-8")


class _Bare(logging.Formatter):
    """Our own lines as they are; a library's as its template, without what it would fill in."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == "chudan":
            return record.getMessage()
        said = str(record.msg).split("\n")[0][:200]
        line = {"level": record.levelname.lower(), "library": record.name, "event": said}
        if record.exc_info and record.exc_info[1] is not None:
            line |= described(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _without_data(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Put the kind and place of an error where structlog would put its text."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    return {**event, **described(error)} if isinstance(error, BaseException) else event
