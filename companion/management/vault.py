"""The vault: files named by their content, sealed, read and written in pieces, so that memory stays flat."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import CursorResult, update
from sqlmodel import Session, col

from companion.clock import Clock
from companion.db.engine import Database
from companion.db.errors import Corrupt
from companion.db.sealed import Cutter, Seal, new_key, parts_of
from companion.management.shelves import FolderShelf, Shelf, TableShelf
from companion.management.store.file_tables import StoredFile
from companion.management.store.insert import insert_if_new
from companion.management.store.tables import new_id

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of one file."""

log = structlog.get_logger()


class NotAsNamed(ValueError):
    """The content is not what its name says."""


class TooLong(ValueError):
    """More than LARGEST bytes."""


class Vault:
    """Files of the management system. Without a folder they lie in the database."""

    def __init__(self, database: Database, clock: Clock, folder: Path | None) -> None:
        self._database = database
        self._clock = clock
        self._shelf: Shelf = FolderShelf(folder, database) if folder else TableShelf(database, clock)

    async def tidy(self) -> None:
        """Forget what was never finished. Raises StoreError."""
        await self._shelf.tidy()

    async def find(self, digest: str) -> StoredFile | None:
        """What is known of a file; None: it is not here. Raises StoreError."""
        return await self._database.read(lambda session: session.get(StoredFile, digest))

    async def whole(self, digest: str) -> StoredFile | None:
        """As `find`, as long as it can be read: what is damaged is to be stored anew. Raises StoreError."""
        file = await self.find(digest)
        return file if file is not None and await self._opens(file) else None

    async def put(self, digest: str, pieces: AsyncIterable[bytes]) -> bool:
        """Store a file that is read to its end; it is on disk when this returns. False: it was here before.

        Raises NotAsNamed, TooLong, StoreError and whatever `pieces` raises; then nothing of it is left, but
        what a store that broke off may know after all.
        """
        known = await self.find(digest)
        if known is not None and await self._opens(known):
            await _check(digest, pieces)
            return False
        row = StoredFile(digest=digest, id=new_id(), key=new_key(), size=0, stored_at=self._clock.now())
        settled = False
        try:
            row.size = await self._write(row, pieces)
            await self._shelf.settle(row.id)
            settled = True
        finally:
            if not settled:
                await self._shelf.drop(row.id)
        # A commit whose outcome is lost may have happened: the parts stay, and `tidy` knows by then.
        stored = await self._database.write(partial(_keep, row=row, instead_of=known.id if known else None))
        if not stored:  # somebody else stored the same meanwhile
            await self._shelf.drop(row.id)
        elif known is not None:
            log.warning("file_stored_anew", file=row.id, damaged=known.id)
            await self._shelf.drop(known.id)
        return stored

    async def read(self, file: StoredFile) -> AsyncGenerator[bytes]:
        """The content, part by part. Raises StoreError, Corrupt."""
        seal, count = Seal(file.key), parts_of(file.size)
        for number in range(count):
            sealed = await self._shelf.part(file.id, number)
            yield seal.open(number, sealed, last=number == count - 1)

    async def _opens(self, file: StoredFile) -> bool:
        """Whether its first part is there and opens."""
        try:
            async with aclosing(self.read(file)) as parts:
                await anext(parts)
        except Corrupt:
            return False
        return True

    async def _write(self, row: StoredFile, pieces: AsyncIterable[bytes]) -> int:
        cutter, counted = Cutter(Seal(row.key)), _Counted(row.digest)
        async for piece in pieces:
            counted.add(piece)
            for sealed in cutter.feed(piece):
                await self._shelf.add(row.id, cutter.number - 1, sealed)
        counted.check()
        last = cutter.end()
        await self._shelf.add(row.id, cutter.number - 1, last)
        log.info("file_stored", file=row.id, size=counted.size)
        return counted.size


class _Counted:
    """Counts and hashes what goes by."""

    def __init__(self, digest: str) -> None:
        self._digest = digest
        self._hash = hashlib.sha256()
        self.size = 0

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > LARGEST:
            raise TooLong
        self._hash.update(piece)

    def check(self) -> None:
        if self._hash.hexdigest() != self._digest:
            raise NotAsNamed


async def _check(digest: str, pieces: AsyncIterable[bytes]) -> None:
    counted = _Counted(digest)
    async for piece in pieces:
        counted.add(piece)
    counted.check()


def _keep(session: Session, row: StoredFile, instead_of: str | None) -> bool:
    """Know a file from now on, or know it by other parts than the damaged ones. False: somebody was first."""
    if instead_of is None:
        return insert_if_new(session, row)
    damaged = update(StoredFile).where(col(StoredFile.digest) == row.digest, col(StoredFile.id) == instead_of)
    values = {"id": row.id, "key": row.key, "size": row.size, "stored_at": row.stored_at}
    done = session.execute(damaged.values(values))
    return isinstance(done, CursorResult) and done.rowcount == 1
