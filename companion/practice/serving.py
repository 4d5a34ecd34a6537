"""Serves one practice portal on loopback until its input ends or it is told to stop."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from aiohttp import web

from companion.practice import moods as mood_words

ENOUGH = 65_536

Change = Callable[[mood_words.Moods], None]


async def serve(app: web.Application, host: str, port: int, change: Change) -> None:
    """Serve `app` as http://`host`:port; `change` is called with the moods of each line of input."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    stopped = _stop_signals()
    _follow_input(stopped, change)
    _say({"origin": f"http://{host}:{_port(runner)}"})
    await stopped.wait()
    await runner.cleanup()


def _port(runner: web.AppRunner) -> int:
    return int(runner.addresses[0][1])


def _say(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _stop_signals() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def _follow_input(stopped: asyncio.Event, change: Change) -> None:
    loop = asyncio.get_running_loop()

    def obey(line: str) -> None:
        try:
            wanted = mood_words.parse(line.split())
        except ValueError as error:
            _say({"error": str(error)})
            return
        change(wanted)
        _say({"moods": wanted})

    def follow() -> None:
        # os.read and not sys.stdin: a reader blocked in a buffered file aborts the interpreter's end.
        rest = b""
        while chunk := os.read(0, ENOUGH):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                loop.call_soon_threadsafe(obey, line.decode())
        with contextlib.suppress(RuntimeError):  # the loop may be over already
            loop.call_soon_threadsafe(stopped.set)

    threading.Thread(target=follow, name="input", daemon=True).start()
