"""The routes of the portal: static pages, a session, and one road for all envelopes."""

import json
from typing import Any

from aiohttp import web

from companion.practice import switch
from companion.practice.cpic import exchange, files, paying
from companion.practice.cpic.exchange import envelope
from companion.practice.cpic.keys import CLERK, COOKIE, PORTAL
from companion.practice.cpic.portal import Portal
from companion.practice.pages import FRAMED, Handler, headers

VIEW = "/ecar/view/portal"
LOGIN = f"{VIEW}/page/common/login.html"
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'"
)

routes = web.RouteTableDef()


def make_app(portal: Portal) -> web.Application:
    """The web application of one portal."""
    app = web.Application(middlewares=[headers(portal, FRAMED, lambda: CSP), _guard])
    app[PORTAL] = portal
    app[exchange.REPEATS] = {}
    app.add_routes(switch.routes(portal))
    app.add_routes(files.routes)
    app.add_routes(paying.routes)
    app.add_routes(routes)
    app.add_routes(exchange.routes)
    app.router.add_static(VIEW, exchange.HERE / "static")
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Pages are for everybody, data and files are not."""
    portal, path = request.app[PORTAL], request.path
    asks = path.startswith("/ecar/") and not path.startswith(("/ecar/view/", "/ecar/auth/captchaImage"))
    if not asks or path == "/ecar/j_spring_security_check":
        return await handler(request)
    clerk = portal.logins.of(request.cookies.get(COOKIE), portal.clock.now(), portal.idle)
    if clerk is None:
        portal.ledger.write("stranger", None, path=path)
        if path.startswith("/ecar/epolicy/download") or request.method == "GET":
            # What a plain link gets is the log-in page.
            return web.Response(body=exchange.login_page(), content_type="text/html", charset="utf-8")
        return web.json_response(envelope("401", "会话已失效，请重新登录"), status=401)
    request[CLERK] = clerk
    return await handler(request)


@routes.get("/")
@routes.get("/ecar/")
async def root(_request: web.Request) -> web.Response:
    """The bare address leads to the log-in page."""
    raise web.HTTPFound(LOGIN)


@routes.get("/favicon.ico")
async def icon(_request: web.Request) -> web.Response:
    """There is none."""
    return web.Response(status=204)


@routes.get(f"{VIEW}/config.js")
async def config(request: web.Request) -> web.Response:
    """What the pages' scripts are told before anything else."""
    portal = request.app[PORTAL]
    names = {
        "encrypted": "encrypted",
        "busy": "busy_grid",
        "silent": "network_only",
        "formPost": "page_only",
        "twice": "duplicate_answer",
    }
    told: dict[str, Any] = {name: mood in portal.moods for name, mood in names.items()}
    told["canvas"] = bool({"encrypted", "canvas_qr"} & portal.moods.keys())
    told["publicKey"] = portal.cipher.public
    return web.Response(
        text=f"window.portalConfig = {json.dumps(told)};\n", content_type="application/javascript"
    )


@routes.get("/ecar/auth/captchaImage")
async def captcha_image(request: web.Request) -> web.Response:
    """A picture to read."""
    cookie, image = request.app[PORTAL].captcha(request.cookies.get(COOKIE))
    answer = web.Response(body=image, content_type="image/png")
    answer.set_cookie(COOKIE, cookie, path="/ecar", httponly=True)
    return answer


@routes.post("/ecar/j_spring_security_check")
async def login(request: web.Request) -> web.Response:
    """Check user, password and captcha, and open a session."""
    portal, form = request.app[PORTAL], await request.post()
    code, password, typed = (
        str(form.get(name, "")).strip() for name in ("j_username", "j_password", "verifyCode")
    )
    cookie, trouble = portal.logins.enter(
        request.cookies.get(COOKIE), code, password, typed, portal.clock.now()
    )
    if trouble:
        portal.ledger.write("login_refused", code, errCode=trouble)
        return web.json_response({"authentication": "false", "errCode": trouble})
    portal.ledger.write("login", code)
    answer = web.json_response({"authentication": "true", "userCode": code})
    answer.set_cookie(COOKIE, cookie, path="/ecar", httponly=True)
    return answer


@routes.post("/ecar/j_spring_security_logout")
async def logout(request: web.Request) -> web.Response:
    """End the session."""
    _end_session(request)
    return web.json_response(envelope("success"))


@routes.get("/ecar/j_spring_security_logout")
async def leave(request: web.Request) -> web.Response:
    """The same as a link."""
    _end_session(request)
    raise web.HTTPFound(LOGIN)


def _end_session(request: web.Request) -> None:
    request.app[PORTAL].logins.end(request.cookies.get(COOKIE))
    request.app[PORTAL].ledger.write("logout", request[CLERK].code)
