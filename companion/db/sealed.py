"""Sealed files: content in parts of one size, each encrypted and authenticated by itself (AES-256-GCM).

Any part can be read alone, so that a file is seekable, and goes on after its last whole part when it was cut
off. A part is bound to its place and to being the last one: parts that are lost, swapped, cut off or put
behind the end do not open. A key belongs to one file and is never used for another.
"""

import errno
import io
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from companion.db.errors import Corrupt, DiskFull, StoreUnavailable

PART = 256 * 1024
"""Bytes of content in every part but the last."""
TAG = 16
SEALED_PART = PART + TAG
KEY_BYTES = 32
_KEPT = 8
"""Opened parts that a reader keeps: those who read a PDF jump to and fro."""


def new_key() -> bytes:
    """A key for one file."""
    return secrets.token_bytes(KEY_BYTES)


def parts_of(size: int) -> int:
    """How many parts a file of this many bytes has; an empty one has one, too."""
    return max(1, -(-size // PART))


class Seal:
    """Closes and opens the parts of one file."""

    def __init__(self, key: bytes) -> None:
        # Slow to load, and most processes never see a file.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(key)

    def close(self, number: int, part: bytes, *, last: bool) -> bytes:
        """The sealed part of this number, from 0 on."""
        return self._cipher.encrypt(_nonce(number, last), part, None)

    def open(self, number: int, sealed: bytes, *, last: bool) -> bytes:
        """The content of a part. Raises Corrupt when it is not that part of this file."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(_nonce(number, last), sealed, None)
        except (InvalidTag, ValueError):
            raise Corrupt(f"part {number} of a sealed file is damaged") from None


class Cutter:
    """Cuts content that comes in pieces of any size into parts. The last part is known at the end only."""

    def __init__(self, seal: Seal, begun: int = 0) -> None:
        """`begun`: parts that are sealed already."""
        self._seal = seal
        self._rest = bytearray()
        self.number = begun
        """Of the next part."""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Take the next piece; the sealed parts that are whole now."""
        self._rest += piece
        while len(self._rest) > PART:
            part = bytes(self._rest[:PART])
            del self._rest[:PART]
            yield self._next(part, last=False)

    def end(self) -> bytes:
        """The last part."""
        return self._next(bytes(self._rest), last=True)

    @property
    def rest(self) -> int:
        """Bytes that wait for more, or for the end."""
        return len(self._rest)

    def _next(self, part: bytes, *, last: bool) -> bytes:
        sealed = self._seal.close(self.number, part, last=last)
        self.number += 1
        return sealed


class SealedReader(io.RawIOBase):
    """The content of a finished sealed file as a stream that can be read anywhere, some parts at a time.

    `fetch` gives the sealed part of a number. Reading raises Corrupt, and whatever `fetch` raises.
    """

    def __init__(self, seal: Seal, size: int, fetch: Callable[[int], bytes]) -> None:
        super().__init__()
        self._seal = seal
        self._size = size
        self._fetch = fetch
        self._at = 0
        self._open: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """As much as one part still gives."""
        if self._at >= self._size:
            return 0
        number, within = divmod(self._at, PART)
        found = self._part(number)[within : within + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _part(self, number: int) -> bytes:
        part = self._open.pop(number, None)
        if part is None:
            last = number == parts_of(self._size) - 1
            part = self._seal.open(number, self._fetch(number), last=last)
        self._open[number] = part
        while len(self._open) > _KEPT:
            self._open.popitem(last=False)
        return part


def read_part(path: Path, number: int) -> bytes:
    """A sealed part of a file on disk. Raises StoreError."""
    with disk_troubles(path), path.open("rb") as file:
        file.seek(number * SEALED_PART)
        return file.read(SEALED_PART)


@contextmanager
def disk_troubles(path: Path) -> Iterator[None]:
    """What goes wrong with a file on disk, as a StoreError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path.parent.name) from error
        raise StoreUnavailable("io", f"{path.parent.name}: {error.strerror}") from error


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
