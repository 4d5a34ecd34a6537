"""The log-in host: user name, password and captcha in; a ticket for the main host out."""

import secrets

from aiohttp import web

from companion.practice.pingan import keys, pages
from companion.practice.pingan.portal import Portal
from companion.practice.portal import Complaint

routes = web.RouteTableDef()


def make_cas(portal: Portal) -> web.Application:
    """The web application of the log-in host."""
    return keys.make_host(portal, routes, "/cas/static")


def login_page(portal: Portal, message: str = "", username: str = "") -> web.Response:
    """The log-in page, with the address of this host in everything: the main host shows it too."""
    return pages.page(
        "login.html",
        cas=portal.addresses["cas"],
        page=f"LT-{secrets.token_hex(8)}",
        message=message,
        username=username,
    )


@routes.get("/")
async def root(_request: web.Request) -> web.Response:
    """The bare address leads to the log-in page."""
    raise web.HTTPFound("/cas/login")


@routes.get("/cas/login")
async def ask(request: web.Request) -> web.Response:
    """The log-in page."""
    return login_page(request.app[keys.PORTAL])


@routes.get("/cas/captcha.png")
async def captcha(request: web.Request) -> web.Response:
    """A new captcha for a log-in page."""
    portal = request.app[keys.PORTAL]
    page = request.query.get("lt", "")
    answer, picture = portal.logins.captcha(page, portal.clock.now())
    portal.ledger.write("captcha", None, answer=answer, page=page)
    return web.Response(body=picture, content_type="image/png")


@routes.post("/cas/login")
async def login(request: web.Request) -> web.Response:
    """Check what was typed; a ticket goes to the main host by a form that posts itself."""
    portal = request.app[keys.PORTAL]
    form = {name: str(value) for name, value in (await request.post()).items()}
    username, password = form.get("username", ""), form.get("password", "")
    page, typed = form.get("lt", ""), form.get("randCode", "")
    try:
        ticket = portal.logins.ticket(page, username, password, typed, portal.clock.now())
    except Complaint as complaint:
        portal.ledger.write("login_refused", username, reason=str(complaint))
        return login_page(portal, str(complaint), username)
    action = f"{portal.addresses['origin']}/{portal.prefix}/transfer"
    return pages.page("transfer.html", action=action, ticket=ticket)
