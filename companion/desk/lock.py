"""One daemon per desk: a lock that the operating system takes back when the process ends, however it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from companion.home import Home

if sys.platform == "win32":
    import msvcrt

    AFTER_THE_PID = 1024

    def _take(descriptor: int) -> None:
        """Lock a byte behind the text: Windows lets nobody else read what is locked. Raises OSError."""
        os.lseek(descriptor, AFTER_THE_PID, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        """Lock the file. Raises OSError when somebody holds it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class AlreadyRunning(Exception):
    """Another daemon serves this desk."""

    def __init__(self, pid: str) -> None:
        super().__init__(f"a daemon already serves this desk (process {pid or 'unknown'})")
        self.pid = pid


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the desk's lock. Raises AlreadyRunning."""
    descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _take(descriptor)
        except (BlockingIOError, PermissionError):
            os.lseek(descriptor, 0, os.SEEK_SET)
            raise AlreadyRunning(os.read(descriptor, 20).decode(errors="replace").strip()) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
