"""SQLCipher behind SQLAlchemy: how a connection is opened, and what its errors mean.

Durable by `synchronous=FULL` (NORMAL loses acknowledged rows at a power cut), encrypted by a raw 256-bit
key, and never on a SQLite library with the WAL-reset bug.
"""

import shutil
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError

from companion.db.errors import Corrupt, DiskFull, Reason, StoreError, StoreUnavailable, TooOld, WrongKey

OLDEST = (3, 51, 3)
"""Earlier versions corrupt the file when a write meets a checkpoint (sqlite.org/wal.html#walresetbug)."""
BUSY = 5.0
"""Seconds to wait for another process that holds the file."""
KEY_BYTES = 32
PAGE = 8192
"""Bytes of a page, part of the file format. Twice the usual: events of 2 KB cost a third less to encrypt."""
NO_SPACE = 1 << 16
"""Bytes free below which a failed write means a full disk: SQLite may call it an I/O error."""

_WRITER = (
    "PRAGMA journal_mode = WAL",
    # 32 MB: a checkpoint costs three syncs beside those of the commits.
    "PRAGMA wal_autocheckpoint = 4000",
)
_SETTINGS = (
    "PRAGMA synchronous = FULL",
    # On macOS a plain fsync leaves the data in the drive's cache; elsewhere these two do nothing.
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA foreign_keys = ON",
)
_REASONS: dict[str, Reason] = {
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_PROTOCOL": "locked",
    "SQLITE_READONLY": "read_only",
    "SQLITE_PERM": "read_only",
    "SQLITE_IOERR": "io",
    "SQLITE_CANTOPEN": "io",
}


def engines(path: Path, key: bytes, readers: int) -> tuple[Engine, Engine]:
    """The engine of the one writer and that of the read-only connections.

    Makes the file (0600) when there is none and opens it once, so that everything wrong with it is raised
    here: WrongKey, Corrupt, StoreUnavailable, TooOld.
    """
    refuse_old(sqlcipher.sqlite_version_info)
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    _create(path)
    writer = _engine(path, key, 1, "BEGIN IMMEDIATE", _WRITER)
    reader = _engine(path, key, readers, "BEGIN", ("PRAGMA query_only = ON",))
    writer.connect().close()
    return writer, reader


def refuse_old(version: tuple[int, ...]) -> None:
    """Raise TooOld for a SQLite library that may destroy a WAL database."""
    if version < OLDEST:
        raise TooOld(f"SQLite {version} is older than {OLDEST}")


def trouble(error: DBAPIError, path: Path) -> StoreError | None:
    """What an error of the driver says about the store; None when the statement itself was at fault."""
    return _meaning(error.orig, path)


def _create(path: Path) -> None:
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError as error:
        raise StoreUnavailable("read_only", f"{path.name}: {error.strerror}") from error


def _engine(path: Path, key: bytes, size: int, begin: str, settings: tuple[str, ...]) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect(path, key, settings),
        module=sqlcipher,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin_here(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _connect(path: Path, key: bytes, settings: tuple[str, ...]) -> Any:
    # isolation_level=None: transactions begin where we say so, not where the driver guesses.
    connection = sqlcipher.connect(str(path), timeout=BUSY, isolation_level=None, check_same_thread=False)
    try:
        # The library would complain on stderr, which may be a terminal or a browser's console.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute(f"PRAGMA cipher_page_size = {PAGE}")
        for setting in (*settings, *_SETTINGS):
            connection.execute(setting)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlcipher.Error as error:
        meaning = _opening(connection, error, path)
        connection.close()
        raise meaning from error
    return connection


def _opening(connection: Any, error: Exception, path: Path) -> StoreError:
    meaning = _meaning(error, path)
    if isinstance(meaning, Corrupt) and _every_page_refused(connection, path):
        return WrongKey(f"{path.name} does not open with this key")
    return meaning or StoreUnavailable("io", f"{path.name}: {_name(error)}")


def _every_page_refused(connection: Any, path: Path) -> bool:
    """A wrong key fits no page; damage leaves some pages whole."""
    size = path.stat().st_size
    refused = connection.execute("PRAGMA cipher_integrity_check").fetchall()
    return size % PAGE == 0 and len(refused) == size // PAGE


def _meaning(error: BaseException | None, path: Path) -> StoreError | None:
    name = _name(error)
    kind = "_".join(name.split("_")[:2])
    if kind == "SQLITE_FULL" or (kind == "SQLITE_IOERR" and _no_space(path)):
        return DiskFull(path.name)
    if kind in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
        return Corrupt(f"{path.name}: {name}")
    if kind in _REASONS:
        return StoreUnavailable(_REASONS[kind], f"{path.name}: {name}")
    return None


def _name(error: BaseException | None) -> str:
    return str(getattr(error, "sqlite_errorname", ""))


def _no_space(path: Path) -> bool:
    return shutil.disk_usage(path.parent).free < NO_SPACE
