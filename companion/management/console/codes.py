"""Pictures of payment codes: only behind the console's own door, never kept by a browser (I-4.2)."""

from collections.abc import Callable

from aiohttp import web
from sqlmodel import Session

from companion.management import queries
from companion.management.console.page import OFFICE
from companion.management.store.signal_tables import PaymentCode

routes = web.RouteTableDef()


@routes.get("/proposals/{id}/code")
async def of_proposal(request: web.Request) -> web.Response:
    """GET proposals/ID/code: the QR code by which it can be paid."""
    return await _picture(
        request, lambda session: queries.payment_code(session, proposal=request.match_info["id"])
    )


@routes.get("/questions/{id}/code")
async def of_question(request: web.Request) -> web.Response:
    """GET questions/ID/code: the QR code that a waiting question is about."""
    return await _picture(
        request, lambda session: queries.code_of_question(session, request.match_info["id"])
    )


async def _picture(request: web.Request, find: Callable[[Session], PaymentCode | None]) -> web.Response:
    def work(session: Session) -> tuple[bytes, str] | None:
        code = find(session)
        return (code.image, code.media) if code and code.image and code.media else None

    found = await request.app[OFFICE].database.read(work)
    if found is None:
        raise web.HTTPNotFound
    image, media = found
    return web.Response(body=image, content_type=media, headers={"Cache-Control": "no-store"})
