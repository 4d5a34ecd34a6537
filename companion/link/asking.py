"""Ask the daemon how everything is, as `chudan doctor`: directly, or through a host as a browser would."""

import asyncio
import os
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from uuid import uuid4

from companion.link import pipe
from companion.link.framing import TooLong, pack, read_frames
from companion.link.server import DOCTOR
from companion.protocol import (
    HostHello,
    ProtocolError,
    Refusal,
    Status,
    StatusRequest,
    encode,
    parse_downward,
)


class HostFailedError(Exception):
    """The native host ended, or wrote something that is no frame of ours."""


async def ask_daemon(socket: Path, patience: float) -> Status | Refusal | None:
    """The daemon's answer, or None when it says nothing within `patience` seconds.

    Raises what `pipe.open_connection` raises when nobody, or a stranger, serves the socket.
    """
    reader, writer = await pipe.open_connection(socket, patience)
    try:
        hello = encode(HostHello(caller=DOCTOR, pid=os.getpid()))
        writer.write(pack(hello) + _request())
        return await _within(patience, reader)
    except (ConnectionError, HostFailedError):
        return None
    finally:
        writer.close()


async def ask_host(launcher: Path, patience: float) -> Status | Refusal | None:
    """The same through a launcher. Raises HostFailedError, OSError when it cannot even be started."""
    host = await asyncio.create_subprocess_exec(launcher, DOCTOR, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    assert host.stdin
    assert host.stdout
    try:
        host.stdin.write(_request())
        return await _within(patience, host.stdout)
    finally:
        host.stdin.close()
        try:
            await asyncio.wait_for(host.wait(), patience)
        except TimeoutError:
            host.kill()
            await host.wait()


def _request() -> bytes:
    return pack(encode(StatusRequest(id=str(uuid4()))))


async def _within(patience: float, reader: StreamReader) -> Status | Refusal | None:
    try:
        async with asyncio.timeout(patience):
            return await _reply(reader)
    except TimeoutError:
        return None


async def _reply(reader: StreamReader) -> Status | Refusal:
    async for frame in read_frames(reader):
        if isinstance(frame, TooLong):
            break
        try:
            message = parse_downward(frame)
        except ProtocolError:
            break
        if isinstance(message, Status | Refusal):
            return message
    raise HostFailedError("no frame of ours came back")
