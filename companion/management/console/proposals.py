"""Rooms 投保单: the list, and one proposal with its lines, downloads and timeline."""

from typing import get_args

from aiohttp import web
from sqlmodel import Session

from companion.management import files, queries
from companion.management.console import visits
from companion.management.console.page import (
    OFFICE,
    Context,
    audit,
    back,
    device_of,
    lists,
    show,
    steps,
    who,
)
from companion.management.issuing import timeline
from companion.management.people import NotThere
from companion.management.views import ProposalQuery
from companion.management.wire import ProposalDetail, ProposalState

routes = web.RouteTableDef()


@routes.get("/proposals")
async def proposals(request: web.Request) -> web.Response:
    """GET proposals: the list; filter, order and page stand in the address."""
    device = await device_of(request)
    listed = lists(request, ProposalQuery)

    def work(session: Session) -> Context:
        return {
            **listed.shown(queries.proposals(session, listed.query)),
            "states": get_args(ProposalState),
            **visits.opening(session, None, device, request),
        }

    return await show(request, "proposals.html", "proposals", work)


@routes.get("/proposals/{id}")
async def proposal(request: web.Request) -> web.Response:
    """GET proposals/ID: one proposal."""
    device = await device_of(request)

    def work(session: Session) -> Context | None:
        row = queries.proposal(session, request.match_info["id"])
        if row is None:
            return None
        told = steps(row.timeline, request, row.numbers)
        filed = files.of_proposal(session, row.id)
        return {"row": row, "steps": told, "files": filed, **visits.going(session, row.id, device, request)}

    return await show(request, "proposal.html", "proposals", work)


@routes.post("/proposals/{id}/decision")
async def decide(request: web.Request) -> web.Response:
    """POST proposals/ID/decision: 确认出单; nothing happens to one that is not quoted."""
    proposal_id = request.match_info["id"]
    try:
        await request.app[OFFICE].decide(proposal_id, await who(request))
    except NotThere:
        raise web.HTTPNotFound from None
    return await back(request, f"proposals/{proposal_id}")


@routes.post("/proposals/{id}/reveal")
async def reveal(request: web.Request) -> web.Response:
    """POST proposals/ID/reveal: the names in full, as JSON by id. Stands on the timeline (PIPL)."""
    office, by = request.app[OFFICE], await who(request)
    now = office.clock.now()

    def work(session: Session) -> ProposalDetail | None:
        row = queries.proposal(session, request.match_info["id"])
        if row is not None:
            about = timeline.About(row.carrier, row.numbers, proposal=row.id)
            timeline.tell(session, now, "names_shown", about, by=by)
        return row

    row = await office.database.write(work)
    if row is None:
        raise web.HTTPNotFound
    audit(request, "proposal", row.id)
    return web.json_response({row.id: row.insured or ""})
