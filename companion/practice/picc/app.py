"""The routes of the portal: log-in, framesets, and who may come in."""

import secrets

from aiohttp import web

from companion.practice import switch
from companion.practice.pages import FRAMED, Handler, headers
from companion.practice.picc import business, cashier, forms, khyx, pages, policies
from companion.practice.picc.keys import CLERK, COOKIE, PORTAL
from companion.practice.picc.portal import Portal
from companion.practice.portal import Complaint

BROWSER = "loginSeed"
INSIDE = ("/prpall/", "/khyx/", "/cbc/")
OPEN_PATHS = ("/prpall/login.do", "/prpall/captcha.do", "/prpall/static/")
STRICT_CSP = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'"

routes = web.RouteTableDef()


def make_app(portal: Portal) -> web.Application:
    """The web application of one portal."""
    app = web.Application(middlewares=[headers(portal, FRAMED, lambda: STRICT_CSP), _guard])
    app[PORTAL] = portal
    app.add_routes(switch.routes(portal))
    for part in (routes, business.routes, policies.routes, khyx.routes, cashier.routes):
        app.add_routes(part)
    app.router.add_static("/prpall/static", pages.HERE / "static")
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    portal = request.app[PORTAL]
    if not request.path.startswith(INSIDE) or request.path.startswith(OPEN_PATHS):
        return await handler(request)
    clerk = portal.logins.of(request.cookies.get(COOKIE), portal.clock.now(), portal.idle)
    if clerk is None:
        # Like the real one: the log-in page, status 200, wherever an answer was expected.
        portal.ledger.write("stranger", None, path=request.path)
        return pages.login_page("会话已超时，请重新登录" if COOKIE in request.cookies else "")
    request[CLERK] = clerk
    return await handler(request)


@routes.get("/")
async def root(_request: web.Request) -> web.Response:
    """The bare address leads to the log-in page."""
    raise web.HTTPFound("/prpall/login.do")


@routes.get("/prpall/login.do")
async def login_page(_request: web.Request) -> web.Response:
    """The log-in page."""
    return pages.login_page()


@routes.get("/prpall/captcha.do")
async def captcha(request: web.Request) -> web.Response:
    """A picture to read."""
    browser = request.cookies.get(BROWSER) or secrets.token_hex(8)
    answer = web.Response(body=request.app[PORTAL].captcha(browser), content_type="image/png")
    answer.set_cookie(BROWSER, browser, path="/prpall", httponly=True)
    return answer


@routes.post("/prpall/login.do")
async def login(request: web.Request) -> web.Response:
    """Check code, password and captcha, and open a session."""
    portal = request.app[PORTAL]
    form = forms.read_form(await request.read())
    code, browser = form.get("loginCode", ""), request.cookies.get(BROWSER, "")
    given = (form.get("loginPassword", ""), form.get("captchaCode", ""))
    try:
        cookie = portal.logins.open(browser, code, *given, portal.clock.now())
    except Complaint as complaint:
        portal.ledger.write("login_refused", code, reason=str(complaint))
        return pages.login_page(str(complaint))
    portal.ledger.write("login", code)
    answer = web.HTTPFound("/prpall/index.do")
    answer.set_cookie(COOKIE, cookie, path="/", httponly=True)
    raise answer


@routes.get("/prpall/logout.do")
async def logout(request: web.Request) -> web.Response:
    """End the session."""
    portal = request.app[PORTAL]
    portal.logins.end(request.cookies.get(COOKIE))
    portal.ledger.write("logout", request[CLERK].code)
    answer = web.HTTPFound("/prpall/login.do")
    answer.del_cookie(COOKIE, path="/")
    raise answer


@routes.get("/prpall/{name:index|main|menu|welcome}.do")
async def plain_page(request: web.Request) -> web.Response:
    """Framesets, menu and welcome page."""
    mode = "written_windows" if "written_windows" in request.app[PORTAL].moods else ""
    return pages.page(f"{request.match_info['name']}.html", clerk=request[CLERK], mode=mode)


@routes.get("/prpall/top.do")
async def top(request: web.Request) -> web.Response:
    """The title bar, which says who is logged in."""
    clerk = request[CLERK]
    request.app[PORTAL].ledger.write("whoami", clerk.code)
    return pages.page("top.html", clerk=clerk)
