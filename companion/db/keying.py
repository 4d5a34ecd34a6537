"""The key of a desk's data: made once, kept in the keyring, written on paper as the recovery key."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from companion.db.keyrings import Keyring, KeyringLocked, NoKeyring, open_keyring
from companion.db.sqlite import KEY_BYTES
from companion.home import Home

__all__ = [
    "BadRecoveryKey",
    "DataKey",
    "KeyChanged",
    "Keyring",
    "KeyringLocked",
    "NoKeyring",
    "data_key",
    "kept_key",
    "key_of",
    "open_keyring",
    "recovery_key",
    "restore_key",
]

_ENTRY = "data-key"
_CHECKSUM = 3
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B", " ": None, "-": None, "\n": None})


class KeyChanged(Exception):
    """The keyring does not hold the key these data were made with. The recovery key helps."""


class BadRecoveryKey(ValueError):
    """What was typed is no recovery key: a letter is wrong or missing."""


class DataKey(NamedTuple):
    """The key of a desk's databases; `new` until there are data under it: show the recovery key."""

    key: bytes
    new: bool


@dataclass(frozen=True)
class _Mark:
    """What `key.json` remembers, so that a changed keyring is noticed before a database is opened."""

    backend: str
    entry: str
    check: str


async def data_key(home: Home, keyring: Keyring) -> DataKey:
    """The key of this desk's databases, made on first use. Raises KeyChanged, NoKeyring, KeyringLocked."""
    key = await kept_key(home, keyring)
    if key is None or _read_mark(home) is None:
        key = key or secrets.token_bytes(KEY_BYTES)
        await _keep(home, keyring, _entry(home), key)
    return DataKey(key, new=not _has_data(home))


async def kept_key(home: Home, keyring: Keyring) -> bytes | None:
    """The key that the keyring holds for this desk; None: there are no data yet. Nothing is changed.

    Raises KeyChanged, NoKeyring, KeyringLocked.
    """
    mark = _read_mark(home)
    stored = await keyring.get(mark.entry if mark else _entry(home), _ENTRY)
    if stored is None and mark:
        raise KeyChanged(f"{keyring.name} holds no key for these data, which were made with {mark.backend}")
    if stored is None and _has_data(home):
        raise KeyChanged(f"{keyring.name} holds no key for the data of this desk")
    key = bytes.fromhex(stored) if stored else None
    if mark and key and not hmac.compare_digest(_check(key), mark.check):
        raise KeyChanged(f"{keyring.name} holds another key than the one these data were made with")
    return key


async def restore_key(home: Home, keyring: Keyring, recovery: str) -> DataKey:
    """Put the key from a recovery key into the present keyring.

    Raises BadRecoveryKey, and KeyChanged when it belongs to other data.
    """
    key = key_of(recovery)
    mark = _read_mark(home)
    if mark and not hmac.compare_digest(_check(key), mark.check):
        raise KeyChanged("this recovery key belongs to other data")
    await _keep(home, keyring, mark.entry if mark else _entry(home), key)
    return DataKey(key, new=False)


def recovery_key(key: bytes) -> str:
    """The key as a human writes it down: base32 in groups of four, with a checksum."""
    letters = base64.b32encode(key + hashlib.sha256(key).digest()[:_CHECKSUM]).decode()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def key_of(recovery: str) -> bytes:
    """The key of a recovery key, however it was typed. Raises BadRecoveryKey."""
    letters = recovery.upper().translate(_MISREAD)
    try:
        decoded = base64.b32decode(letters)
    except ValueError:
        decoded = b""
    key, checksum = decoded[:KEY_BYTES], decoded[KEY_BYTES:]
    if len(checksum) != _CHECKSUM or hashlib.sha256(key).digest()[:_CHECKSUM] != checksum:
        raise BadRecoveryKey("this is no recovery key")
    return key


async def _keep(home: Home, keyring: Keyring, entry: str, key: bytes) -> None:
    await keyring.set(entry, _ENTRY, key.hex())
    if await keyring.get(entry, _ENTRY) != key.hex():
        raise NoKeyring(f"{keyring.name} did not keep what it was given")
    _write_mark(home, _Mark(keyring.name, entry, _check(key)))


def _entry(home: Home) -> str:
    return f"chudan/{home.tag}"


def _check(key: bytes) -> str:
    return hmac.new(key, b"chudan data key", hashlib.sha256).hexdigest()[:16]


def _has_data(home: Home) -> bool:
    return home.desk_db.exists() or home.management_db.exists()


def _mark_file(home: Home) -> Path:
    return home.path / "key.json"


def _read_mark(home: Home) -> _Mark | None:
    try:
        return _Mark(**json.loads(_mark_file(home).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise KeyChanged("key.json cannot be read") from error


def _write_mark(home: Home, mark: _Mark) -> None:
    file = _mark_file(home)
    draft = file.with_suffix(".new")
    with open(draft, "w", encoding="utf-8", opener=_for_owner) as out:
        json.dump(mark.__dict__, out)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
