"""The native host as a real process behind a real launcher, as a browser starts it."""

import ast
import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.home import Home
from companion.link import host, install
from companion.link.framing import FrameParser, pack, read_frames
from companion.link.server import LinkServer
from companion.protocol import (
    Ack,
    CustomerFound,
    Customers,
    CustomerSearch,
    ErrorCode,
    encode,
    parse_downward,
    parse_upward,
)
from tests.unit.link.peers import DEADLINE, EXTENSION, HELLO, Recorder, number

FIREFOX = ("/home/clerk/.mozilla/native-messaging-hosts/cn.chudan.companion.json", "companion@chudan.example")
FLOOD = 12 * 1024 * 1024


@dataclass
class Desk:
    """A home with an installed host, and a plain server in the daemon's place."""

    home: Home
    profile: Path

    @property
    def launcher(self) -> Path:
        (manifest,) = install.install(self.home, [self.profile])
        return Path(json.loads(manifest.read_text())["path"])

    @asynccontextmanager
    async def host(self, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """The host, started with what a browser passes. Its input is closed at the end."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            str(self.launcher), *(arguments or (EXTENSION,)), stdin=pipe, stdout=pipe, stderr=pipe
        )
        try:
            yield process
        finally:
            assert process.stdin
            process.stdin.close()
            async with asyncio.timeout(DEADLINE):
                assert (await process.communicate())[1] == b""
                assert process.returncode == 0


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return Desk(Home(tmp_path / "内勤 'home'\n\"x\"").create(), tmp_path / "profile with blanks")


@asynccontextmanager
async def daemon(
    desk: Desk,
) -> AsyncIterator[asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]:
    """A server that only hands out its connections."""
    visitors: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    writers = []

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await visitors.put((reader, writer))

    async with await asyncio.start_unix_server(visit, str(desk.home.desk_socket)):
        yield visitors
        for writer in writers:
            writer.close()


async def first_up(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(DEADLINE):
        frame = await anext(read_frames(reader))
    assert isinstance(frame, bytes)
    return frame


@pytest.mark.parametrize(
    ("arguments", "caller"),
    [
        ((EXTENSION,), EXTENSION),
        ((EXTENSION, "--parent-window=0"), EXTENSION),
        (FIREFOX, "companion@chudan.example"),
        (('chrome-extension://a"b\n\\中/',), "chrome-extension://a?b????/"),
    ],
)
async def test_the_host_introduces_its_browser(desk: Desk, arguments: tuple[str, ...], caller: str) -> None:
    async with daemon(desk) as visitors, desk.host(*arguments) as process:
        reader, _ = await visitors.get()
        hello = parse_upward(await first_up(reader))
        assert hello.caller[:20] == caller[:20]
        assert hello.pid == process.pid


@given(st.lists(st.text(max_size=600), max_size=3))
def test_whatever_the_arguments_are_the_introduction_is_a_message(arguments: list[str]) -> None:
    assert len(parse_upward(host.hello(arguments)).caller) <= 500


async def test_chinese_text_passes_both_ways_and_stdout_holds_only_frames(desk: Desk) -> None:
    handler = Recorder()
    link = LinkServer(desk.home.desk_socket, {EXTENSION}.__contains__, handler)
    await link.start()
    async with desk.host() as process:
        assert process.stdin
        assert process.stdout
        search = CustomerSearch(id=number(9), text="粤B·12345 张三\u3000𠮷")
        process.stdin.write(pack(encode(HELLO)) + pack(encode(search)))
        await handler.until(2, handler.messages)
        assert handler.messages[1] == search
        answer = Customers(re=number(9), found=[CustomerFound(id=number(8), name="欧阳𠮷祥", tail="8000")])
        handler.arrived[0].send(answer)
        handler.arrived[0].send(Ack(re=[number(9)]))
        expected = pack(encode(answer)) + pack(encode(Ack(re=[number(9)])))
        async with asyncio.timeout(DEADLINE):
            assert await process.stdout.readexactly(len(expected)) == expected
        process.stdin.close()
        async with asyncio.timeout(DEADLINE):
            assert await process.stdout.read() == b""
    await link.close()


async def test_both_directions_full_at_once_do_not_hang(desk: Desk) -> None:
    """The browser reads nothing until all its frames are written; meanwhile the daemon floods it."""
    up = [bytes([number % 251]) * 200_000 for number in range(FLOOD // 200_000)]
    async with daemon(desk) as visitors, desk.host() as process, asyncio.timeout(60):
        assert process.stdin
        assert process.stdout
        reader, writer = await visitors.get()
        await first_up(reader)
        writer.write(bytes(FLOOD))
        received = asyncio.create_task(reader.readexactly(sum(map(len, up))))
        transport = process.stdout._transport  # type: ignore[attr-defined]
        transport.pause_reading()
        for piece in up:
            process.stdin.write(piece)
            await process.stdin.drain()
        assert await received == b"".join(up)
        transport.resume_reading()
        assert await process.stdout.readexactly(FLOOD) == bytes(FLOOD)


async def test_the_end_of_the_input_ends_the_host(desk: Desk) -> None:
    async with daemon(desk) as visitors, desk.host() as process:
        assert process.stdin
        reader, _ = await visitors.get()
        process.stdin.write(pack(b"last words"))
        process.stdin.close()
        async with asyncio.timeout(DEADLINE):
            assert [frame async for frame in read_frames(reader)][1:] == [b"last words"]
            assert await process.wait() == 0


async def test_the_end_of_the_daemon_ends_the_host(desk: Desk) -> None:
    async with daemon(desk) as visitors, desk.host() as process:
        _, writer = await visitors.get()
        writer.close()
        async with asyncio.timeout(DEADLINE):
            assert await process.wait() == 0


async def test_a_daemon_that_hangs_does_not_keep_the_browser_from_closing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hasty = tmp_path / "host.py"
    patient = Path(host.__file__).read_text(encoding="utf-8")
    assert "STUCK = 30\n" in patient
    hasty.write_text(patient.replace("STUCK = 30\n", "STUCK = 1\n"), encoding="utf-8")
    monkeypatch.setattr(install, "HOST", hasty)
    with socket.socket(socket.AF_UNIX) as frozen:
        frozen.bind(str(desk.home.desk_socket))
        frozen.listen()
        async with desk.host() as process, asyncio.timeout(DEADLINE):
            assert process.stdin
            process.stdin.write(bytes(FLOOD))
            assert await process.wait() == 0


@pytest.mark.parametrize("stale", [False, True])
async def test_without_a_daemon_the_host_says_so_and_ends(desk: Desk, stale: bool) -> None:
    if stale:
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(desk.home.desk_socket))
    async with desk.host() as process:
        assert process.stdout
        async with asyncio.timeout(DEADLINE):
            (frame,) = FrameParser().feed(await process.stdout.read())
        assert isinstance(frame, bytes)
        refusal = parse_downward(frame)
        assert (refusal.code, refusal.retry) == (ErrorCode.DAEMON_DOWN, True)


async def test_a_strangers_daemon_gets_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with daemon(desk):
        host.dial(str(desk.home.desk_socket)).close()
        monkeypatch.setattr("posix.getuid", lambda: os.getuid() + 1)
        with pytest.raises(PermissionError):
            host.dial(str(desk.home.desk_socket))
    (frame,) = FrameParser().feed(host.frame(host.STRANGER))
    assert isinstance(frame, bytes)
    assert parse_downward(frame).code == ErrorCode.PEER_REFUSED


async def test_nobody_else_can_write_to_the_browser() -> None:
    """Whatever prints in this process, or in one that it starts, lands on stderr."""
    script = (
        "import sys, posix; sys.path.insert(0, sys.argv[1]); import host; out = host.own_stdout();"
        "print('noise', flush=True); posix.write(1, b'noise\\n'); posix.system('echo noise');"
        "host.write_all(out, host.frame(b'{}'))"
    )
    command = [sys.executable, "-I", "-S", "-c", script, str(Path(host.__file__).parent)]
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    assert await child.communicate() == (pack(b"{}"), b"noise\n" * 3)


def test_the_host_imports_only_what_costs_nothing() -> None:
    tree = ast.parse(Path(host.__file__).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names == {"posix", "sys", "_socket", "_thread"}
