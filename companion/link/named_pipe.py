"""Local sockets of Windows: named pipes for this user alone, on the event loop's own overlapped I/O.

A pipe is no file: its name follows from the path that other systems would use, and goes with its server.
Typed and reviewed, but never run where this was written: see docs/windows-checklist.md.
"""

import sys

assert sys.platform == "win32"

import _winapi  # noqa: E402
import asyncio  # noqa: E402
import ctypes  # noqa: E402
from asyncio import windows_utils  # noqa: E402
from asyncio.proactor_events import _ProactorDuplexPipeTransport  # noqa: E402
from collections.abc import Callable  # noqa: E402
from ctypes import POINTER, byref, c_void_p, wintypes  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from companion.link import windows_user  # noqa: E402
from companion.link.pipe_errors import PipeError, PipeInUseError, Serving  # noqa: E402
from companion.link.pipe_names import pipe_name, rights_of  # noqa: E402

BUFFER = 65536
_DUPLEX, _OVERLAPPED, _FIRST = 0x3, 0x40000000, 0x80000
_REJECT_REMOTE = 0x8
"""With it, a bytewise blocking pipe (all other bits 0) is not reachable from other computers."""
_UNLIMITED = 255
_SDDL_REVISION = 1

_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel.LocalFree.argtypes = [c_void_p]
_kernel.LocalFree.restype = c_void_p
_advapi = ctypes.WinDLL("advapi32", use_last_error=True)
_advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW.argtypes = [
    *(wintypes.LPCWSTR, wintypes.DWORD, POINTER(c_void_p), c_void_p)
]
_advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW.restype = wintypes.BOOL


class _Attributes(ctypes.Structure):
    """SECURITY_ATTRIBUTES."""

    _fields_ = (("length", wintypes.DWORD), ("descriptor", c_void_p), ("inherit", wintypes.BOOL))


class _Doors:
    """`pipe_errors.Serving` of a named pipe: always one free end waits, so no visitor finds the name gone."""

    def __init__(self, address: str, visitor: Callable[[], asyncio.Protocol]) -> None:
        self._address = address
        self._visitor = visitor
        self._rights = rights_of(windows_user.own_sid())
        loop = asyncio.get_running_loop()
        assert isinstance(loop, asyncio.ProactorEventLoop)
        self._loop = loop
        # The loop has no public way to wait for a visitor at an end that was made with rights of its own.
        self._proactor: asyncio.IocpProactor = loop._proactor  # type: ignore[attr-defined]
        self._waiting: asyncio.Future[Any] | None = None
        self._spare: windows_utils.PipeHandle | None = self._open(first=True)
        self._accept()

    def close(self) -> None:
        """Let nobody in any more."""
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.close()
        if self._waiting is not None:
            self._waiting.cancel()

    async def wait_closed(self) -> None:
        """Wait until the end that waited for a visitor is given back."""
        if self._waiting is not None:
            await asyncio.wait([self._waiting])

    def _open(self, *, first: bool) -> windows_utils.PipeHandle:
        """A new end of the pipe. As `first` it fails where anybody, whoever it is, serves that name."""
        with_rights = c_void_p()
        if not _advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW(
            self._rights, _SDDL_REVISION, byref(with_rights), None
        ):
            raise ctypes.WinError(ctypes.get_last_error())
        attributes = _Attributes(ctypes.sizeof(_Attributes), with_rights, False)
        try:
            handle = _winapi.CreateNamedPipe(
                *(self._address, _DUPLEX | _OVERLAPPED | (_FIRST if first else 0), _REJECT_REMOTE),
                *(_UNLIMITED, BUFFER, BUFFER, 0, ctypes.addressof(attributes)),
            )
        finally:
            _kernel.LocalFree(with_rights)
        return windows_utils.PipeHandle(handle)

    def _accept(self) -> None:
        """Wait for a visitor at the spare end; before, make the next one."""
        end, self._spare = self._spare, None
        if end is None:
            return
        try:
            self._spare = self._open(first=False)
            self._waiting = self._proactor.accept_pipe(end)  # type: ignore[arg-type]
        except OSError as error:
            # A visitor who left before he was let in (ERROR_NO_DATA), or no memory: this end is lost.
            end.close()
            self._failed(error)
            return
        self._waiting.add_done_callback(partial(self._came, end))

    def _came(self, end: windows_utils.PipeHandle, waited: "asyncio.Future[Any]") -> None:
        if waited.cancelled() or self._spare is None:
            end.close()
            return
        if waited.exception() is not None:
            end.close()
        else:
            _ProactorDuplexPipeTransport(self._loop, end, self._visitor())  # type: ignore[arg-type]
        self._accept()

    def _failed(self, error: OSError) -> None:
        """Go on with the spare end, or say that there is none left."""
        if self._spare is not None:
            self._loop.call_soon(self._accept)
        else:
            self._loop.call_exception_handler({"message": "no more named pipes", "exception": error})


async def serve(path: Path, visitor: Callable[[], asyncio.Protocol]) -> Serving:
    """Serve everybody who comes to the pipe of `path`, each by a protocol of its own.

    Raises PipeInUseError when a live server holds its name, OSError when Windows refuses otherwise.
    """
    try:
        return _Doors(pipe_name(str(path)), visitor)
    except PermissionError:
        raise PipeInUseError(f"another server holds {pipe_name(str(path))}") from None


async def open_connection(path: Path, timeout: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Streams to the server of `path`. `timeout` in seconds.

    Raises FileNotFoundError (no server), TimeoutError, PermissionError or PipeError (a stranger's server).
    """
    loop = asyncio.get_running_loop()
    assert isinstance(loop, asyncio.ProactorEventLoop)
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    async with asyncio.timeout(timeout):
        transport, _ = await loop.create_pipe_connection(lambda: protocol, pipe_name(str(path)))
    if not _runs_as_us(windows_user.server_of, transport):
        transport.abort()
        raise PipeError(f"another user's program serves {pipe_name(str(path))}")
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


def is_same_user(transport: asyncio.BaseTransport) -> bool:
    """Whether the visitor's process runs as this user: Windows says so, not the peer."""
    return _runs_as_us(windows_user.client_of, transport)


def make_private(folder: Path) -> None:
    """Make the folder. Below the user's profile it inherits that only they may read it."""
    folder.mkdir(parents=True, exist_ok=True)


def _runs_as_us(peer: Callable[[int], int], transport: asyncio.BaseTransport) -> bool:
    handle = transport.get_extra_info("pipe").fileno()
    try:
        return windows_user.sid_of(peer(handle)) == windows_user.own_sid()
    except OSError:
        # The peer is gone or beyond our reach, so it is nobody we know.
        return False
