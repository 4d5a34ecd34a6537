"""The main host: the shell, the pages inside it, files and pushed messages."""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from companion.practice import switch
from companion.practice.pages import Handler
from companion.practice.pingan import api, cas, forms, keys, pages, papers
from companion.practice.pingan.keys import CLERK, COOKIE, INSIDE, PORTAL
from companion.practice.pingan.portal import Portal
from companion.practice.portal import ZONE

PAGE_MOODS = ("network_only", "page_only", "busy_grid", "brief_messages", "double_save")
VIEWS = "welcome|quotation|workbench|policy|payrecord|detail|payment"
routes = web.RouteTableDef()


def make_main(portal: Portal) -> web.Application:
    """The web application of the main host."""
    calls = [web.post(f"{INSIDE}/do/app/{path}", handler) for path, handler in api.CALLS.items()]
    inside = [*routes, *calls, *papers.routes, *switch.routes(portal)]
    return keys.make_host(portal, inside, "/static", _guard)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    portal = request.app[PORTAL]
    if "prefix" not in request.match_info:
        return await handler(request)
    if request.match_info["prefix"] != portal.prefix:
        return _moved(request)
    if request.path.endswith("/transfer"):
        return await handler(request)
    clerk = portal.logins.of(request.cookies.get(COOKIE), portal.clock.now(), portal.idle)
    if clerk is None:
        # The log-in page, status 200, wherever an answer was expected.
        portal.ledger.write("stranger", None, path=request.path)
        lost = COOKIE in request.cookies
        return cas.login_page(portal, "会话已失效，请重新登录" if lost else "")
    request[CLERK] = clerk
    return await handler(request)


def _moved(request: web.Request) -> web.Response:
    if request.method == "GET" and request.path.endswith(".html"):
        raise web.HTTPFound("/")
    return web.Response(status=404, text="您访问的页面不存在")


@routes.get("/")
async def root(request: web.Request) -> web.Response:
    """The bare address leads inside, or to the log-in host."""
    portal = request.app[PORTAL]
    if portal.logins.of(request.cookies.get(COOKIE), portal.clock.now(), portal.idle):
        raise web.HTTPFound(f"/{portal.prefix}/index.html")
    raise web.HTTPFound(f"{portal.addresses['cas']}/cas/login")


@routes.post(INSIDE + "/transfer")
async def transfer(request: web.Request) -> web.Response:
    """Take a ticket of the log-in host and open a session."""
    portal = request.app[PORTAL]
    entered = portal.logins.enter(str((await request.post()).get("ticket", "")), portal.clock.now())
    if entered is None:
        return cas.login_page(portal, "票据已失效，请重新登录")
    cookie, clerk = entered
    portal.logins.end(request.cookies.get(COOKIE))
    portal.ledger.write("login", clerk.um)
    answer = web.HTTPFound(f"/{portal.prefix}/index.html")
    answer.set_cookie(COOKIE, cookie, path="/", httponly=True)
    raise answer


@routes.get(INSIDE + "/logout")
async def logout(request: web.Request) -> web.Response:
    """End the session."""
    portal = request.app[PORTAL]
    portal.logins.end(request.cookies.get(COOKIE))
    portal.ledger.write("logout", request[CLERK].um)
    raise web.HTTPFound(f"{portal.addresses['cas']}/cas/login")


@routes.get(INSIDE + "/index.html")
async def shell(request: web.Request) -> web.Response:
    """The shell around everything."""
    return _page(request, "shell.html")


@routes.get(INSIDE + f"/view/{{name:{VIEWS}}}.html")
async def view(request: web.Request) -> web.Response:
    """A page for the shell's iframe or for one of its pop-ups."""
    return _page(request, f"view/{request.match_info['name']}.html")


def _page(request: web.Request, template: str) -> web.Response:
    portal, clerk = request.app[PORTAL], request[CLERK]
    now = portal.clock.now()
    config = {
        "base": f"/{portal.prefix}",
        "moods": [mood for mood in PAGE_MOODS if mood in portal.moods],
        "token": portal.token(),
        "blank": forms.blank(now),
        "today": now.astimezone(ZONE).strftime("%Y-%m-%d"),
        "quotationNo": request.query.get("quotationNo", ""),
    }
    return pages.page(template, clerk=clerk, base=config["base"], config=config)


@routes.get(INSIDE + "/do/app/user/getUserInfo")
async def whoami(request: web.Request) -> web.Response:
    """Who is logged in."""
    clerk = request[CLERK]
    request.app[PORTAL].ledger.write("whoami", clerk.um)
    user = {"umCode": clerk.um, "userName": clerk.name, "departmentCode": clerk.department}
    return pages.as_json(pages.good(user=user))


@routes.get(INSIDE + "/ws/notify")
async def notify(request: web.Request) -> web.WebSocketResponse:
    """Messages to a clerk's open pages."""
    portal, um = request.app[PORTAL], request[CLERK].um
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    listener = (um, waiting.put_nowait)
    portal.listeners.append(listener)
    sending = asyncio.create_task(_send(socket, waiting))
    try:
        while (await socket.receive()).type not in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED):
            pass
    finally:
        sending.cancel()
        portal.listeners.remove(listener)
    return socket


async def _send(socket: web.WebSocketResponse, waiting: asyncio.Queue[dict[str, Any]]) -> None:
    while True:
        await socket.send_str(json.dumps(await waiting.get(), ensure_ascii=False))
