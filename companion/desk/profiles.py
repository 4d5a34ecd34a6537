"""The carriers' profiles as this desk tells them to browsers, and how portals that changed are remembered."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import structlog

from companion import carriers, delivery
from companion.desk.condition import Condition
from companion.desk.extensions import Extensions, Peer
from companion.home import Home
from companion.protocol import Drift, ErrorCode

LOOK_AGAIN: Final = 2.0
"""Seconds between two looks at the files' dates."""
KEPT: Final = 50
"""Places of profiles that are remembered to have drifted."""

_RULE: Final = re.compile(r"[a-z_]+(\.[\w-]+){0,6}")
"""A rule's place in a profile: nothing else is shown to anybody."""

State = Literal["own", "newer", "off"]

log = structlog.get_logger()


@dataclass(frozen=True)
class ProfileState:
    """One carrier's profile: which is in use, why it is off, and what no longer fits (newest first)."""

    carrier: str
    state: State
    hash: str
    reason: str | None
    drifts: tuple[Drift, ...]


class ProfileBook:
    """What lies in the desk's directory, told to every browser at its hello and whenever it changes."""

    def __init__(self, home: Home, extensions: Extensions, condition: Condition) -> None:
        self._folder = home.profiles
        self._extensions = extensions
        self._condition = condition
        self._shelf = delivery.Shelf()
        self._mark: tuple[tuple[str, int, int], ...] | None = None
        self._drifts: dict[tuple[str, str], Drift] = {}

    async def follow(self) -> None:
        """Look whether something changed, now and then, for ever."""
        while True:
            if self.look():
                self._tell(self._extensions.all())
            await asyncio.sleep(LOOK_AGAIN)

    def look(self) -> bool:
        """Read what lies there, if it changed. Whether browsers must be told."""
        mark = delivery.mark(self._folder)
        if mark == self._mark:
            return False
        before, bad = self._shelf.message(), self._shelf.bad
        self._shelf, self._mark = delivery.read(self._folder), mark
        for name, why in self._shelf.bad.items():
            if bad.get(name) != why:
                log.warning("profile_refused", name=name)
                self._condition.happened(ErrorCode.BAD_FIELD, f"profile not taken: {why}"[:500])
        now = self._shelf.message()
        if now == before:
            return False
        log.info("profiles_changed", newer=sorted(self._shelf.profiles), off=sorted(self._shelf.off))
        self._forget_others({one.carrier: one.hash for one in now.profiles})
        return True

    def greet(self, peer: Peer) -> None:
        """A browser said hello: it may remember what does not hold any more.

        What is found new meanwhile is news to the others too: nobody looks for it a second time.
        """
        if self.look():
            self._tell(other for other in self._extensions.all() if other is not peer)
        if peer.hello is not None:
            self._forget_others(peer.hello.profiles)
        self._tell([peer])

    def _tell(self, peers: Iterable[Peer]) -> None:
        message = self._shelf.message()
        for peer in peers:
            peer.send(message)

    def drifted(self, drift: Drift) -> None:
        """A browser saw a portal unlike its profile. Remembered until another profile is used."""
        if drift.carrier not in carriers.profiles() or not _RULE.fullmatch(drift.rule):
            return
        key = (drift.carrier, drift.rule)
        self._drifts.pop(key, None)
        self._drifts[key] = drift
        while len(self._drifts) > KEPT:
            del self._drifts[next(iter(self._drifts))]

    def all(self) -> tuple[ProfileState, ...]:
        """Every carrier's, by id."""
        return tuple(self._state(carrier) for carrier in sorted(carriers.profiles()))

    def _state(self, carrier: str) -> ProfileState:
        reason = self._shelf.off.get(carrier)
        state: State = "off" if reason is not None else "newer" if carrier in self._shelf.profiles else "own"
        drifts = tuple(_newest(one for one in self._drifts.values() if one.carrier == carrier))
        return ProfileState(carrier, state, self._hash(carrier), reason, drifts)

    def _hash(self, carrier: str) -> str:
        newer = self._shelf.profiles.get(carrier)
        return newer.hash if newer else carriers.profiles()[carrier].hash

    def _forget_others(self, used: Mapping[str, str]) -> None:
        """What drifted from a profile says nothing of another one (carrier → hash) that is used now."""
        drifts = self._drifts.items()
        self._drifts = {key: one for key, one in drifts if used.get(one.carrier, one.profile) == one.profile}


def _newest(drifts: Iterable[Drift]) -> list[Drift]:
    return sorted(drifts, key=lambda one: one.at, reverse=True)
