"""What the API can do about visits to portals and typed proposals."""

from companion.management import queries
from companion.management.api.keys import OFFICE
from companion.management.api.operations import Call, Operations
from companion.management.api.problems import Refused
from companion.management.api.routes import API
from companion.management.issuing import applications, visits
from companion.management.people import NotThere
from companion.management.visit_views import ProposalIn, VisitIn, VisitOut
from companion.management.wire import Page, ProposalDetail
from companion.protocol import ErrorCode

OPERATIONS = Operations()


@OPERATIONS.add("POST", f"{API}/visits", VisitOut, body=VisitIn)
async def post_visit(call: Call) -> VisitOut:
    """Open a carrier's portal at the calling desk (打开保险公司系统)."""
    return await _visit(call, None)


@OPERATIONS.add("POST", f"{API}/proposals/{{id}}/visits", VisitOut, body=VisitIn)
async def post_proposal_visit(call: Call) -> VisitOut:
    """Go to the portal with a proposal at the calling desk (去报价, 去核保, 打开原有投保单)."""
    return await _visit(call, call.id)


@OPERATIONS.add("GET", f"{API}/proposals/{{id}}/visits", Page, rows=VisitOut)
async def get_proposal_visits(call: Call) -> Page:
    """The visits of a proposal and how far they have come, newest first; at most 50."""
    office = call.request.app[OFFICE]
    rows = await office.database.read(lambda session: visits.visits_of(session, call.id, 50))
    return Page(total=len(rows), rows=rows)


@OPERATIONS.add("POST", f"{API}/proposals", ProposalDetail, body=ProposalIn)
async def post_proposal(call: Call) -> ProposalDetail:
    """Keep a typed proposal; with `submit` it is handed in for a quote (提交报价)."""
    return await _keep(call, None)


@OPERATIONS.add("PUT", f"{API}/proposals/{{id}}", ProposalDetail, body=ProposalIn)
async def put_proposal(call: Call) -> ProposalDetail:
    """Change a proposal that is not quoted yet."""
    return await _keep(call, call.id)


async def _visit(call: Call, proposal: str | None) -> VisitOut:
    try:
        return await call.request.app[OFFICE].visit(call.body, proposal, call.device)
    except visits.NotNow as why:
        raise Refused(409, ErrorCode.NOT_NOW, str(why)) from None


async def _keep(call: Call, proposal: str | None) -> ProposalDetail:
    office = call.request.app[OFFICE]
    try:
        kept = await office.keep_proposal(call.body, proposal, call.device)
    except applications.BadFields as bad:
        raise Refused(422, ErrorCode.BAD_FIELD, f"fields: {bad}") from None
    except applications.TooLate:
        raise Refused(409, ErrorCode.NOT_NOW, "other_state") from None
    found = await office.database.read(lambda session: queries.proposal(session, kept))
    if found is None:
        raise NotThere
    return found
