"""Where the sealed parts of files lie: in a folder beside the database, or in a team's database itself."""

import asyncio
import os
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import delete
from sqlmodel import Session, col, select

from companion.clock import Clock
from companion.db.engine import Database
from companion.db.errors import Corrupt
from companion.db.sealed import disk_troubles, read_part
from companion.management.store.file_tables import FilePart, StoredFile

UNFINISHED: Final = timedelta(hours=6)
"""Parts of a file that was not finished by then belong to nobody: no upload takes that long."""
_DRAFT: Final = ".part"


class Shelf(Protocol):
    """Sealed parts by file. All methods raise StoreError."""

    async def add(self, file: str, number: int, sealed: bytes) -> None:
        """Put the next part behind those before it."""
        ...

    async def settle(self, file: str) -> None:
        """All parts are there: they are on disk when this returns."""
        ...

    async def drop(self, file: str) -> None:
        """Forget a file, whatever is there of it."""
        ...

    async def part(self, file: str, number: int) -> bytes:
        """A part of a settled file."""
        ...

    async def tidy(self) -> None:
        """Forget what was never finished. At the start, when nobody is adding here."""
        ...


class FolderShelf:
    """Files in a folder that only we write to."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database

    async def add(self, file: str, number: int, sealed: bytes) -> None:
        """Append; `number` is where the draft ends."""
        await asyncio.to_thread(self._append, file, sealed)

    async def settle(self, file: str) -> None:
        """Sync and give it its name."""
        await asyncio.to_thread(self._settle, file)

    async def drop(self, file: str) -> None:
        """Unlink draft and file."""
        await asyncio.to_thread(self._unlink, [self._path(file), self._draft(file)])

    async def part(self, file: str, number: int) -> bytes:
        """Read one part."""
        return await asyncio.to_thread(_read, self._path(file), number)

    async def tidy(self) -> None:
        """Drafts, and files that no row knows: there is no key to them."""
        known = set(await self._database.read(lambda session: session.exec(select(StoredFile.id)).all()))
        await asyncio.to_thread(self._sweep, known)

    def _path(self, file: str) -> Path:
        return self._folder / file

    def _draft(self, file: str) -> Path:
        return self._folder / (file + _DRAFT)

    def _append(self, file: str, sealed: bytes) -> None:
        draft = self._draft(file)
        with disk_troubles(draft):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            with open(draft, "ab", opener=_for_owner) as out:
                out.write(sealed)

    def _settle(self, file: str) -> None:
        draft = self._draft(file)
        with disk_troubles(draft):
            with draft.open("r+b") as written:  # Windows syncs only what may be written to
                os.fsync(written.fileno())
            draft.replace(self._path(file))
            _sync_folder(self._folder)

    def _unlink(self, paths: Collection[Path]) -> None:
        with disk_troubles(self._folder / "any"):
            for path in paths:
                path.unlink(missing_ok=True)

    def _sweep(self, known: Collection[str]) -> None:
        if self._folder.is_dir():
            self._unlink([path for path in self._folder.iterdir() if path.name not in known])


class TableShelf:
    """Files in the database, a row per part."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, file: str, number: int, sealed: bytes) -> None:
        """Insert a row."""
        now = self._clock.now()

        def work(session: Session) -> None:
            session.add(FilePart(file_id=file, number=number, sealed=sealed, added_at=now))

        await self._database.write(work)

    async def settle(self, file: str) -> None:
        """Every row was committed."""

    async def drop(self, file: str) -> None:
        """Delete the rows."""

        def work(session: Session) -> None:
            session.exec(delete(FilePart).where(col(FilePart.file_id) == file))

        await self._database.write(work)

    async def part(self, file: str, number: int) -> bytes:
        """One row's content."""
        wanted = select(FilePart.sealed).where(col(FilePart.file_id) == file, col(FilePart.number) == number)
        sealed = await self._database.read(lambda session: session.exec(wanted).first())
        if sealed is None:
            raise Corrupt(f"part {number} of a file is not there")
        return sealed

    async def tidy(self) -> None:
        """Old rows of files that were never finished; another copy of the server may be adding new ones."""
        before = self._clock.now() - UNFINISHED

        def work(session: Session) -> None:
            finished = select(StoredFile.id)
            stale = col(FilePart.file_id).not_in(finished), col(FilePart.added_at) < before
            session.exec(delete(FilePart).where(*stale))

        await self._database.write(work)


def _read(path: Path, number: int) -> bytes:
    if not path.exists():
        raise Corrupt(f"part {number} of a file is not there")
    return read_part(path, number)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there; the file system keeps its own journal
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
