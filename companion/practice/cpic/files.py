"""E-policies as files: a form post or a link, with a Chinese name, whole or in parts."""

import hashlib
import re
from urllib.parse import quote

from aiohttp import web

from companion.practice.cpic import epolicy
from companion.practice.cpic.keys import CLERK, COOKIE, PORTAL

CHUNK = 64 * 1024
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
    data = epolicy.draw(*found, portal.moods.get("large_file", 0))
    first = _first(request.headers.get("Range", ""), len(data))
    part = data[first:]
    response = _head(data, first, epolicy.file_name(*found))
    await response.prepare(request)
    breaks = "session_expiry_mid_download" in portal.moods and first == 0
    wanted = part[: len(part) // 2] if breaks else part
    last = max(len(wanted) - CHUNK, 0)
    sent = await _send(response, wanted[:last])
    # The last part goes out after the ledger knows: whoever has the whole file finds it there.
    whole = sent == last
    portal.note_file(found[1].policy_no, clerk.code, wanted if whole else part[:sent], whole and not breaks)
    if whole:
        await _send(response, wanted[last:])
    if breaks:
        portal.logins.end(request.cookies.get(COOKIE))
        portal.ledger.write("session_ended", clerk.code)
        if request.transport:
            request.transport.close()
    return response


async def _send(response: web.StreamResponse, data: bytes) -> int:
    """How many bytes went out before the other side hung up."""
    for start in range(0, len(data), CHUNK):
        try:
            await response.write(data[start : start + CHUNK])
        except ConnectionError:
            return start
    return len(data)


def _first(header: str, length: int) -> int:
    """From which byte on; other ranges than `bytes=N-` are ignored, as is allowed."""
    match = re.fullmatch(r"bytes=(\d{1,12})-", header)
    return int(match[1]) if match and int(match[1]) < length else 0


def _head(data: bytes, first: int, name: str) -> web.StreamResponse:
    response = web.StreamResponse(status=206 if first else 200)
    response.content_type = "application/pdf"
    response.content_length = len(data) - first
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    if first:
        response.headers["Content-Range"] = f"bytes {first}-{len(data) - 1}/{len(data)}"
    return response
