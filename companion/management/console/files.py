"""Policies and e-policies (电子保单) of proposals: given out to the clerk who asks, and noted who did."""

from urllib.parse import quote

from aiohttp import web
from sqlmodel import Session

from companion.management import files
from companion.management.api.files import give
from companion.management.console.page import OFFICE, audit, who
from companion.management.file_views import FileOut
from companion.management.issuing import timeline
from companion.management.store.tables import Proposal
from companion.web.site import words

routes = web.RouteTableDef()


@routes.get("/files/{id}")
async def file(request: web.Request) -> web.StreamResponse:
    """GET files/ID: a stored file. That it was given out stands on the proposal's timeline (PIPL)."""
    office, by = request.app[OFFICE], await who(request)
    now = office.clock.now()

    def work(session: Session) -> FileOut | None:
        found = files.find(session, request.match_info["id"])
        if found is not None:
            proposal = session.get_one(Proposal, found.proposal)
            about = timeline.About(proposal.carrier, [found.policy_number], proposal=found.proposal)
            timeline.tell(session, now, f"{found.kind}_given", about, by=by)
        return found

    found = await office.database.write(work)
    stored = None if found is None else await office.vault.find(found.digest)
    if found is None or stored is None:
        raise web.HTTPNotFound
    audit(request, "file", found.id)
    name = f"{words(request).t(f'console.kind_{found.kind}')}_{found.policy_number}.pdf"
    # A file that came from a portal never runs as a page of ours.
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return await give(request, office.vault, stored, headers)
