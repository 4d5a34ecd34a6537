"""Where an app keeps what its handlers need."""

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from companion.management.server import Office

OFFICE: "web.AppKey[Office]" = web.AppKey("office")
TRUSTED: web.AppKey[bool] = web.AppKey("trusted", bool)
"""Whether who reaches this app is the desk beside us (a socket only its user can open)."""
