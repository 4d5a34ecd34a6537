"""Room 通知: every toast that was sent, and whether it was shown."""

from typing import Any

from aiohttp import web
from sqlmodel import Session

from companion.management import queries
from companion.management.console.listing import SIZE, pages, read_listing
from companion.management.console.page import Context, show
from companion.management.views import ListQuery, NotificationRow
from companion.web.i18n import Catalog
from companion.web.show import mask_name
from companion.web.site import SITE, words

routes = web.RouteTableDef()
PEOPLE = ("insured", "customer", "name")
"""Parameters of toasts that name a person."""


@routes.get("/notifications")
async def notifications(request: web.Request) -> web.Response:
    """GET notifications: newest first."""
    listing, query = read_listing(request.path, request.query, ListQuery, request.app[SITE].zone)
    text = words(request)

    def work(session: Session) -> Context:
        page = queries.notifications(session, (listing.page - 1) * SIZE, SIZE)
        notices = [_worded(row, text) for row in page.rows]
        return {
            "listing": listing,
            "query": query,
            "page": page,
            "page_count": pages(page.total),
            "notices": notices,
        }

    return await show(request, "notifications.html", "notifications", work)


def _worded(row: NotificationRow, text: Catalog) -> dict[str, Any]:
    """A toast in the reader's words; names are half hidden here, the desk's screen showed them."""
    params = {key: mask_name(value) if key in PEOPLE else value for key, value in row.params.items()}
    delivered = {None: "waiting", True: "yes", False: "no"}[row.delivered]
    return {
        "id": row.id,
        "at": row.at,
        "proposal": row.proposal,
        "title": text.t(f"toast.{row.toast}", **params),
        "text": text.t(f"toast.{row.toast}_text", **params) if text.has(f"toast.{row.toast}_text") else "",
        "failed": "failed" in row.toast,
        "delivered": delivered,
        "tone": {"waiting": "", "yes": "good", "no": "bad"}[delivered],
        "detail": row.detail,
    }
