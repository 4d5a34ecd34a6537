"""The daemon's socket: who is let in, what is refused, and that one bad peer disturbs nobody."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from companion.link import pipe, server
from companion.link.framing import HEADER, pack
from companion.link.server import DOCTOR, LinkServer
from companion.protocol import (
    MAX_FRAME,
    Ack,
    ConsoleRequest,
    ErrorCode,
    Hint,
    HostHello,
    Place,
    encode,
)
from tests.unit.link.peers import EXTENSION, HELLO, STATUS, Peer, Recorder, number

HINT = Hint(
    id=number(4),
    at=1_700_000_000_000,
    carrier="practice",
    kind="quote_saved",
    numbers=["TDAA20260001"],
    source="network",
    place=Place(origin="http://portal.localhost:8000", login="内勤01", tab=7, frame=0),
)


@pytest.fixture
def handler() -> Recorder:
    return Recorder()


@pytest.fixture
async def link(tmp_path: Path, handler: Recorder) -> AsyncIterator[LinkServer]:
    running = LinkServer(tmp_path / "a.desk", {EXTENSION}.__contains__, handler)
    await running.start()
    yield running
    await running.close()


async def test_a_known_caller_is_served(link: LinkServer, handler: Recorder) -> None:
    peer = await Peer.connect(link.socket, EXTENSION, HELLO, HINT)
    await handler.until(2, handler.messages)
    assert handler.messages == [HELLO, HINT]
    (connection,) = handler.arrived
    assert (connection.caller, connection.hello) == (EXTENSION, HELLO)
    connection.send(Ack(re=[HINT.id]))
    assert await peer.receive() == Ack(re=[HINT.id])
    await peer.close()
    await handler.until(1, handler.gone)
    assert not link.connections


@pytest.mark.parametrize("caller", ["chrome-extension://" + "a" * 32 + "/", "", EXTENSION.upper()])
async def test_a_wrong_caller_is_refused(link: LinkServer, handler: Recorder, caller: str) -> None:
    peer = await Peer.connect(link.socket, caller, HELLO)
    assert (await peer.receive()).code == ErrorCode.CALLER_REFUSED
    assert await peer.ended()
    assert (handler.messages, handler.gone) == ([], [])
    await peer.close()


async def test_another_users_program_is_refused(link: LinkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    script = (
        "import socket, sys; sock = socket.socket(socket.AF_UNIX); sock.connect(sys.argv[1]);"
        "sys.stdout.buffer.write(sock.recv(65536)); assert sock.recv(1) == b''"
    )
    stranger: int | None = None
    if os.getuid() == 0:
        stranger = 65534
        link.socket.chmod(0o666)
        link.socket.parent.chmod(0o711)
    else:
        monkeypatch.setattr(os, "getuid", lambda: 0)
    child = await asyncio.create_subprocess_exec(
        "/usr/bin/python3",
        *("-I", "-S", "-c", script, link.socket.name),
        cwd=link.socket.parent,
        stdout=subprocess.PIPE,
        user=stranger,
    )
    said, _ = await child.communicate()
    assert b'"code":122' in said
    assert child.returncode == 0


async def test_who_does_not_introduce_themself_is_turned_away(
    link: LinkServer, handler: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = await Peer.connect(link.socket, None, STATUS)
    assert (await hasty.receive()).code == ErrorCode.HELLO_FIRST
    assert await hasty.ended()
    monkeypatch.setattr(server, "HELLO_WITHIN", 0.01)
    silent = await Peer.connect(link.socket, None)
    assert (await silent.receive()).code == ErrorCode.HELLO_FIRST
    assert await silent.ended()
    assert handler.messages == []
    for peer in (hasty, silent):
        await peer.close()


async def test_an_extension_says_hello_before_anything_else(link: LinkServer, handler: Recorder) -> None:
    peer = await Peer.connect(link.socket, EXTENSION, HINT)
    refusal = await peer.receive()
    assert (refusal.code, refusal.re, refusal.retry) == (ErrorCode.HELLO_FIRST, HINT.id, True)
    peer.send(HELLO, HINT)
    await handler.until(2, handler.messages)
    await peer.close()


async def test_an_extension_cannot_speak_for_the_host(link: LinkServer, handler: Recorder) -> None:
    peer = await Peer.connect(link.socket, EXTENSION, HELLO, HostHello(caller=DOCTOR, pid=1))
    assert (await peer.receive()).code == ErrorCode.UNKNOWN_MESSAGE
    assert handler.arrived[0].caller == EXTENSION
    await peer.close()


async def test_the_doctor_asks_for_the_status_and_nothing_else(link: LinkServer, handler: Recorder) -> None:
    request = ConsoleRequest(id=number(5), page="console", proposal=None)
    peer = await Peer.connect(link.socket, DOCTOR, request, HELLO, STATUS)
    assert (await peer.receive()).code == ErrorCode.CALLER_REFUSED
    assert (await peer.receive()).code == ErrorCode.CALLER_REFUSED
    await handler.until(1, handler.messages)
    assert handler.messages == [STATUS]
    await peer.close()


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", ErrorCode.NOT_JSON),
        (b"\xff\xfe{\x00}\x00", ErrorCode.BAD_TEXT),
        (b'{"v":1,"type":"nonsense"}', ErrorCode.UNKNOWN_MESSAGE),
        (b'{"v":2,"type":"hello"}', ErrorCode.WRONG_VERSION),
        (b'{"v":1,"type":"hello","id":"' + b"x" * 36 + b'"}', ErrorCode.BAD_FIELD),
    ],
)
async def test_a_bad_frame_is_refused_and_the_next_one_served(
    link: LinkServer, handler: Recorder, payload: bytes, code: ErrorCode
) -> None:
    peer = await Peer.connect(link.socket, EXTENSION, HELLO)
    peer.raw(payload)
    peer.send(HINT)
    assert (await peer.receive()).code == code
    await handler.until(2, handler.messages)
    assert handler.messages == [HELLO, HINT]
    await peer.close()


async def test_a_frame_too_long_is_refused_and_the_next_one_served(
    link: LinkServer, handler: Recorder
) -> None:
    peer = await Peer.connect(link.socket, EXTENSION, HELLO)
    peer.writer.write(HEADER.pack(MAX_FRAME + 1) + bytes(MAX_FRAME + 1) + pack(encode(HINT)))
    assert (await peer.receive()).code == ErrorCode.FRAME_TOO_LONG
    await handler.until(2, handler.messages)
    await peer.close()


async def test_a_length_that_cannot_be_ends_the_connection(link: LinkServer, handler: Recorder) -> None:
    peer = await Peer.connect(link.socket, EXTENSION, HELLO)
    peer.writer.write(HEADER.pack(2**32 - 1) + pack(encode(HINT)))
    assert (await peer.receive()).code == ErrorCode.FRAME_TOO_LONG
    assert await peer.ended()
    assert HINT not in handler.messages
    await peer.close()


async def test_half_a_frame_and_a_peer_that_never_reads_disturb_nobody(
    link: LinkServer, handler: Recorder
) -> None:
    half = await Peer.connect(link.socket, EXTENSION, HELLO)
    half.writer.write(HEADER.pack(1000) + b"{")
    deaf = await Peer.connect(link.socket, EXTENSION, HELLO)
    await handler.until(2, handler.messages)
    deaf.stop_reading()
    many = Ack(re=[number(tail) for tail in range(1000)])
    for _ in range(server.MAX_UNREAD // 40_000 + 60):
        handler.arrived[1].send(many)
    lively = await Peer.connect(link.socket, EXTENSION, HELLO, HINT)
    await handler.until(4, handler.messages)
    handler.arrived[2].send(Ack(re=[HINT.id]))
    assert await lively.receive() == Ack(re=[HINT.id])
    await handler.until(1, handler.gone)
    assert handler.gone == [handler.arrived[1]]
    for peer in (half, deaf, lively):
        await peer.close()


async def test_sending_to_a_lost_connection_goes_nowhere(link: LinkServer, handler: Recorder) -> None:
    peer = await Peer.connect(link.socket, EXTENSION, HELLO)
    await handler.until(1, handler.messages)
    await peer.close()
    await handler.until(1, handler.gone)
    handler.gone[0].send(Ack(re=[HINT.id]))
    handler.gone[0].close()


async def test_closing_ends_every_connection_even_a_deaf_one(
    tmp_path: Path, handler: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CLOSE_WITHIN", 0.01)
    running = LinkServer(tmp_path / "b.desk", {EXTENSION}.__contains__, handler)
    await running.start()
    with pytest.raises(pipe.PipeInUseError):
        await LinkServer(running.socket, {EXTENSION}.__contains__, handler).start()
    deaf = await Peer.connect(running.socket, EXTENSION, HELLO)
    await handler.until(1, handler.messages)
    deaf.stop_reading()
    for _ in range(100):
        handler.arrived[0].send(Ack(re=[number(tail) for tail in range(1000)]))
    await running.close()
    await handler.until(1, handler.gone)
    assert not running.socket.exists()
    await deaf.close()
