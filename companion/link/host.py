"""The native host: a pipe between one browser profile and the daemon. Copies bytes, parses nothing.

The browser starts it anew for every profile, so it must be there in milliseconds: it runs as a script
under `python -I -S -E` and imports only what the interpreter has built in or loads for nothing.

    host.py SOCKET [what the browser says: the caller's origin, or a manifest and an add-on id]

It ends when the browser closes its input, when the daemon goes, or when the daemon takes nothing for 30 s.
"""

import sys

assert sys.platform != "win32", "Windows has a host of its own: host_windows.py"

import posix  # noqa: E402
from _socket import AF_UNIX, SO_SNDTIMEO, SOCK_STREAM, SOL_SOCKET, socket  # noqa: E402
from _thread import start_new_thread  # noqa: E402

if sys.platform == "darwin":
    PEER = (0, 1, 76)
else:
    from _socket import SO_PEERCRED

    PEER = (SOL_SOCKET, SO_PEERCRED, 12)
"""How to ask the kernel for the peer's user id: level, option, bytes; as in `unix_socket`."""

CHUNK = 65536
STUCK = 30
"""Seconds a write to the daemon may take: a daemon that hangs must not keep a browser from closing."""
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.:/_-{}+"
DAEMON_DOWN = (
    b'{"v":1,"type":"refusal","re":null,"code":221,"message":"the companion is not running","retry":true}'
)
STRANGER = b'{"v":1,"type":"refusal","re":null,"code":122,"message":"another user answers","retry":false}'


def frame(payload: bytes) -> bytes:
    """One frame: length in native byte order, then the bytes."""
    return len(payload).to_bytes(4, sys.byteorder) + payload


def caller_of(arguments: list[str]) -> str:
    """Whom the browser says this host serves: Chromium gives an origin, Firefox a path and an add-on id.

    Everything that would need escaping in JSON is replaced: a name with such characters is nobody we know.
    """
    name = ""
    for argument in arguments:
        name = argument
        if argument.startswith("chrome-extension://"):
            break
    return "".join([letter if letter in PLAIN else "?" for letter in name[:500]])


def hello(arguments: list[str]) -> bytes:
    """The `host_hello` message. The only JSON this program ever writes towards the daemon."""
    text = '{"v":1,"type":"host_hello","caller":"%s","pid":%d}'
    return (text % (caller_of(arguments), posix.getpid())).encode()


def write_all(fd: int, data: bytes) -> None:
    """Write every byte, however small the pieces that the pipe takes."""
    view = memoryview(data)
    while view:
        view = view[posix.write(fd, view) :]


def own_stdout() -> int:
    """Keep the browser's pipe to ourselves and point fd 1 at stderr for everyone else."""
    out = posix.dup(1)
    posix.dup2(2, 1)
    return out


def dial(path: str) -> socket:
    """Connect to the daemon. Raises OSError when there is none, PermissionError when it is a stranger's."""
    daemon = socket(AF_UNIX, SOCK_STREAM)
    word = 8 if sys.maxsize > 2**32 else 4
    daemon.setsockopt(SOL_SOCKET, SO_SNDTIMEO, STUCK.to_bytes(word, sys.byteorder) + bytes(word))
    daemon.connect(path)
    credentials = daemon.getsockopt(*PEER)
    if int.from_bytes(credentials[4:8], sys.byteorder) != posix.getuid():
        daemon.close()
        raise PermissionError
    return daemon


def upward(daemon: socket) -> None:
    """Browser to daemon, in a thread of its own: one thread for both would hang with both pipes full."""
    try:
        while data := posix.read(0, CHUNK):
            daemon.sendall(data)
    finally:
        # What was sent stays readable for the daemon; what was not acknowledged the extension still has.
        posix._exit(0)


def downward(daemon: socket, out: int) -> None:
    """Daemon to browser."""
    try:
        while data := daemon.recv(CHUNK):
            write_all(out, data)
    finally:
        posix._exit(0)


def main(arguments: list[str]) -> None:
    """Serve until one side ends."""
    out = own_stdout()
    try:
        daemon = dial(arguments[0])
        daemon.sendall(frame(hello(arguments[1:])))
    except PermissionError:
        write_all(out, frame(STRANGER))
    except OSError:
        write_all(out, frame(DAEMON_DOWN))
    else:
        start_new_thread(upward, (daemon,))
        downward(daemon, out)


if __name__ == "__main__":
    main(sys.argv[1:])
