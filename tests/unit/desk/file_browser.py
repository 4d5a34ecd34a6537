"""A browser that gives a file piece by piece, as the protocol wants it; a management system for files."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Callable

from companion.desk.extensions import Extensions
from companion.desk.incoming import Incoming
from companion.management.client import OfficeAway, OfficeRefused
from companion.management.wire import FileBody
from companion.practice.pdf import Page
from companion.protocol import (
    DownloadTold,
    FileBegin,
    FileChunk,
    FileEnd,
    FileGo,
    FileJob,
    JobResult,
    Message,
    Refusal,
)
from tests.unit.desk.parts import CARRIER, INSTANCE, ORIGIN, FakePeer, new_id

POLICY = "PDAA202644030000000001"
PIECE = 512 * 1024


def pdf(number: str = POLICY, padding: int = 0) -> bytes:
    """An e-policy of that number."""
    page = Page("电子保单")
    page.text(60, 700, f"保险单号：{number}", 11)
    return page.save(padding)


def body(**changes: object) -> FileBody:
    wanted: dict[str, object] = {
        "file": "e_policy",
        "carrier": CARRIER,
        "origin": ORIGIN,
        "login": "clerk01",
        "numbers": ["TDAA202600000001"],
        "policy_number": POLICY,
        "instance": INSTANCE,
        "tab": 7,
        "budget": 20_000,
        "request": None,
    }
    return FileBody.model_validate(wanted | changes)


class FileOffice:
    """Takes files; `away` and `refuse` as often as they say."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.away = 0
        self.refuse = False

    async def put_file(self, digest: str, pieces: Callable[[], AsyncIterator[bytes]]) -> None:
        if self.refuse:
            raise OfficeRefused(422, 113, "no")
        if self.away:
            self.away -= 1
            raise OfficeAway("away")
        data = b"".join([piece async for piece in pieces()])
        assert hashlib.sha256(data).hexdigest() == digest
        self.files[digest] = data


class FileBrowser(FakePeer):
    """Gives `data` when asked for a file. Breaks the link once after `break_at` bytes."""

    def __init__(self, data: bytes, break_at: int | None = None, instance: str = INSTANCE) -> None:
        super().__init__(instance)
        self.data = data
        self.break_at = break_at
        self.content_type = "application/pdf"
        self.size: int | None = len(data)
        self.fetch = new_id()
        self.offsets: list[int] = []
        """Where pieces began."""
        self.refused: list[str] = []
        self.told: list[int | None] = []
        self.jobs: list[FileJob] = []
        self.answer: JobResult | None = None
        """Said instead of giving the file."""
        self.broke = asyncio.Event()
        self._here: Incoming | None = None
        self._extensions: Extensions | None = None

    def connect(self, here: Incoming, extensions: Extensions) -> None:
        """Say hello."""
        self._here, self._extensions = here, extensions
        extensions.add(self.instance, self)
        here.came(self.instance)

    def disconnect(self) -> None:
        assert self._here
        assert self._extensions
        here, self._here = self._here, None
        self._extensions.remove(self)
        here.lost(self.instance)
        self.broke.set()

    @property
    def instance(self) -> str:
        assert self.hello
        return self.hello.instance

    def send(self, message: Message) -> None:
        super().send(message)
        if isinstance(message, FileJob):
            self.jobs.append(message)
            if self.answer is not None:
                self.say(self.answer.model_copy(update={"re": message.id}))
            else:
                self.say(self.begin(message.id))
        elif isinstance(message, FileGo):
            self.go(message)
        elif isinstance(message, Refusal):
            self.refused.append(message.message)
        elif isinstance(message, DownloadTold):
            self.told.append(message.percent)

    def begin(self, job: str) -> FileBegin:
        return FileBegin(re=job, fetch=self.fetch, size=self.size, content_type=self.content_type)

    def go(self, message: FileGo) -> None:
        if self.break_at is not None and message.offset >= self.break_at:
            self.break_at = None
            self.disconnect()
            return
        piece = self.data[message.offset : message.offset + PIECE]
        if piece:
            self.offsets.append(message.offset)
            data = base64.b64encode(piece).decode()
            self.say(FileChunk(re=message.re, offset=message.offset, data=data))
        else:
            self.say(FileEnd(re=message.re, size=len(self.data), whoami="clerk01", took=5))

    def say(self, message: FileBegin | FileChunk | FileEnd | JobResult) -> None:
        """As it comes over the link: not within our own call."""
        loop = asyncio.get_running_loop()
        loop.call_soon(lambda: self._here and self._here.received(self.instance, message))
