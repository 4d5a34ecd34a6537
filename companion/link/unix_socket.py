"""Local sockets of Linux and macOS: mode 0600 in a folder of mode 0700, and the peer's user id."""

import sys

assert sys.platform != "win32"

import asyncio  # noqa: E402
import os  # noqa: E402
import socket  # noqa: E402
import stat  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

from companion.link.pipe_errors import PipeError, PipeInUseError, Serving  # noqa: E402

if sys.platform == "darwin":
    MAX_PATH = 103
    _PEER = (0, 1, 76)
else:
    MAX_PATH = 107
    _PEER = (socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
"""MAX_PATH: bytes of a socket's path; the kernel cuts longer ones silently or refuses them.

_PEER: level, option and bytes of what the kernel knows about a peer: Linux' `struct ucred` and macOS' `struct
xucred` (SOL_LOCAL, LOCAL_PEERCRED) differ, but in both the second word is the user's id.
"""


class _Unix:
    """`pipe_errors.Serving` of a unix socket."""

    def __init__(self, server: asyncio.Server, path: Path) -> None:
        self._server = server
        self._path = path

    def close(self) -> None:
        # In this order: while the socket listens, nobody puts another in its place.
        self._path.unlink(missing_ok=True)
        self._server.close()

    async def wait_closed(self) -> None:
        await self._server.wait_closed()


async def serve(path: Path, visitor: Callable[[], asyncio.Protocol]) -> Serving:
    """Serve everybody who comes to `path`, each by a protocol of its own. Raises what `listen` raises."""
    server = await asyncio.get_running_loop().create_unix_server(visitor, sock=listen(path))
    return _Unix(server, path)


async def open_connection(path: Path, timeout: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Streams to the server at `path`. Raises what `connect` raises."""
    connected = connect(path, timeout)
    connected.setblocking(False)
    return await asyncio.open_unix_connection(sock=connected)


def is_same_user(transport: asyncio.BaseTransport) -> bool:
    """Whether the process at the other end runs as this user: the kernel says so, not the peer."""
    return peer_uid(transport.get_extra_info("socket")) == os.getuid()


def listen(path: Path) -> socket.socket:
    """Listen at a path that only this user can reach; the socket of a dead server is replaced.

    Raises PipeInUseError when a live server answers there, PipeError when the place cannot be trusted.
    """
    if len(os.fsencode(path)) > MAX_PATH:
        raise PipeError(f"the path of the socket is longer than {MAX_PATH} bytes: {path}")
    make_private(path.parent)
    _clear_stale(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.setblocking(False)
    sock.bind(str(path))
    # Nobody else can come between bind and chmod: the directory is already closed to them.
    path.chmod(0o600)
    sock.listen(128)
    return sock


def connect(path: Path, timeout: float) -> socket.socket:
    """Connect to a server of this user. `timeout` in seconds.

    Raises FileNotFoundError (no server ever), ConnectionRefusedError (a dead one's socket), TimeoutError,
    PipeError (a stranger serves there).
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect(str(path))
        if peer_uid(sock) != os.getuid():
            raise PipeError(f"another user's program serves {path}")
    except BaseException:
        sock.close()
        raise
    return sock


def peer_uid(sock: socket.socket) -> int:
    """The user id of the process at the other end of a connected socket."""
    return int.from_bytes(sock.getsockopt(*_PEER)[4:8], sys.byteorder)


def make_private(folder: Path) -> None:
    """Make the folder for sockets, closed to other users. Raises PipeError when it cannot be trusted."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)
    # Under a shared /tmp a stranger may have made the folder, or the one above it, before us.
    for place in (folder, folder.parent):
        found = place.stat()
        open_to_all = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
        if found.st_uid not in (os.getuid(), 0) or open_to_all:
            raise PipeError(f"{place} is open to other users")
    if folder.stat().st_uid != os.getuid():
        raise PipeError(f"{folder} belongs to another user")
    folder.chmod(0o700)


def _clear_stale(path: Path) -> None:
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise PipeError(f"{path} is in the way and is no socket")
        connect(path, timeout=1.0).close()
    except FileNotFoundError:
        return
    except ConnectionRefusedError:
        path.unlink()
    except TimeoutError:
        raise PipeInUseError(f"a server that does not answer holds {path}") from None
    else:
        raise PipeInUseError(f"another server answers at {path}")
