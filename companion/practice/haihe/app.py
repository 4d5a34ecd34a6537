"""The routes: one page with its files, and JSON for whoever shows a token."""

import json
from pathlib import Path
from typing import Any

from aiohttp import web

from companion.practice import switch
from companion.practice.haihe.book import COVERAGES, Portal, Quote
from companion.practice.pages import FRAMED, Handler, headers, yuan
from companion.practice.portal import Complaint

STATIC = Path(__file__).parent / "static"
CSP = "default-src 'self'; object-src 'none'; base-uri 'none'"
MAINTENANCE = "<!DOCTYPE html><html><body><h1>系统维护中，请稍后再试</h1></body></html>"
PORTAL: web.AppKey[Portal] = web.AppKey("portal", Portal)

routes = web.RouteTableDef()


def make_app(portal: Portal) -> web.Application:
    """The web application of one portal."""
    app = web.Application(middlewares=[headers(portal, FRAMED, lambda: CSP), _guard])
    app[PORTAL] = portal
    app.add_routes(switch.routes(portal))
    app.add_routes(routes)
    app.router.add_static("/static", STATIC)
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Data is for whoever shows a token."""
    if not request.path.startswith("/api/") or request.path == "/api/auth/login":
        return await handler(request)
    portal = request.app[PORTAL]
    clerk = portal.clerk(_token(request))
    if clerk is None:
        return _said(401, "登录已失效，请重新登录", status=401)
    request["clerk"] = clerk
    try:
        return await handler(request)
    except Complaint as complaint:
        return _said(1, str(complaint))


@routes.get("/")
@routes.get("/index.html")
async def page(_request: web.Request) -> web.StreamResponse:
    """The one page."""
    return web.FileResponse(STATIC / "index.html")


@routes.post("/api/auth/login")
async def log_in(request: web.Request) -> web.Response:
    """A token for name and password."""
    form = await request.json()
    try:
        token = request.app[PORTAL].log_in(str(form.get("username", "")), str(form.get("password", "")))
    except Complaint as complaint:
        return _said(1, str(complaint))
    return _said(0, "登录成功", {"token": token})


@routes.post("/api/auth/logout")
async def log_out(request: web.Request) -> web.Response:
    """The token is worth nothing any more."""
    request.app[PORTAL].log_out(_token(request))
    return _said(0, "已退出")


@routes.get("/api/auth/me")
async def me(request: web.Request) -> web.Response:
    """Who is logged in."""
    return _said(0, "", {"code": request["clerk"]})


@routes.post("/api/quotes")
async def save(request: web.Request) -> web.Response:
    """Keep a quote."""
    form: dict[str, str] = {name: str(value) for name, value in (await request.json()).items()}
    quote = request.app[PORTAL].save(request["clerk"], form)
    return _said(0, "保存成功", {"quoteNo": quote.number})


@routes.get("/api/quotes")
async def find(request: web.Request) -> web.Response:
    """The list, or what has a number or plate."""
    portal = request.app[PORTAL]
    if "maintenance" in portal.moods:
        return web.Response(text=MAINTENANCE, content_type="text/html", status=503)
    found = portal.find(request["clerk"], request.query.get("keyword", "").strip())
    return _said(0, "", {"total": len(found), "rows": [_row(one) for one in found[:20]]})


@routes.get("/api/quotes/{number}")
async def detail(request: web.Request) -> web.Response:
    """Everything about one quote."""
    quote = request.app[PORTAL].quotes.get(request.match_info["number"])
    if quote is None:
        return _said(1, "报价单不存在")
    request.app[PORTAL].ledger.write("detail", request["clerk"], [quote.number])
    more = {name: getattr(quote, name) for name in ("vin", "engine", "model", "identity", "phone")}
    parts = [{"name": name, "sum": yuan(most), "premium": yuan(fen)} for name, most, fen in COVERAGES]
    return _said(0, "", {**_row(quote), **more, "coverages": parts})


def _row(quote: Quote) -> dict[str, Any]:
    shown = {
        "quoteNo": quote.number,
        "plate": f"{quote.plate[:2]}-{quote.plate[2:]}",
        "insured": quote.insured,
    }
    return {**shown, "start": quote.start, "premium": yuan(quote.premium), "status": quote.status}


def _said(code: int, message: str, data: dict[str, Any] | None = None, status: int = 200) -> web.Response:
    text = json.dumps(
        {"code": code, "message": message, "data": data}, ensure_ascii=False, separators=(",", ":")
    )
    return web.Response(text=text, content_type="application/json", status=status)


def _token(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")
