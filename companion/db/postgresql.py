"""PostgreSQL behind SQLAlchemy: how a connection is opened, and what its errors mean."""

from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from companion.db.errors import Conflict, Corrupt, DiskFull, Reason, StoreError, StoreUnavailable

CONNECT = 5
"""Seconds to wait for the server."""
LOCK = 5
"""Seconds to wait for a lock."""

_REASONS: tuple[tuple[str, Reason], ...] = (
    ("25006", "read_only"),
    ("55P03", "locked"),
    ("58", "io"),
    ("08", "away"),
    ("28", "away"),
    ("3D", "away"),
    ("53", "away"),
    ("57P", "away"),
)
"""Beginnings of SQLSTATE codes; the first that fits counts."""


def engines(url: str, writers: int, readers: int) -> tuple[Engine, Engine]:
    """The engine of the writers and that of the read-only connections. Does not connect yet."""
    return (
        _engine(url, writers, "READ COMMITTED", ""),
        # What one reader sees belongs together, as with SQLite.
        _engine(url, readers, "REPEATABLE READ", "SET default_transaction_read_only = on"),
    )


def trouble(error: DBAPIError) -> StoreError | None:
    """What an error of the driver says about the store; None when the statement itself was at fault."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        lost = isinstance(error, OperationalError | InterfaceError)
        return StoreUnavailable("away", "the server does not answer") if lost else None
    if state in ("40001", "40P01"):
        return Conflict(state)
    if state == "53100":
        return DiskFull(state)
    if state in ("XX001", "XX002"):
        return Corrupt(state)
    reason = next((reason for start, reason in _REASONS if state.startswith(start)), None)
    return StoreUnavailable(reason, f"SQLSTATE {state}") if reason else None


def _engine(url: str, size: int, isolation: Any, setting: str) -> Engine:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        isolation_level=isolation,
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT},
    )

    @event.listens_for(engine, "connect")
    def settings(connection: Any, _record: object) -> None:
        connection.execute(f"SET timezone = 'UTC'; SET lock_timeout = '{LOCK}s'; {setting}")
        connection.commit()

    return engine
