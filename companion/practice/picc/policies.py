"""prpall's policies (保单): their list, and their files to print and to send."""

from aiohttp import web

from companion.practice.picc import forms, listing, pages, printing
from companion.practice.picc.business import LIST_FORM
from companion.practice.picc.keys import CLERK, COOKIE, PORTAL, modes, trouble
from companion.practice.sending import Parcel, send

routes = web.RouteTableDef()


@routes.get("/prpall/business/queryPolicy.do")
async def query_page(request: web.Request) -> web.Response:
    """The list's search form."""
    return pages.page("policies.html", clerk=request[CLERK], mode=modes(request.app[PORTAL], "busy_grid"))


@routes.post("/prpall/business/selectPolicy.do")
async def select(request: web.Request) -> web.Response:
    """The list query."""
    portal, form = request.app[PORTAL], forms.read_form(await request.read())
    if other := await trouble(request):
        return other
    asked, every = listing.policies(portal, form)
    shown = listing.wanted(form, LIST_FORM).of(every)
    policies = [row["policyNo"] for row in shown]
    portal.ledger.write("policy_query", request[CLERK].code, asked, found=policies)
    return pages.as_json({"totalRecords": len(every), "data": shown})


@routes.get("/prpall/print/policyPdf.do")
async def policy(request: web.Request) -> web.StreamResponse:
    """The policy as it is printed (保单打印)."""
    return await _file(request, "policy", request.query.get("policyNo", ""))


@routes.post("/prpall/epolicy/download.do")
async def e_policy(request: web.Request) -> web.StreamResponse:
    """The electronic policy (电子保单), by a form."""
    form = forms.read_form(await request.read())
    return await _file(request, "e_policy", form.get("policyNo", ""))


async def _file(request: web.Request, kind: printing.Kind, number: str) -> web.StreamResponse:
    """A PDF. What cannot be had is a page with status 200 that says so."""
    portal, clerk = request.app[PORTAL], request[CLERK]
    found = portal.policy(number.strip())
    if found is None:
        return pages.page("missing.html", clerk=clerk)
    data = printing.draw(kind, *found, portal.moods.get("large_file", 0))
    breaks = "session_expiry_mid_download" in portal.moods
    parcel = Parcel(printing.file_name(kind, *found), data, breaks)

    def note(sent: bytes, complete: bool) -> None:
        digest = printing.digest(sent)
        told = {"file": kind, "bytes": len(sent), "sha256": digest, "complete": complete}
        portal.ledger.write("download", clerk.code, [found[1].policy_number], **told)

    response, broken = await send(request, parcel, note)
    if broken:
        portal.logins.end(request.cookies.get(COOKIE))
        portal.ledger.write("session_ended", clerk.code)
    return response
