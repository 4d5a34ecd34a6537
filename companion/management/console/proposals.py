"""Rooms 投保单: the list, and one proposal with its lines, downloads and timeline."""

from typing import get_args

from aiohttp import web
from sqlmodel import Session

from companion.management import queries
from companion.management.console.listing import pages, presets, read_listing
from companion.management.console.page import OFFICE, Context, audit, show, steps
from companion.management.issuing import timeline
from companion.management.views import ProposalQuery
from companion.management.wire import ProposalDetail, ProposalState
from companion.web.site import SITE

routes = web.RouteTableDef()


@routes.get("/proposals")
async def proposals(request: web.Request) -> web.Response:
    """GET proposals: the list; filter, order and page stand in the address."""
    zone, now = request.app[SITE].zone, request.app[OFFICE].clock.now()
    listing, query = read_listing(request.path, request.query, ProposalQuery, zone)

    def work(session: Session) -> Context:
        page = queries.proposals(session, query)
        return {
            "listing": listing,
            "query": query,
            "page": page,
            "page_count": pages(page.total),
            "presets": presets(now, zone),
            "states": get_args(ProposalState),
        }

    return await show(request, "proposals.html", "proposals", work)


@routes.get("/proposals/{id}")
async def proposal(request: web.Request) -> web.Response:
    """GET proposals/ID: one proposal."""

    def work(session: Session) -> Context | None:
        row = queries.proposal(session, request.match_info["id"])
        return None if row is None else {"row": row, "steps": steps(row.timeline, request, row.numbers)}

    return await show(request, "proposal.html", "proposals", work)


@routes.post("/proposals/{id}/reveal")
async def reveal(request: web.Request) -> web.Response:
    """POST proposals/ID/reveal: the names in full, as JSON by id. Stands on the timeline (PIPL)."""
    office = request.app[OFFICE]
    now = office.clock.now()

    def work(session: Session) -> ProposalDetail | None:
        row = queries.proposal(session, request.match_info["id"])
        if row is not None:
            about = timeline.About(row.carrier, row.numbers, proposal=row.id)
            timeline.tell(session, now, "names_shown", about)
        return row

    row = await office.database.write(work)
    if row is None:
        raise web.HTTPNotFound
    audit(request, "proposal", row.id)
    return web.json_response({row.id: row.insured or ""})
