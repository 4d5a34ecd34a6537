r"""The native host of Windows: `host.py` over a named pipe. Copies bytes, parses nothing.

    python -I -S -E host_windows.py SOCKET [what the browser says]

The pipe is opened for overlapped I/O: through a synchronous handle a pending read would hold up every write,
and with both directions full everything would stand still. A host that outlives its browser would be left
behind (the batch file between them hides it from the browser), so the end of the input ends it at once.
Typed and reviewed, but never run where this was written: see docs/windows-checklist.md.
"""

import sys

assert sys.platform == "win32"

import _winapi  # noqa: E402
import msvcrt  # noqa: E402
import os  # noqa: E402
from _thread import start_new_thread  # noqa: E402

# A script under -I sees the standard library alone; what follows needs nothing else either.
sys.path.append(__file__.rsplit("\\", 3)[0])

from companion.link import windows_user  # noqa: E402
from companion.link.host_words import DAEMON_DOWN, STRANGER, frame, hello  # noqa: E402
from companion.link.pipe_names import pipe_name  # noqa: E402

CHUNK = 65536
STUCK = 30_000
"""Milliseconds a write to the daemon may take: a daemon that hangs must not keep a browser from closing."""
BUSY = 5_000
"""Milliseconds to wait while all ends of the pipe are taken."""
_SECURITY = 0x00100000 | 0x00010000
"""SECURITY_SQOS_PRESENT, SECURITY_IDENTIFICATION: who serves the pipe may see who we are, not act as us."""


class Pipe:
    """The way to the daemon; one thread reads while another writes."""

    def __init__(self, address: str) -> None:
        """Connect. Raises OSError when there is no daemon, PermissionError when it is a stranger's."""
        self._handle = _connect(address)
        if windows_user.sid_of(windows_user.server_of(self._handle)) != windows_user.own_sid():
            raise PermissionError

    def read(self) -> bytes:
        """Some bytes, as soon as there are any. Raises OSError at the end."""
        overlapped, _ = _winapi.ReadFile(self._handle, CHUNK, overlapped=True)
        overlapped.GetOverlappedResult(True)
        return overlapped.getbuffer() or b""

    def write(self, data: bytes) -> None:
        """Write every byte. Raises OSError when the daemon is gone or takes nothing for long."""
        view = memoryview(data)
        while view:
            overlapped, error = _winapi.WriteFile(self._handle, view, overlapped=True)
            if error == _winapi.ERROR_IO_PENDING:
                waited = _winapi.WaitForSingleObject(overlapped.event, STUCK)
                if waited != _winapi.WAIT_OBJECT_0:
                    overlapped.cancel()
                    raise TimeoutError
            view = view[overlapped.GetOverlappedResult(True)[0] :]


def _connect(address: str) -> int:
    wanted = _winapi.GENERIC_READ | _winapi.GENERIC_WRITE
    flags = _winapi.FILE_FLAG_OVERLAPPED | _SECURITY
    while True:
        try:
            return _winapi.CreateFile(address, wanted, 0, 0, _winapi.OPEN_EXISTING, flags, 0)
        except OSError as error:
            if error.winerror != _winapi.ERROR_PIPE_BUSY:
                raise
        # Raises OSError when nobody came free in time, or the daemon went.
        _winapi.WaitNamedPipe(address, BUSY)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte to the browser, however small the pieces that its pipe takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def own_stdout() -> int:
    """Keep the browser's pipe to ourselves, bytes as they are; fd 1 leads nowhere for everyone else."""
    out = os.dup(1)
    nothing = os.open("NUL", os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    for fd in (0, out):
        msvcrt.setmode(fd, os.O_BINARY)
    return out


def upward(daemon: Pipe) -> None:
    """Browser to daemon, in a thread of its own."""
    try:
        while data := os.read(0, CHUNK):
            daemon.write(data)
    finally:
        os._exit(0)


def downward(daemon: Pipe, out: int) -> None:
    """Daemon to browser."""
    try:
        while data := daemon.read():
            write_all(out, data)
    finally:
        os._exit(0)


def main(arguments: list[str]) -> None:
    """Serve until one side ends."""
    out = own_stdout()
    try:
        daemon = Pipe(pipe_name(arguments[0]))
        daemon.write(frame(hello(arguments[1:], os.getpid())))
    except PermissionError:
        write_all(out, frame(STRANGER))
    except OSError:
        write_all(out, frame(DAEMON_DOWN))
    else:
        start_new_thread(upward, (daemon,))
        downward(daemon, out)


if __name__ == "__main__":
    main(sys.argv[1:])
