"""Hands out a file as portals do: under a Chinese name, whole or from some byte on, not always to its end."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

CHUNK = 64 * 1024

Note = Callable[[bytes, bool], None]
"""Writes down which bytes went out, and whether they are all of the file, before the last of them does."""


@dataclass(frozen=True)
class Parcel:
    """A file on its way. `breaks` at the half of it, if it was not asked for from the middle."""

    name: str
    data: bytes
    breaks: bool = False


async def send(request: web.Request, parcel: Parcel, note: Note) -> tuple[web.StreamResponse, bool]:
    """Send a PDF; the answer, and whether it broke off by itself."""
    first = _first(request.headers.get("Range", ""), len(parcel.data))
    part = parcel.data[first:]
    breaks = parcel.breaks and first == 0
    wanted = part[: len(part) // 2] if breaks else part
    response = _head(parcel, first)
    await response.prepare(request)
    last = max(len(wanted) - CHUNK, 0)
    sent = await _write(response, wanted[:last])
    whole = sent == last
    note(wanted if whole else part[:sent], whole and not breaks)
    if whole:
        await _write(response, wanted[last:])
    if breaks and request.transport:
        request.transport.close()
    return response, breaks


async def _write(response: web.StreamResponse, data: bytes) -> int:
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


def _head(parcel: Parcel, first: int) -> web.StreamResponse:
    length = len(parcel.data)
    response = web.StreamResponse(status=206 if first else 200)
    response.content_type = "application/pdf"
    response.content_length = length - first
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(parcel.name)}"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = f'"{hashlib.sha256(parcel.data).hexdigest()[:32]}"'
    if first:
        response.headers["Content-Range"] = f"bytes {first}-{length - 1}/{length}"
    return response
