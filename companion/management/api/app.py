"""The API as an aiohttp app."""

from typing import TYPE_CHECKING

from aiohttp import web

from companion.management.api import channel, files, routes, visit_routes
from companion.management.api.auth import device_of
from companion.management.api.keys import OFFICE, TRUSTED
from companion.management.api.operations import Operation, openapi
from companion.management.api.problems import Handler, problems
from companion.management.api.routes import API

if TYPE_CHECKING:
    from companion.management.server import Office

ALL = [*routes.OPERATIONS.all, *visit_routes.OPERATIONS.all, *files.OPERATIONS.all]
LARGEST = 2 * 1024 * 1024
"""Bytes of one request: a frame of the extension's and what is put around it."""


def make_api(office: "Office", *, trusted: bool) -> web.Application:
    """The API of a management system. `trusted`: whoever reaches it is the desk beside us."""
    app = web.Application(middlewares=[problems], client_max_size=LARGEST)
    app[OFFICE], app[TRUSTED], app[channel.CHANNELS] = office, trusted, set()
    for operation in ALL:
        app.router.add_route(operation.method, operation.path, _handler(operation))
    files.attach(app)
    app.router.add_get(f"{API}/commands", channel.channel)
    app.router.add_get(f"{API}/openapi.json", _document, allow_head=False)
    app.on_shutdown.append(channel.close_all)
    return app


def _handler(operation: Operation) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        device = "" if operation.open else await device_of(request)
        return await operation.run(request, device)

    return handle


async def _document(_request: web.Request) -> web.Response:
    document = openapi(ALL)
    document["paths"] |= files.DOCUMENT
    return web.json_response(document)
