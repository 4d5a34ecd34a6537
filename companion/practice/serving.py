"""Serves one practice portal on loopback until its input ends or it is told to stop."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from companion.practice.moods import Moods

ENOUGH = 65_536

Change = Callable[[list[str]], Moods]
Told = Callable[[dict[str, str]], None]


@dataclass(frozen=True)
class Site:
    """One origin of a portal; `name` is what it is called in the line that tells its address."""

    name: str
    host: str
    app: web.Application


async def serve(app: web.Application, host: str, port: int, change: Change) -> None:
    """Serve `app` as http://`host`:port; `change` is called with the words of each line of input."""
    await serve_sites([Site("origin", host, app)], port, change, lambda _addresses: None)


async def serve_sites(sites: Sequence[Site], port: int, change: Change, told: Told) -> None:
    """Serve all sites on one port (0: a free one), each under its host's name, the first under any other too.

    `told` is called with the address of each site by its name, before any of it is asked for.
    """
    with socket.create_server(("127.0.0.1", port)) as listening:
        port = listening.getsockname()[1]
        runner = web.AppRunner(together(sites, port), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        addresses = {site.name: f"http://{site.host}:{port}" for site in sites}
        told(addresses)
        stopped = _stop_signals()
        _follow_input(stopped, change)
        _say(addresses)
        await stopped.wait()
        await runner.cleanup()


def together(sites: Sequence[Site], port: int) -> web.Application:
    """One application that answers for each site by the name it was asked under."""
    first, *others = sites
    if not others:
        return first.app
    front = web.Application()
    for site in others:
        front.add_domain(f"{site.host}:{port}", site.app)
    front.add_domain("*", first.app)
    return front


def _say(value: Mapping[str, Any]) -> None:
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
            _say({"moods": change(line.split())})
        except ValueError as error:
            _say({"error": str(error)})

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
