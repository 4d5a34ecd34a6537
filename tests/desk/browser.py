"""A stand-in for host and extension: it speaks frames with a real daemon, and plays the portal's part."""

import os
import socket
import struct
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from companion.link.install import callers
from companion.protocol import (
    Ack,
    Hello,
    Hint,
    HostHello,
    Job,
    JobResult,
    LineData,
    LineFacts,
    Message,
    Place,
    Session,
    Status,
    StatusRequest,
    Welcome,
    encode,
    parse_downward,
)

CARRIER = "picc"
ORIGIN = "http://picc.localhost:8000"
LOGIN = "clerk01"
NUMBERS = ("TDAA202644030000000001", "TDZA202644030000000002")
CHROMIUM = min(caller for caller in callers() if caller.startswith("chrome-extension://"))
M = TypeVar("M", bound=Message)


def new_id() -> str:
    return str(uuid.uuid4())


class Browser:
    """One browser profile. What comes and is not expected yet is kept for later."""

    def __init__(self, path: Path, instance: str | None = None, caller: str = CHROMIUM) -> None:
        self.instance = instance or new_id()
        self._path = path
        self._caller = caller
        self._bytes = b""
        self.kept: list[Message] = []
        self.welcome: Welcome | None = None

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(self._path))
        self.send(HostHello(caller=self._caller, pid=os.getpid()))
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def hello(self) -> Self:
        """Introduce the extension and wait for the welcome."""
        self.send(
            Hello(
                id=new_id(),
                instance=self.instance,
                extension_version="0.1.0",
                browser="chromium",
                browser_version="156.0",
                locale="zh-CN",
                profiles={CARRIER: "0" * 64},
            )
        )
        self.welcome = self.expect(Welcome)
        return self

    def log_in(self, login: str = LOGIN, origin: str = ORIGIN) -> None:
        """Say that a portal session lives in tab 7."""
        self.send(Session(carrier=CARRIER, origin=origin, login=login, state="live", tab=7))

    def status(self) -> Status:
        """How the daemon says everything is now."""
        self.send(StatusRequest(id=new_id()))
        return self.expect(Status)

    def log_out(self, origin: str = ORIGIN) -> None:
        """Say that nobody is logged in any more."""
        self.send(Session(carrier=CARRIER, origin=origin, login=None, state="ended", tab=7))

    def send(self, message: Message) -> None:
        self.send_bytes(encode(message))

    def send_bytes(self, payload: bytes) -> None:
        self._socket.sendall(struct.pack("=I", len(payload)) + payload)

    def expect(
        self, kind: type[M], fits: Callable[[M], bool] = lambda _message: True, within: float = 20
    ) -> M:
        """The next message of a kind, whatever else comes meanwhile."""
        deadline = time.monotonic() + within
        while True:
            for message in self.kept:
                if isinstance(message, kind) and fits(message):
                    self.kept.remove(message)
                    return message
            self.kept.append(self._read(deadline, kind.__name__))

    def acked(self, *messages: str, within: float = 20) -> None:
        """Wait until these messages are acknowledged."""
        missing = set(messages)
        while missing:
            missing -= set(self.expect(Ack, within=within).re)

    def take(self) -> list[str]:
        """Ids acknowledged in one message, whichever come next."""
        return self.expect(Ack).re

    def answer_job(
        self,
        outcome: str = "answered",
        *,
        numbers: Sequence[str] = NUMBERS,
        whoami: str | None = LOGIN,
        within: float = 20,
    ) -> Job:
        """Do the next portal job as a portal would."""
        job = self.expect(Job, within=within)
        self.send(_result(job, outcome, numbers, whoami))
        return job

    def _read(self, deadline: float, awaited: str) -> Any:
        while len(self._bytes) < 4 or len(self._bytes) < 4 + self._length:
            self._socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                chunk = self._socket.recv(65536)
            except TimeoutError:
                names = [type(message).__name__ for message in self.kept]
                raise AssertionError(f"no {awaited} came; kept: {names}") from None
            if not chunk:
                raise ConnectionError(f"the daemon hung up while {awaited} was awaited")
            self._bytes += chunk
        length = self._length
        frame, self._bytes = self._bytes[4 : 4 + length], self._bytes[4 + length :]
        return parse_downward(frame)

    @property
    def _length(self) -> int:
        return int(struct.unpack("=I", self._bytes[:4])[0])


def hint(*numbers: str, login: str | None = LOGIN) -> Hint:
    """A saved quote as the page's network tap sees it."""
    return Hint(
        id=new_id(),
        at=round(time.time() * 1000),
        carrier=CARRIER,
        kind="quote_saved",
        numbers=list(numbers or NUMBERS),
        source="network",
        place=place(login),
    )


def place(login: str | None = LOGIN) -> Place:
    """Where it happened: tab 7, the content frame."""
    return Place(origin=ORIGIN, login=login, tab=7, frame=3)


def facts(number: str, premium: int = 950_00) -> LineFacts:
    """What the portal says about a line."""
    return LineFacts(
        number=number,
        kind="commercial" if number.startswith("TDAA") else "compulsory",
        policy_number=None,
        underwriting="none",
        deleted=False,
        plate="粤B12345",
        insured="练习甲",
        start=1_800_000_000_000,
        premium=premium,
        raw_status="暂存",
    )


def _data(number: str) -> LineData:
    return LineData(
        facts=facts(number),
        end=1_831_536_000_000,
        vin="LPRACT1CE00000001",
        engine_number="P0000001",
        brand_model="练习牌 P1",
        registered_on="2024-05-01",
        insured_id_number="440300199001010000",
        insured_phone="13800000000",
        coverages=[],
    )


def _result(job: Job, outcome: str, numbers: Sequence[str], whoami: str | None) -> JobResult:
    answered = outcome == "answered"
    wanted = [number for number in numbers if number in job.numbers or job.query == "confirm"]
    return JobResult.model_validate(
        {
            "re": job.id,
            "outcome": outcome,
            "whoami": whoami if answered else None,
            "lines": [facts(number) for number in wanted] if answered else [],
            "data": [_data(number) for number in wanted] if answered and job.query == "detail" else [],
            "error": None,
            "took": 15,
        }
    )
