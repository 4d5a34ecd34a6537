"""Logs: one JSON object per line, short event names and ids, never a person's data.

Libraries are heard from a warning upwards, with their fixed text and the kind of error only: what they would
put into the text, or a traceback's values, could be anything.
"""

import json
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import stamina.instrumentation
import structlog

SIZE: Final = 5_000_000
"""Bytes of one log file; one older file is kept."""


def log_to(path: Path | None, level: str) -> None:
    """Send all logging to `path`; None: standard error."""
    handler = logging.StreamHandler() if path is None else _file(path)
    handler.setFormatter(_Bare())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("chudan").setLevel(level.upper())
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
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=lambda *_names: logging.getLogger("chudan"),
        cache_logger_on_first_use=False,
    )


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
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _where(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _where(traceback: Any) -> str:
    """File and line of the innermost frame: where to look, without any value."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return ""
    return f"{Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}"
