"""Files through the API: handed over and given out in pieces, named by the SHA-256 of their content."""

import re
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from companion.db.errors import Corrupt
from companion.management import files
from companion.management.api.auth import device_of
from companion.management.api.keys import OFFICE
from companion.management.api.operations import REF, Call, Operations
from companion.management.api.problems import Refused
from companion.management.api.routes import API
from companion.management.file_views import FileOut
from companion.management.people import NotThere
from companion.management.store.file_tables import StoredFile
from companion.management.vault import LARGEST, NotAsNamed, TooLong
from companion.management.views import Taken
from companion.management.wire import Page, Problem
from companion.protocol import ErrorCode

if TYPE_CHECKING:
    from companion.management.vault import Vault

OPERATIONS = Operations()
PATH: Final = f"{API}/files/{{digest}}"
PIECE: Final = 256 * 1024
_DIGEST: Final = re.compile("[0-9a-f]{64}")


@OPERATIONS.add("GET", f"{API}/proposals/{{id}}/files", Page, rows=FileOut)
async def get_files(call: Call) -> Page:
    """The policies and e-policies (电子保单) of a proposal, newest first."""
    rows = await call.request.app[OFFICE].database.read(lambda session: files.of_proposal(session, call.id))
    return Page(total=len(rows), rows=rows)


def attach(app: web.Application) -> None:
    """Add the routes whose bodies are bytes."""
    app.router.add_put(PATH, put_file)
    app.router.add_get(PATH, get_file)


async def put_file(request: web.Request) -> web.StreamResponse:
    """PUT files/DIGEST: store a file. The same one again changes nothing."""
    await device_of(request)
    digest, vault = _digest(request), _vault(request)
    if (request.content_length or 0) > LARGEST:
        raise Refused(413, ErrorCode.FRAME_TOO_LONG, f"at most {LARGEST} bytes")
    try:
        new = await vault.put(digest, request.content.iter_chunked(PIECE))
    except TooLong:
        raise Refused(413, ErrorCode.FRAME_TOO_LONG, f"at most {LARGEST} bytes") from None
    except ConnectionError:
        raise Refused(400, ErrorCode.NOT_NOW, "the file broke off") from None
    except NotAsNamed:
        raise Refused(422, ErrorCode.BAD_FIELD, "the content is not what its name says") from None
    return web.Response(body=Taken(new=new).model_dump_json().encode(), content_type="application/json")


async def get_file(request: web.Request) -> web.StreamResponse:
    """GET files/DIGEST: the content of a file; HEAD: whether it is there and can be read."""
    await device_of(request)
    vault = _vault(request)
    find = vault.whole if request.method == "HEAD" else vault.find
    file = await find(_digest(request))
    if file is None:
        raise NotThere
    return await give(request, vault, file)


async def give(
    request: web.Request, vault: "Vault", file: StoredFile, headers: dict[str, str] | None = None
) -> web.StreamResponse:
    """A file as an answer, part by part."""
    response = web.StreamResponse(headers=headers)
    response.content_type, response.content_length = "application/pdf", file.size
    parts = vault.read(file)
    # The first part before the head: what is damaged is a problem, not half an answer.
    first = b"" if request.method == "HEAD" else await anext(parts)
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    await response.write(first)
    try:
        async for part in parts:
            await response.write(part)
    except Corrupt:
        # Cut off: an answer that ended well would pass for the file.
        if request.transport is not None:
            request.transport.abort()
        raise
    return response


def _digest(request: web.Request) -> str:
    digest = request.match_info["digest"]
    if not _DIGEST.fullmatch(digest):
        raise Refused(422, ErrorCode.BAD_FIELD, "digest: string_pattern_mismatch")
    return digest


def _vault(request: web.Request) -> "Vault":
    return request.app[OFFICE].vault


def _described(name: str, summary: str, answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    refused = {"application/problem+json": {"schema": {"$ref": REF.format(model=Problem.__name__)}}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [{"name": "digest", "in": "path", "required": True, "schema": digest}],
        "responses": {
            "200": {"description": "Done", "content": answer},
            "default": {"description": "A problem; `code` is a number of PROTOCOL.md", "content": refused},
        },
        **more,
    }


_BYTES: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_TAKEN: Final[dict[str, Any]] = {"application/json": {"schema": {"$ref": REF.format(model=Taken.__name__)}}}
DOCUMENT: Final[dict[str, Any]] = {
    PATH: {
        "put": _described(
            "put_file",
            "Store a file. The same one again changes nothing.",
            _TAKEN,
            requestBody={"required": True, "content": {"application/octet-stream": _BYTES}},
        ),
        "get": _described("get_file", "The content of a file.", {"application/pdf": _BYTES}),
    }
}
"""What the API's own document says of these."""
