"""Room 投保单下载日志 (I-7.1): live, filtered by the address, failed ones can be tried again."""

from typing import get_args

from aiohttp import web
from sqlmodel import Session

from companion.management import queries
from companion.management.console.listing import pages, presets, read_listing
from companion.management.console.page import OFFICE, Context, back, show
from companion.management.issuing.downloads import QUOTE
from companion.management.people import NotThere
from companion.management.views import DownloadQuery
from companion.management.wire import DownloadState
from companion.web.site import SITE

routes = web.RouteTableDef()
SOURCES = (QUOTE,)
"""Sources that exist so far (I-7.2)."""


@routes.get("/downloads")
async def downloads(request: web.Request) -> web.Response:
    """GET downloads: the log."""
    zone, now = request.app[SITE].zone, request.app[OFFICE].clock.now()
    listing, query = read_listing(request.path, request.query, DownloadQuery, zone)

    def work(session: Session) -> Context:
        page = queries.downloads(session, query)
        return {
            "listing": listing,
            "query": query,
            "page": page,
            "page_count": pages(page.total),
            "presets": presets(now, zone),
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
