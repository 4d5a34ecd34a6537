"""One daemon per desk: a lock that the operating system takes back when the process ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from companion.home import Home


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
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(os.read(descriptor, 20).decode(errors="replace").strip()) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
