"""Errors as problem documents (RFC 9457) with the numbers of PROTOCOL.md. Never a value of the sender."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from pydantic import ValidationError

from companion.db.errors import DiskFull, StoreError
from companion.management.issuing.questions import BadAnswer
from companion.management.people import NotThere
from companion.management.wire import Problem
from companion.protocol import ErrorCode, ProtocolError, place_of

log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TITLES = {
    400: "The request cannot be read",
    401: "No valid device token",
    404: "There is nothing here",
    405: "Not with this method",
    409: "Not possible now",
    413: "The request is too large",
    422: "The request is not as agreed",
    500: "The management system failed",
    503: "The management system cannot store now",
}


class Refused(Exception):
    """A request is refused with a status and a numbered error."""

    def __init__(self, status: int, code: ErrorCode, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


def problem(status: int, code: int, detail: str) -> web.Response:
    """A problem document."""
    body = Problem(
        type="about:blank", title=TITLES.get(status, ""), status=status, code=code, detail=detail[:500]
    )
    return web.Response(
        status=status, body=body.model_dump_json().encode(), content_type="application/problem+json"
    )


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn everything that can go wrong into a problem document."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        code = ErrorCode.FRAME_TOO_LONG if error.status == 413 else ErrorCode.NOT_HERE
        response = problem(error.status, code, error.reason)
        response.headers.extend({key: error.headers[key] for key in ("Allow",) if key in error.headers})
        return response
    except Exception as error:  # noqa: BLE001 - the outermost edge: answered, and logged where it is a defect
        return _problem_of(request, error)


def _problem_of(request: web.Request, error: Exception) -> web.Response:
    if isinstance(error, Refused):
        return problem(error.status, error.code, error.detail)
    if isinstance(error, ProtocolError):
        return problem(400, error.code, error.message)
    if isinstance(error, ValidationError):
        return problem(422, ErrorCode.BAD_FIELD, place_of(error))
    if isinstance(error, BadAnswer):
        return problem(422, ErrorCode.BAD_FIELD, "the question does not allow this answer")
    if isinstance(error, NotThere):
        return problem(404, ErrorCode.NOT_HERE, "there is nothing of this id")
    if isinstance(error, StoreError):
        code = ErrorCode.DISK_FULL if isinstance(error, DiskFull) else ErrorCode.STORE_UNAVAILABLE
        log.warning("api_store_trouble", error=type(error).__name__, route=_route(request))
        return problem(503, code, type(error).__name__)
    # Anything else is a defect of ours: logged with its trace, told without details.
    log.exception("api_defect", method=request.method, route=_route(request))
    return problem(500, ErrorCode.DEFECT, "a defect; see the log")


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""
