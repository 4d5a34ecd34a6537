"""The part of a browser that gives files to a real daemon, and of a clerk who wants those of a policy."""

import base64
import hashlib
import re
import time
from pathlib import Path

from companion.practice.pdf import Page
from companion.protocol import (
    DownloadTold,
    FileBegin,
    FileChunk,
    FileEnd,
    FileGo,
    FileJob,
    Job,
    JobResult,
    Message,
    QuickDownload,
    RowOfList,
)
from tests.desk.browser import CARRIER, LOGIN, NUMBERS, Browser, facts, new_id, place
from tests.desk.browser import _data as data_of

NUMBER = NUMBERS[0]
POLICY = "PDAA202644030000000001"
PIECE = 512 * 1024


def pdf(megabytes: float = 0) -> bytes:
    """The e-policy, as heavy as wanted."""
    page = Page("电子保单")
    page.text(60, 700, f"保险单号：{POLICY}", 11)
    return page.save(int(megabytes * 1_000_000))


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def press(browser: Browser) -> str:
    """The button behind the policy's row; the portal then says that the policy is there."""
    asked = QuickDownload(
        id=new_id(),
        at=round(time.time() * 1000),
        carrier=CARRIER,
        row=RowOfList(numbers=[NUMBER], policy_number=POLICY),
        fields={},
        place=place(),
    )
    browser.send(asked)
    browser.acked(asked.id)
    _answer(browser, browser.expect(Job))
    return asked.id


def _answer(browser: Browser, job: Job) -> None:
    """What the portal says of the policy."""
    issued = facts(NUMBER).model_copy(update={"policy_number": POLICY, "underwriting": "passed"})
    answer = {"re": job.id, "outcome": "answered", "whoami": LOGIN, "error": None, "took": 1}
    found = data_of(NUMBER).model_copy(update={"facts": issued})
    lines, data = ([issued], []) if job.query == "confirm" else ([], [found])
    browser.send(JobResult.model_validate({**answer, "lines": lines, "data": data}))


def _next(browser: Browser, *kinds: type[Message]) -> Message:
    """The next message of some kinds; whatever the portal is asked meanwhile is answered."""
    while True:
        message = browser.expect(Message, lambda heard: isinstance(heard, (Job, *kinds)))
        if not isinstance(message, Job):
            return message
        _answer(browser, message)


class Giver:
    """Gives one file when asked. `fetch` names this very fetch of it."""

    def __init__(self, browser: Browser, data: bytes, fetch: str | None = None) -> None:
        self.browser = browser
        self.data = data
        self.fetch = fetch or new_id()
        self.sent = 0
        """Bytes that left here, those that were sent twice counted twice."""

    def asked(self) -> FileJob:
        job = _next(self.browser, FileJob)
        assert isinstance(job, FileJob)
        return job

    def begin(self, job: FileJob) -> int:
        """Where the daemon wants it to go on."""
        self.browser.send(
            FileBegin(re=job.id, fetch=self.fetch, size=len(self.data), content_type="application/pdf")
        )
        return self.browser.expect(FileGo).offset

    def give(self, job: FileJob, offset: int, until: int | None = None) -> int:
        """Send pieces up to `until`, then, if that was all, the end. Where it stands."""
        stop = len(self.data) if until is None else until
        while offset < stop:
            piece = self.data[offset : offset + PIECE]
            self.sent += len(piece)
            data = base64.b64encode(piece).decode()
            self.browser.send(FileChunk(re=job.id, offset=offset, data=data))
            offset = self.browser.expect(FileGo).offset
        if offset == len(self.data):
            self.browser.send(FileEnd(re=job.id, size=offset, whoami=LOGIN, took=1))
        return offset

    def whole(self) -> FileJob:
        """The next file that is asked for, from beginning to end."""
        job = self.asked()
        self.give(job, self.begin(job))
        return job


def told(browser: Browser, state: str) -> list[int | None]:
    """The percentages a button heard until it was in a state."""
    percents: list[int | None] = []
    while True:
        heard = _next(browser, DownloadTold)
        assert isinstance(heard, DownloadTold)
        percents.append(heard.percent)
        if heard.state == state:
            return percents


def peak(pid: int) -> int:
    """The most memory (bytes) a process ever had."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024
