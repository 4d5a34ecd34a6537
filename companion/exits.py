"""How a program of ours ends when it cannot go on: one number and one sentence per reason."""

from dataclasses import dataclass
from typing import Final

from companion.db.errors import Corrupt, DiskFull, StoreError, UnknownSchema, WrongKey
from companion.db.keying import BadRecoveryKey, KeyChanged, KeyringLocked, NoKeyring
from companion.desk.lock import AlreadyRunning
from companion.link.pipe import PipeError
from companion.management.client import OfficeAway, OfficeRefused
from companion.serving import NotEnrolled
from companion.settings import BadSettings, InClearText
from companion.web.i18n import Catalog


@dataclass(frozen=True)
class Exit:
    """A process status and the key of its sentence in locales/*/cli.json."""

    status: int
    key: str


REASONS: Final[tuple[tuple[type[Exception], Exit], ...]] = (
    (AlreadyRunning, Exit(3, "already_running")),
    (NoKeyring, Exit(4, "no_keyring")),
    (KeyringLocked, Exit(5, "keyring_locked")),
    (KeyChanged, Exit(6, "key_changed")),
    (BadRecoveryKey, Exit(6, "bad_recovery_key")),
    (WrongKey, Exit(7, "wrong_key")),
    (Corrupt, Exit(7, "corrupt")),
    (UnknownSchema, Exit(7, "unknown_schema")),
    (DiskFull, Exit(8, "disk_full")),
    (StoreError, Exit(8, "store_unavailable")),
    (PipeError, Exit(9, "no_socket")),
    (OSError, Exit(9, "cannot_listen")),
    (InClearText, Exit(10, "in_clear_text")),
    (BadSettings, Exit(10, "bad_settings")),
    (NotEnrolled, Exit(11, "not_enrolled")),
    (OfficeAway, Exit(12, "office_away")),
    (OfficeRefused, Exit(13, "office_refused")),
)
"""The first that fits. Numbers are only ever added."""
EXPECTED: Final = tuple(kind for kind, _ in REASONS)


NO_FILE: Final = Exit(9, "cannot_use_file")
"""An OSError that names a file is about that, and not about an address."""


def exit_of(error: Exception) -> Exit:
    """The exit of one of EXPECTED."""
    if isinstance(error, OSError) and error.filename is not None:
        return NO_FILE
    return next(found for kind, found in REASONS if isinstance(error, kind))


def sentence(error: Exception, words: Catalog, **more: str) -> str:
    """What to tell the person at the terminal."""
    known = {"detail": str(error), "pid": getattr(error, "pid", "")}
    return words.t(f"cli.{exit_of(error).key}", **{**known, **more})
