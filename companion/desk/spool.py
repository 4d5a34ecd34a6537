"""Files on their way: sealed in a folder of the desk, so that a broken link costs nothing that has come.

The key of each stands in desk.db. Nothing is synced: after a power cut the parts that open are gone on from.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from companion.clock import Clock
from companion.db.errors import Corrupt
from companion.db.sealed import (
    PART,
    SEALED_PART,
    Cutter,
    Seal,
    SealedReader,
    disk_troubles,
    new_key,
    parts_of,
    read_part,
)
from companion.desk.memory import Memory

PREFIX: Final = "incoming "
STALE: Final = 24 * 3600.0
"""Seconds after which what was never finished is thrown away."""


class _Kept(BaseModel):
    """What desk.db remembers of one file."""

    fetch: str
    key: str
    instance: str
    """The browser profile it comes from."""


@dataclass(frozen=True)
class Whole:
    """A file that has come whole. `key` opens its parts in `path`."""

    path: Path
    key: bytes
    size: int
    digest: str

    def open(self) -> SealedReader:
        """The content as a stream that can be read anywhere."""
        return SealedReader(Seal(self.key), self.size, lambda number: read_part(self.path, number))

    async def pieces(self) -> AsyncIterator[bytes]:
        """The content in order, part by part. Raises StoreError."""
        seal, count = Seal(self.key), parts_of(self.size)
        for number in range(count):
            sealed = await asyncio.to_thread(read_part, self.path, number)
            yield seal.open(number, sealed, last=number == count - 1)


class Draft:
    """One file that is coming. All methods may block for a moment: call them on a thread."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Go on where the whole parts in `path` end. Raises StoreError."""
        self._path = path
        self._key = key
        self._seal = Seal(key)
        self._hash = hashlib.sha256()
        whole = self._whole_parts()
        self._cutter = Cutter(self._seal, begun=whole)
        with disk_troubles(path), open(path, "ab", opener=_for_owner) as out:
            out.truncate(whole * SEALED_PART)
        self.head = b""
        """How it begins."""
        if whole:
            self.head = self._seal.open(0, read_part(path, 0), last=False)[:HEAD]

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return self._cutter.number * PART + self._cutter.rest

    def add(self, piece: bytes) -> None:
        """Take the next piece. Raises StoreError."""
        if len(self.head) < HEAD:
            self.head = (self.head + piece)[:HEAD]
        self._hash.update(piece)
        self._append(b"".join(self._cutter.feed(piece)))

    def end(self) -> Whole:
        """All has come. Raises StoreError."""
        size = self.size
        self._append(self._cutter.end())
        return Whole(self._path, self._key, size, self._hash.hexdigest())

    def _append(self, sealed: bytes) -> None:
        with disk_troubles(self._path), self._path.open("ab") as out:
            out.write(sealed)

    def _whole_parts(self) -> int:
        """How many whole parts lie there and open; they are hashed as if they had just come."""
        number = 0
        if not self._path.exists():
            return 0
        while len(sealed := read_part(self._path, number)) == SEALED_PART:
            try:
                part = self._seal.open(number, sealed, last=False)
            except Corrupt:
                break  # written at a power cut, or the last one of a file that had come whole
            self._hash.update(part)
            number += 1
        return number


HEAD: Final = 1024
"""Bytes by which a file is recognised."""


class Spool:
    """The files on their way to the management system. Raises StoreError."""

    def __init__(self, folder: Path, memory: Memory, clock: Clock) -> None:
        self._folder = folder
        self._memory = memory
        self._clock = clock

    async def begin(self, job: str, fetch: str, instance: str) -> Draft:
        """The draft of a job: what has come of this very fetch before, else an empty one."""
        known = await self._known(job)
        if known is None or known.fetch != fetch:
            await asyncio.to_thread(self._empty, job)
            known = _Kept(fetch=fetch, key=new_key().hex(), instance=instance)
            await self._memory.keep(PREFIX + job, known.model_dump_json())
        return await asyncio.to_thread(Draft, self._path(job), bytes.fromhex(known.key))

    async def begun_in(self, job: str) -> str | None:
        """The browser profile from which a file has come in part, before this daemon was started."""
        known = await self._known(job)
        return None if known is None else known.instance

    async def drop(self, job: str) -> None:
        """Forget a file: handed over, or refused."""
        await self._memory.forget(PREFIX + job)
        await asyncio.to_thread(self._empty, job)

    async def tidy(self) -> None:
        """Throw away what was left long ago. At the start."""
        stale, fresh = await asyncio.to_thread(self._sorted)
        for name in await self._memory.names(PREFIX):
            if name.removeprefix(PREFIX) not in fresh:
                await self._memory.forget(name)
        for job in stale:
            await self.drop(job)

    async def _known(self, job: str) -> _Kept | None:
        kept = await self._memory.get(PREFIX + job)
        try:
            return None if kept is None else _Kept.model_validate_json(kept)
        except ValidationError:  # of another version: the file begins anew
            return None

    def _path(self, job: str) -> Path:
        return self._folder / job

    def _empty(self, job: str) -> None:
        with disk_troubles(self._path(job)):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._path(job).unlink(missing_ok=True)

    def _sorted(self) -> tuple[list[str], list[str]]:
        """Stale files, and the others."""
        before = self._clock.now().timestamp() - STALE
        stale: list[str] = []
        fresh: list[str] = []
        for path in self._folder.glob("*"):
            (stale if path.stat().st_mtime < before else fresh).append(path.name)
        return stale, fresh


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
