"""Room 投保单下载日志 (I-7.1): live, filtered by the address, failed ones can be tried again."""

from typing import get_args

from aiohttp import web
from sqlmodel import Session

from companion.management import files, queries
from companion.management.console.page import OFFICE, Context, back, lists, show
from companion.management.issuing.orders import SOURCES
from companion.management.people import NotThere
from companion.management.views import DownloadQuery
from companion.protocol import DownloadState

routes = web.RouteTableDef()


@routes.get("/downloads")
async def downloads(request: web.Request) -> web.Response:
    """GET downloads: the log."""
    listed = lists(request, DownloadQuery)

    def work(session: Session) -> Context:
        page = queries.downloads(session, listed.query)
        return {
            **listed.shown(page),
            "files": files.of_downloads(session, [row.id for row in page.rows]),
            "states": get_args(DownloadState),
            "sources": SOURCES,
            "counts": queries.download_counts(session),
        }

    return await show(request, "downloads.html", "downloads", work)


@routes.post("/downloads/{id}/retry")
async def retry(request: web.Request) -> web.Response:
    """POST downloads/ID/retry: try a failed download again; nothing happens to one that is not failed."""
    try:
        await request.app[OFFICE].retry_download(request.match_info["id"])
    except NotThere:
        raise web.HTTPNotFound from None
    return await back(request, "downloads")
