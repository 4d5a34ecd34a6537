"""The one file that knows the platform's local sockets (unix: mode 0600 and the peer's uid)."""

import os
import socket
import stat
import struct
from pathlib import Path

MAX_PATH = 107
"""Bytes of a unix socket's path; the kernel cuts longer ones silently or refuses them."""
_UCRED = struct.Struct("3i")


class PipeError(Exception):
    """A local socket that cannot be used; the message says why, for the clerk's administrator."""


class PipeInUseError(PipeError):
    """Somebody is serving this socket already."""


def listen(path: Path) -> socket.socket:
    """Listen at a path that only this user can reach; the socket of a dead server is replaced.

    To end, unlink the path first and close then: while the socket listens, nobody puts another in its place.
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
        if not is_same_user(sock):
            raise PipeError(f"another user's program serves {path}")
    except BaseException:
        sock.close()
        raise
    return sock


def is_same_user(sock: socket.socket) -> bool:
    """Whether the process at the other end runs as this user: the kernel says so, not the peer."""
    return peer_uid(sock) == os.getuid()


def peer_uid(sock: socket.socket) -> int:
    """The user id of the process at the other end of a connected socket."""
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    uid: int = _UCRED.unpack(credentials)[1]
    return uid


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
