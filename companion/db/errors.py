"""What can be wrong with a store. Messages are our own words: never a value, a statement or a key."""

from typing import Literal

Reason = Literal["locked", "read_only", "io", "away", "closed", "full"]


class StoreError(Exception):
    """The store could not do what was asked. Nothing of that transaction was kept."""


class StoreUnavailable(StoreError):
    """The store cannot be used now; the same request may succeed later. `reason` says why not now."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason


class DiskFull(StoreUnavailable):
    """No space is left where the store lies."""

    def __init__(self, detail: str) -> None:
        super().__init__("full", detail)


class Conflict(StoreUnavailable):
    """Two transactions stood in each other's way, and trying again did not help."""

    def __init__(self, detail: str) -> None:
        super().__init__("locked", detail)


class WrongKey(StoreError):
    """No page of the file opens with this key: it belongs to another desk, or the key was changed."""


class Corrupt(StoreError):
    """Pages of the file are damaged, or it is no database at all."""


class TooOld(StoreError):
    """The SQLite library has the WAL-reset bug and may destroy data."""


class UnknownSchema(StoreError):
    """The data were written by a newer version of the program than this one."""
