"""What the portal's hosts share: where a request's portal and clerk are kept."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from companion.practice.pingan.logins import Clerk
from companion.practice.pingan.portal import Portal

COOKIE = "PNBSSESSION"
PORTAL = web.AppKey("portal", Portal)
CLERK = web.RequestKey("clerk", Clerk)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What every answer of every host carries."""
    portal = request.app[PORTAL]
    response = await handler(request)
    if response.prepared:  # a WebSocket that has ended
        return response
    response.headers["Cache-Control"] = "no-store"
    if "strict_csp" in portal.moods:
        response.headers["Content-Security-Policy"] = _policy(portal.addresses)
    return response


def _policy(addresses: dict[str, str]) -> str:
    main, cas, pay = addresses["origin"], addresses["cas"], addresses["pay"]
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {cas}",
            f"style-src 'self' {cas}",
            f"img-src 'self' {cas} {pay}",
            f"connect-src 'self' {main.replace('http:', 'ws:')}",
            f"frame-src 'self' {pay}",
            f"form-action 'self' {main} {cas} {pay}",
            "base-uri 'none'",
        )
    )
