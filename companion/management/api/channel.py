"""The command channel: one WebSocket per desk, down which goes whatever the desk has not been told yet."""

import asyncio
import contextlib
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from aiohttp import WSCloseCode, web
from sqlmodel import Session

from companion.background import PAUSE, Background
from companion.db.errors import StoreError
from companion.management import people
from companion.management.api.auth import device_of
from companion.management.api.keys import OFFICE
from companion.management.issuing import commands
from companion.management.wire import CommandOut

log = structlog.get_logger()

HEARTBEAT = 20.0
"""Seconds between pings: a desk whose machine vanished is noticed."""
CHANNELS: web.AppKey[set[Any]] = web.AppKey("channels", set)


async def channel(request: web.Request) -> web.StreamResponse:
    """GET commands: commands as JSON text. The desk says nothing here; results are posted."""
    device = await device_of(request)
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, compress=False)
    await socket.prepare(request)
    log.info("desk_listens", device=device)
    request.app[CHANNELS].add(socket)
    background = Background()
    pump = background.start(_pump(request.app, device, socket), "office_pump")
    background.start(_close_after(pump, socket), "office_pump_end")
    try:
        async for _ in socket:
            pass  # nothing is expected; reading notices the end
    finally:
        request.app[CHANNELS].discard(socket)
        await background.close()
        log.info("desk_left", device=device)
    return socket


async def close_all(app: web.Application) -> None:
    """End all channels, so that the server can end."""
    channels = app[CHANNELS]
    for socket in channels.copy():
        await socket.close(code=WSCloseCode.GOING_AWAY)


async def _close_after(pump: asyncio.Task[None], socket: web.WebSocketResponse) -> None:
    """A desk that would hear nothing any more is let go, so that it comes again and hears everything."""
    await asyncio.wait([pump])
    await asyncio.sleep(PAUSE)  # a lasting defect must not make it come again and again without a rest
    await socket.close(code=WSCloseCode.INTERNAL_ERROR)


def _pending(session: Session, desk: str, now: datetime) -> list[CommandOut] | None:
    """What a desk is to do; None: it was revoked since it connected."""
    return None if people.is_revoked(session, desk) else commands.pending(session, desk, now)


async def _pump(app: web.Application, device: str, socket: web.WebSocketResponse) -> None:
    office = app[OFFICE]
    sent: set[str] = set()
    with office.listening() as news, office.present(device), contextlib.suppress(ConnectionError):
        while True:
            news.clear()
            try:
                now = office.clock.now()
                found = await office.database.read(partial(_pending, desk=device, now=now))
            except StoreError as error:
                log.warning("channel_store_trouble", error=type(error).__name__)
            else:
                if found is None:
                    log.info("desk_revoked", device=device)
                    await socket.close(code=WSCloseCode.POLICY_VIOLATION)
                    return
                for command in found:
                    if command.id not in sent:
                        await socket.send_str(command.model_dump_json())
                # Only what is still pending is remembered: the set stays small.
                sent = {command.id for command in found}
            await news.wait()
