"""One file that is coming: where from, what was said of it, what has come; and how it ends."""

import asyncio
from typing import Final, Literal

from companion.desk.spool import Draft
from companion.management.wire import FileBody, FileResult
from companion.protocol import FileBegin, FileChunk, FileEnd, FileJob, JobResult

WAITING: Final = 8
"""Messages about one file that wait; more than a browser sends that waits for its answers."""

Said = FileBegin | FileChunk | FileEnd | JobResult | Literal["lost"]


class RefusedFile(Exception):
    """The file is not wanted any more; `word` says why, in one of our own words."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Coming:
    """One file that is coming: where from, what was said, what has come."""

    def __init__(self, job: str, body: FileBody, instance: str) -> None:
        self.job = job
        self.body = body
        self.instance = instance
        self.said: asyncio.Queue[Said] = asyncio.Queue(WAITING)
        self.draft: Draft | None = None
        self.fetch = ""
        self.size: int | None = None
        self.percent: int | None = None
        self.broken = False
        """Whether the link broke since the browser was asked: it waits for no answer any more."""

    def hear(self, said: Said) -> None:
        """Take a message to its turn. Who sends without waiting for answers is not listened to."""
        if not self.said.full():
            self.said.put_nowait(said)

    def lose(self) -> None:
        """The link broke: what was said before needs no answer."""
        self.broken = True
        while not self.said.empty():
            self.said.get_nowait()
        self.said.put_nowait("lost")


def file_job(coming: Coming, tab: int | None) -> FileJob:
    """What its browser is asked."""
    body = coming.body
    return FileJob(
        id=coming.job,
        file=body.file,
        carrier=body.carrier,
        origin=body.origin,
        login=body.login,
        numbers=body.numbers,
        policy_number=body.policy_number,
        tab=tab,
        budget=body.budget,
    )


def ending(result: JobResult, instance: str) -> FileResult | Literal["no_session"]:
    """How a file ends that a browser cannot give."""
    if result.outcome == "no_session":
        return "no_session"
    outcome: Literal["logged_out", "failed"] = "logged_out" if result.outcome == "logged_out" else "failed"
    return without(outcome, result.error, instance)


def without(
    outcome: Literal["no_session", "logged_out", "failed"], error: str | None, instance: str | None = None
) -> FileResult:
    """The result of a file that did not come."""
    return FileResult(
        instance=instance, outcome=outcome, whoami=None, digest=None, size=None, error=error, took=0
    )
