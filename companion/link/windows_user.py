"""Who a process on Windows runs as: the security id (SID) of its user, and who is at a pipe's other end.

Needs nothing but the standard library: the native host loads it without the project's dependencies.
"""

import sys

assert sys.platform == "win32"

import ctypes  # noqa: E402
from ctypes import POINTER, byref, c_void_p, wintypes  # noqa: E402

_QUERY_LIMITED = 0x1000
_TOKEN_QUERY = 0x0008
_TOKEN_USER = 1

_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_advapi = ctypes.WinDLL("advapi32", use_last_error=True)

# Without these a handle or a pointer would be cut to 32 bits.
_kernel.GetCurrentProcessId.argtypes = []
_kernel.GetCurrentProcessId.restype = wintypes.DWORD
_kernel.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
_kernel.OpenProcess.restype = wintypes.HANDLE
_kernel.CloseHandle.argtypes = [wintypes.HANDLE]
_kernel.CloseHandle.restype = wintypes.BOOL
_kernel.LocalFree.argtypes = [c_void_p]
_kernel.LocalFree.restype = c_void_p
_kernel.GetNamedPipeClientProcessId.argtypes = [wintypes.HANDLE, POINTER(wintypes.DWORD)]
_kernel.GetNamedPipeClientProcessId.restype = wintypes.BOOL
_kernel.GetNamedPipeServerProcessId.argtypes = [wintypes.HANDLE, POINTER(wintypes.DWORD)]
_kernel.GetNamedPipeServerProcessId.restype = wintypes.BOOL
_advapi.OpenProcessToken.argtypes = [wintypes.HANDLE, wintypes.DWORD, POINTER(wintypes.HANDLE)]
_advapi.OpenProcessToken.restype = wintypes.BOOL
_advapi.GetTokenInformation.argtypes = [
    *(wintypes.HANDLE, ctypes.c_int, c_void_p, wintypes.DWORD, POINTER(wintypes.DWORD))
]
_advapi.GetTokenInformation.restype = wintypes.BOOL
_advapi.ConvertSidToStringSidW.argtypes = [c_void_p, POINTER(c_void_p)]
_advapi.ConvertSidToStringSidW.restype = wintypes.BOOL


def own_sid() -> str:
    """The security id of this process's user, as text (`S-1-5-21-…`). Raises OSError."""
    return sid_of(_kernel.GetCurrentProcessId())


def sid_of(pid: int) -> str:
    """The security id of the user that a process runs as. Raises OSError when Windows does not tell."""
    process = _good(_kernel.OpenProcess(_QUERY_LIMITED, False, pid))
    try:
        token = wintypes.HANDLE()
        _good(_advapi.OpenProcessToken(process, _TOKEN_QUERY, byref(token)))
        try:
            return _user_of(token)
        finally:
            _kernel.CloseHandle(token)
    finally:
        _kernel.CloseHandle(process)


def client_of(pipe: int) -> int:
    """The process that connected to this end of a named pipe. Raises OSError."""
    pid = wintypes.DWORD()
    _good(_kernel.GetNamedPipeClientProcessId(pipe, byref(pid)))
    return pid.value


def server_of(pipe: int) -> int:
    """The process that serves the named pipe this end is connected to. Raises OSError."""
    pid = wintypes.DWORD()
    _good(_kernel.GetNamedPipeServerProcessId(pipe, byref(pid)))
    return pid.value


def _user_of(token: wintypes.HANDLE) -> str:
    size = wintypes.DWORD()
    # The first call fails by design and says how much room the answer needs.
    _advapi.GetTokenInformation(token, _TOKEN_USER, None, 0, byref(size))
    room = ctypes.create_string_buffer(size.value)
    _good(_advapi.GetTokenInformation(token, _TOKEN_USER, room, size, byref(size)))
    # TOKEN_USER begins with a pointer to the id, which lies further on in the same room.
    sid = c_void_p.from_buffer(room)
    text = c_void_p()
    _good(_advapi.ConvertSidToStringSidW(sid, byref(text)))
    try:
        return ctypes.wstring_at(text.value or 0)
    finally:
        _kernel.LocalFree(text)


def _good(result: int | None) -> int:
    """The result of a call that answers 0 (or no handle) when it failed."""
    if not result:
        raise ctypes.WinError(ctypes.get_last_error())
    return result
