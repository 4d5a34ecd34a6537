"""The one road of all envelopes: plain, sealed by the page, or posted by a form."""

import asyncio
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from companion.practice.cpic import cipher
from companion.practice.cpic.endpoints import CHANGES, QUERIES, Ask
from companion.practice.cpic.keys import CLERK, COOKIE, PORTAL
from companion.practice.cpic.portal import Portal
from companion.practice.portal import Complaint

HERE = Path(__file__).parent
REPEATS = web.AppKey("repeats", dict[str, dict[str, Any]])
REPEATS_KEPT = 500
MAINTENANCE = (
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gbk"><title>系统维护</title>'
    "</head><body><h2>系统维护中</h2><p>核心系统正在升级维护，给您带来不便敬请谅解，请稍后再试。</p></body></html>"
)
routes = web.RouteTableDef()


def envelope(
    code: str, message: str = "", result: Any = None, meta: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An answer as every page expects it."""
    return {"message": {"code": code, "message": message}, "meta": meta or {}, "result": result}


@routes.post("/ecar/{name:.+}")
async def exchange(request: web.Request) -> web.Response:
    """Answer one envelope, plain, sealed, or posted by a form."""
    name, portal = request.match_info["name"], request.app[PORTAL]
    if name not in QUERIES and name not in CHANGES:
        raise web.HTTPNotFound
    trouble = await _trouble(request, portal, name) if name in QUERIES else None
    if trouble:
        return trouble
    try:
        asked, secret = await _read(request, portal)
    except (ValueError, cipher.Unreadable):
        portal.ledger.write("unreadable", request[CLERK].code, path=request.path)
        return web.json_response(envelope("sign", "报文验签失败，请刷新页面后重试"))
    answer = _answer(request, name, asked)
    if secret:
        return web.json_response(cipher.seal(answer, secret))
    if request.content_type == "application/json":
        return web.json_response(answer)
    return _framed(answer)


def _framed(answer: dict[str, Any]) -> web.Response:
    text = json.dumps(answer).replace("<", "\\u003c")
    return web.Response(
        text=f"<html><body><textarea>{text}</textarea></body></html>", content_type="text/html"
    )


async def _trouble(request: web.Request, portal: Portal, name: str) -> web.Response | None:
    if "slow_query" in portal.moods:
        await asyncio.sleep(portal.moods["slow_query"])
    for mood, body in (("maintenance", MAINTENANCE.encode("gbk")), ("html_instead_of_json", login_page())):
        if mood in portal.moods:
            portal.ledger.write("unanswered", request[CLERK].code, path=request.path, why=mood)
            charset = "GBK" if mood == "maintenance" else "UTF-8"
            return web.Response(body=body, content_type="text/html", charset=charset)
    return None


def login_page() -> bytes:
    """The log-in page, for places where it is sent unasked."""
    return (HERE / "static" / "page" / "common" / "login.html").read_bytes()


async def _read(request: web.Request, portal: Portal) -> tuple[dict[str, Any], bytes]:
    """The envelope that was sent, and the key its answer is to be sealed with."""
    if request.content_type != "application/json":
        value, secret = json.loads(str((await request.post()).get("data", ""))), b""
    else:
        value, secret = await request.json(), b""
        if isinstance(value, dict) and "data" in value:
            value, secret = portal.cipher.open(value)
    if not isinstance(value, dict) or ("encrypted" in portal.moods and not secret):
        raise ValueError("not an envelope")
    return value, secret


def _answer(request: web.Request, name: str, asked: dict[str, Any]) -> dict[str, Any]:
    portal, clerk, repeats = request.app[PORTAL], request[CLERK], request.app[REPEATS]
    origin = f"http://{request.host}"
    ask = Ask(portal, clerk, _part(asked, "redata"), _part(asked, "meta"), origin)
    key = f"{clerk.code} {name} {ask.meta.get('requestId', '')}"
    if ask.meta.get("requestId") and key in repeats:
        portal.ledger.write("repeat", clerk.code, path=request.path)
        return repeats[key]
    answer = _result(ask, name)
    if ask.meta.get("requestId"):
        repeats[key] = answer
        if len(repeats) > REPEATS_KEPT:
            repeats.pop(next(iter(repeats)))
    if name in ("ecar/quickSave", "insure/saveInsureInfo") and "logged_out" in portal.moods:
        portal.logins.end(request.cookies.get(COOKIE))
        portal.ledger.write("session_ended", clerk.code)
    return answer


def _part(asked: dict[str, Any], name: str) -> dict[str, Any]:
    part = asked.get(name)
    return part if isinstance(part, dict) else {}


def _result(ask: Ask, name: str) -> dict[str, Any]:
    try:
        result = (QUERIES.get(name) or CHANGES[name])(ask)
    except Complaint as complaint:
        return envelope("error", str(complaint))
    return envelope("success", "", result, ask.told)
