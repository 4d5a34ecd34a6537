"""What the portal's hosts share: how one is made, and where a request's portal and clerk are kept."""

from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Middleware

from companion.practice.pages import headers
from companion.practice.pingan.logins import Clerk
from companion.practice.pingan.pages import HERE
from companion.practice.pingan.portal import Portal

COOKIE = "PNBSSESSION"
INSIDE = "/{prefix:icore_pnbs(?:_v2)?}"
"""How every address behind the log-in begins."""
PORTAL = web.AppKey("portal", Portal)
CLERK = web.RequestKey("clerk", Clerk)


def make_host(
    portal: Portal, routes: Iterable[web.AbstractRouteDef], static: str, *guards: Middleware
) -> web.Application:
    """The web application of one of the hosts; `static` is where its pages find their scripts."""
    carried = headers(portal, {}, lambda: _policy(portal.addresses))
    app = web.Application(middlewares=[carried, *guards])
    app[PORTAL] = portal
    app.add_routes(routes)
    app.router.add_static(static, HERE / "static")
    return app


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
