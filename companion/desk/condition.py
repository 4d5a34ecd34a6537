"""How the desk is: whether its store takes rows, whether the management system is there, what went wrong.

Only changes are told, and each only once: a clerk who was told that the disk is full knows it.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import structlog

from companion.clock import Clock, to_ms
from companion.db.errors import DiskFull, StoreError
from companion.management.client import OfficeAway
from companion.protocol import ErrorCode, Lamp

log = structlog.get_logger()

OfficeDetail = Literal["office_ok", "office_starting", "office_away", "office_store", "office_refused"]
StoreDetail = Literal["store_ok", "disk_full", "store_unavailable"]
KEPT: Final = 20
"""Troubles that the diagnostics page shows."""
_LAMPS: dict[OfficeDetail, Lamp] = {
    "office_ok": "ok",
    "office_starting": "waiting",
    "office_away": "broken",
    "office_store": "broken",
    "office_refused": "broken",
}


@dataclass(frozen=True)
class Light:
    """One lamp and the key of its reason."""

    lamp: Lamp
    detail: str


@dataclass(frozen=True)
class Incident:
    """Something that went wrong: when (ms), a number of PROTOCOL.md, our own words."""

    at: int
    code: int
    detail: str


class Condition:
    """The desk's present condition. `tell` shows the clerk a toast by name."""

    def __init__(self, clock: Clock, tell: Callable[[str], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._incidents: deque[Incident] = deque(maxlen=KEPT)
        self.office: OfficeDetail = "office_starting"
        """How the command channel is."""
        self.delivery: OfficeDetail = "office_ok"
        """How handing over events went: the channel may stand while the management system stores nothing."""
        self.store: StoreDetail = "store_ok"

    def office_is(self, detail: OfficeDetail) -> None:
        """The command channel opened, broke, or was refused."""
        if detail == self.office:
            return
        log.info("office_changed", state=detail)
        self.office = detail
        self._office_happened(detail)

    def delivery_is(self, detail: OfficeDetail) -> None:
        """Events were handed over, or the management system took none."""
        if detail == self.delivery:
            return
        log.info("delivery_changed", state=detail)
        self.delivery = detail
        if self.office == "office_ok":
            self._office_happened(detail)

    def store_failed(self, error: StoreError) -> ErrorCode:
        """A message or a file could not be kept now. Returns its number; it is tried again."""
        code = store_code(error)
        detail: StoreDetail = "disk_full" if code == ErrorCode.DISK_FULL else "store_unavailable"
        if detail != self.store:
            log.error("store_failed", state=detail, error=type(error).__name__)
            self.happened(code, detail)
            self._tell(detail)
        self.store = detail
        return code

    def store_works(self) -> None:
        """A message or a file was kept."""
        if self.store != "store_ok":
            log.info("store_works")
            self._tell("store_works")
        self.store = "store_ok"

    def happened(self, code: int, detail: str) -> None:
        """Remember a trouble for the diagnostics page; `detail` is in our own words."""
        self._incidents.appendleft(Incident(to_ms(self._clock.now()), code, detail))

    def incidents(self) -> tuple[Incident, ...]:
        """The last troubles, newest first."""
        return tuple(self._incidents)

    @property
    def light(self) -> Light:
        """The lamp 管理系统: nothing reaches the management system either while nothing can be kept."""
        if self.store != "store_ok":
            return Light("broken", self.store)
        return office_light(self.office if self.office != "office_ok" else self.delivery)

    def _office_happened(self, detail: OfficeDetail) -> None:
        if _LAMPS[detail] == "broken":
            self.happened(ErrorCode.OFFICE_AWAY, detail)


def store_code(error: StoreError) -> ErrorCode:
    """The number of a store's trouble."""
    return ErrorCode.DISK_FULL if isinstance(error, DiskFull) else ErrorCode.STORE_UNAVAILABLE


def office_light(detail: OfficeDetail) -> Light:
    """The lamp 管理系统 for how the management system is."""
    return Light(_LAMPS[detail], detail)


def why_away(away: OfficeAway) -> OfficeDetail:
    """How the management system is when it answers so."""
    return "office_store" if away.why == "store" else "office_away"
