"""khyx (客户营销平台), the agents' front end: a row for each car, in a grid that is made again and again."""

from aiohttp import web

from companion.practice.picc import forms, listing, pages
from companion.practice.picc.keys import CLERK, PORTAL, modes, trouble

LIST_FORM = ("page", "rows", "sort", "order")
routes = web.RouteTableDef()


@routes.get("/khyx/{name:index|main|menu|top}.do")
async def plain_page(request: web.Request) -> web.Response:
    """Framesets, menu and title bar."""
    return pages.page(f"khyx/{request.match_info['name']}.html", clerk=request[CLERK])


@routes.get("/khyx/quotation/quotationList.do")
async def list_page(request: web.Request) -> web.Response:
    """The grid."""
    mode = modes(request.app[PORTAL], "busy_grid", "alerts", "written_windows")
    return pages.page("khyx/list.html", clerk=request[CLERK], mode=mode)


@routes.post("/khyx/quotation/selectQuotation.do")
async def select(request: web.Request) -> web.Response:
    """A page of the grid."""
    portal, form = request.app[PORTAL], forms.read_form(await request.read())
    if other := await trouble(request):
        return other
    asked, every = listing.cars(portal, form)
    shown = listing.wanted(form, LIST_FORM).of(every)
    portal.ledger.write("query", request[CLERK].code, asked, found=listing.found(shown))
    return pages.as_json({"total": len(every), "rows": shown})
