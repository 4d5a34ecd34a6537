"""Policies as files: a form post or a link, with a Chinese name, whole or in parts."""

from aiohttp import web

from companion.practice.cpic import epolicy
from companion.practice.cpic.keys import CLERK, COOKIE, PORTAL
from companion.practice.sending import Parcel, send

routes = web.RouteTableDef()


@routes.get("/ecar/epolicy/download")
@routes.post("/ecar/epolicy/download")
async def download(request: web.Request) -> web.StreamResponse:
    """The PDF of one policy. What cannot be had is a page with status 200 that says why."""
    portal, clerk = request.app[PORTAL], request[CLERK]
    given = await request.post() if request.method == "POST" else request.query
    found = portal.policy(str(given.get("policyNo", "")).strip())
    if found is None or "encrypted" in portal.moods:
        text = "<html><body><p>下载失败：电子保单不存在或请求已失效</p></body></html>"
        return web.Response(text=text, content_type="text/html", charset="utf-8")
    kind = epolicy.paper(given.get("fileType"))
    data = epolicy.draw(*found, portal.moods.get("large_file", 0), kind)
    parcel = Parcel(epolicy.file_name(*found, kind), data, "session_expiry_mid_download" in portal.moods)

    def note(sent: bytes, whole: bool) -> None:
        portal.note_file(found[1].policy_no, clerk.code, sent, whole, kind)

    response, broke = await send(request, parcel, note)
    if broke:
        portal.logins.end(request.cookies.get(COOKIE))
        portal.ledger.write("session_ended", clerk.code)
    return response
