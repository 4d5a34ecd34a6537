"""A practice portal as a process of its own, with the ledger it keeps."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.bootstrap import ROOT
from scripts.stage.processes import Child

LOGIN = "clerk01"
"""The first clerk of a portal."""
LOGINS = {"pingan": "WANGLI001"}
"""Portals whose first clerk is called otherwise."""


class Portal:
    """A running practice portal."""

    def __init__(self, child: Child, origin: str, ledger_file: Path) -> None:
        self._child = child
        self.origin = origin
        self.ledger_file = ledger_file

    def ledger(self, what: str | None = None) -> list[dict[str, Any]]:
        """What the portal says happened in it, oldest first; only events of one kind if `what` is given."""
        lines = self.ledger_file.read_text(encoding="utf-8").splitlines() if self.ledger_file.exists() else []
        events = [json.loads(line) for line in lines]
        return [event for event in events if what in (None, event["what"])]

    def captchas(self) -> list[str]:
        """What the captchas say that were drawn so far: a clerk reads them, a program must be told."""
        return [str(event["answer"]) for event in self.ledger("captcha")]

    def mood(self, *names: str) -> None:
        """Replace the moods in force; none: back to normal."""
        self._child.tell(" ".join(names) + "\n")
        answer = self._child.json_line()
        if "error" in answer:
            raise ValueError(answer["error"])


@contextmanager
def practice_portal(
    carrier: str, folder: Path, environment: Mapping[str, str] | None = None, port: int = 0, rows: int = 0
) -> Iterator[Portal]:
    """Run a carrier's practice portal; ledger and log lie in `folder`, its lists begin with `rows` rows."""
    ledger = folder / f"{carrier}-ledger.jsonl"
    command = [
        sys.executable,
        "-m",
        "companion.practice",
        carrier,
        "--port",
        str(port),
        "--rows",
        str(rows),
        "--ledger",
        str(ledger),
    ]
    log = folder / f"{carrier}-portal.log"
    with Child(command, log=log, environment=environment or os.environ, directory=ROOT) as child:
        yield Portal(child, child.json_line()["origin"], ledger)


def account(carrier: str, origin: str, login: str | None = None) -> dict[str, str]:
    """The issuing account of a practice clerk, the first one unless named, as the API takes it."""
    login = login or LOGINS.get(carrier, LOGIN)
    return {"carrier": carrier, "origin": origin, "login": login, "institution": "练习机构"}
