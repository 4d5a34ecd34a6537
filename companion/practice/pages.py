"""What the portals' pages share: templates, headers, and how money is printed."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Middleware
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from companion.practice.portal import Practice

FRAMED = {"X-Frame-Options": "SAMEORIGIN"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def yuan(fen: int) -> str:
    """Fen as core systems print money: `1234.50`."""
    return f"{fen // 100}.{fen % 100:02d}"


def templates(folder: Path) -> Environment:
    """The templates in a folder."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def headers(portal: Practice, fixed: Mapping[str, str], policy: Callable[[], str]) -> Middleware:
    """A middleware for what every answer carries; `policy` is the one of the mood `strict_csp`."""

    @web.middleware
    async def carry(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if response.prepared:  # a file on its way, or a WebSocket that has ended
            return response
        response.headers["Cache-Control"] = "no-store"
        response.headers.update(fixed)
        if "strict_csp" in portal.moods:
            response.headers["Content-Security-Policy"] = policy()
        return response

    return carry
