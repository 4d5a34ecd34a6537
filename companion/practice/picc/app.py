"""The routes of the portal."""

import asyncio

from aiohttp import web

from companion.practice.pages import FRAMED, Handler, headers, yuan
from companion.practice.picc import forms, pages, tariff
from companion.practice.picc.logins import Clerk
from companion.practice.picc.portal import Portal
from companion.practice.portal import Complaint

PORTAL = web.AppKey("portal", Portal)
CLERK = web.RequestKey("clerk", Clerk)
COOKIE = "JSESSIONID"
INSIDE = "/prpall/"
OPEN_PATHS = ("/prpall/login.do", "/prpall/static/")
PAGE_SIZE = 10
STRICT_CSP = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'"

routes = web.RouteTableDef()


def make_app(portal: Portal) -> web.Application:
    """The web application of one portal."""
    app = web.Application(middlewares=[headers(portal, FRAMED, lambda: STRICT_CSP), _guard])
    app[PORTAL] = portal
    app.add_routes(routes)
    app.router.add_static("/prpall/static", pages.HERE / "static")
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    portal = request.app[PORTAL]
    if not request.path.startswith(INSIDE) or request.path.startswith(OPEN_PATHS):
        return await handler(request)
    clerk = portal.logins.of(request.cookies.get(COOKIE), portal.clock.now())
    if clerk is None:
        # Like the real one: the log-in page, status 200, wherever an answer was expected.
        portal.ledger.write("stranger", None, path=request.path)
        lost = COOKIE in request.cookies
        return pages.page("login.html", message="会话已超时，请重新登录" if lost else "")
    request[CLERK] = clerk
    return await handler(request)


@routes.get("/")
async def root(_request: web.Request) -> web.Response:
    """The bare address leads to the log-in page."""
    raise web.HTTPFound("/prpall/login.do")


@routes.get("/prpall/login.do")
async def login_page(_request: web.Request) -> web.Response:
    """The log-in page."""
    return pages.page("login.html", message="")


@routes.post("/prpall/login.do")
async def login(request: web.Request) -> web.Response:
    """Check code and password and open a session."""
    portal = request.app[PORTAL]
    form = forms.read_form(await request.read())
    code = form.get("loginCode", "")
    cookie = portal.logins.open(code, form.get("loginPassword", ""), portal.clock.now())
    if cookie is None:
        portal.ledger.write("login_refused", code)
        return pages.page("login.html", message="用户代码或密码错误")
    portal.ledger.write("login", code)
    answer = web.HTTPFound("/prpall/index.do")
    answer.set_cookie(COOKIE, cookie, path="/prpall", httponly=True)
    raise answer


@routes.get("/prpall/logout.do")
async def logout(request: web.Request) -> web.Response:
    """End the session."""
    portal = request.app[PORTAL]
    portal.logins.end(request.cookies.get(COOKIE))
    portal.ledger.write("logout", request[CLERK].code)
    raise web.HTTPFound("/prpall/login.do")


@routes.get("/prpall/{name:index|main|menu|welcome}.do")
async def plain_page(request: web.Request) -> web.Response:
    """Framesets, menu and welcome page."""
    return pages.page(f"{request.match_info['name']}.html", clerk=request[CLERK])


@routes.get("/prpall/top.do")
async def top(request: web.Request) -> web.Response:
    """The title bar, which says who is logged in."""
    clerk = request[CLERK]
    request.app[PORTAL].ledger.write("whoami", clerk.code)
    return pages.page("top.html", clerk=clerk)


@routes.get("/prpall/business/quickProposal.do")
async def new_entry(request: web.Request) -> web.Response:
    """An empty entry form."""
    return _entry(request, pages.blank_form(request.app[PORTAL].clock.now()))


@routes.get("/prpall/business/editProposal.do")
async def old_entry(request: web.Request) -> web.Response:
    """The entry form of a proposal that was saved before."""
    portal = request.app[PORTAL]
    proposal = portal.book.find(request.query.get("bizNo", ""), portal.clock.now())
    if proposal is None:
        return pages.page("missing.html", clerk=request[CLERK])
    numbers = {"commercial": "prpCmain.proposalNo", "compulsory": "prpCmainCI.proposalNo"}
    given = {numbers[line.kind]: line.number for line in proposal.lines}
    return _entry(request, {**proposal.form, **given})


def _entry(request: web.Request, form: forms.Form) -> web.Response:
    portal, clerk = request.app[PORTAL], request[CLERK]
    modes = [mood for mood in ("network_only", "page_only") if mood in portal.moods]
    return pages.page("entry.html", clerk=clerk, form=form, mode=" ".join(modes), token=portal.token())


@routes.post("/prpall/business/caculatePremium.do")
async def calculate(request: web.Request) -> web.Response:
    """What the form would cost, coverage by coverage."""
    form = forms.read_form(await request.read())
    try:
        forms.check(form)
        kinds = {kind: forms.coverages(form, kind) for kind in forms.kinds(form)}
    except Complaint as complaint:
        return pages.text(f"errorMessage={complaint}")
    premiums = {kind: sum(part.premium for part in parts) for kind, parts in kinds.items()}
    return pages.as_json(
        {
            "kinds": {part.name: yuan(part.premium) for part in kinds.get("commercial", [])},
            "sumPremium1": yuan(premiums["commercial"]) if "commercial" in premiums else "",
            "premiumCI": yuan(premiums["compulsory"]) if "compulsory" in premiums else "",
            "sumPayTax": yuan(tariff.VEHICLE_TAX) if "compulsory" in premiums else "",
        }
    )


@routes.post("/prpall/business/insert.do")
async def insert(request: web.Request) -> web.Response:
    """Save a form; the answer is the numbers, commercial first, or `errorMessage=…`."""
    portal = request.app[PORTAL]
    try:
        proposal = portal.save(forms.read_form(await request.read()), request[CLERK])
    except Complaint as complaint:
        return pages.text(f"errorMessage={complaint}")
    if "logged_out" in portal.moods:
        portal.logins.end(request.cookies.get(COOKIE))
        portal.ledger.write("session_ended", request[CLERK].code)
    return pages.text(",".join(proposal.numbers))


@routes.get("/prpall/business/queryProposal.do")
async def query_page(request: web.Request) -> web.Response:
    """The list's search form."""
    busy = "busy_grid" in request.app[PORTAL].moods
    return pages.page("query.html", clerk=request[CLERK], mode="busy_grid" if busy else "")


@routes.post("/prpall/business/selectProposal.do")
async def select(request: web.Request) -> web.Response:
    """The list query."""
    portal = request.app[PORTAL]
    form = forms.read_form(await request.read())
    if "slow_query" in portal.moods:
        await asyncio.sleep(portal.moods["slow_query"])
    if "maintenance" in portal.moods:
        return pages.page("maintenance.html")
    return _answer_list(portal, request[CLERK], form)


def _answer_list(portal: Portal, clerk: Clerk, form: forms.Form) -> web.Response:
    if form.get("prpCproposalVo.bizType") != "投保单":
        return pages.text("errorMessage=业务类型不正确")
    numbers = _numbers(form.get("prpCproposalVo.proposalNo", ""))
    plate, insured = (form.get(f"prpCproposalVo.{name}", "") for name in ("licenseNo", "insuredName"))
    found = portal.book.rows(portal.clock.now(), numbers, plate, insured)
    page = form.get("pageNo", "")
    first = (max(int(page), 1) - 1) * PAGE_SIZE if page.isdecimal() else 0
    shown = found[first : first + PAGE_SIZE]
    portal.ledger.write("query", clerk.code, numbers, found=[line.number for _, line in shown])
    return pages.as_json({"totalRecords": len(found), "data": [pages.row(*pair) for pair in shown]})


@routes.get("/prpall/business/showProposal.do")
async def detail(request: web.Request) -> web.Response:
    """Everything about one or more proposals, to look at."""
    portal = request.app[PORTAL]
    if "maintenance" in portal.moods:
        return pages.page("maintenance.html")
    found = portal.open(_numbers(request.query.get("bizNo", "")), request[CLERK])
    if not found:
        return pages.page("missing.html", clerk=request[CLERK])
    return pages.page("detail.html", clerk=request[CLERK], proposals=found)


@routes.post("/prpall/business/deleteProposal.do")
async def delete(request: web.Request) -> web.Response:
    """Delete lines by their numbers."""
    deleted = request.app[PORTAL].delete(_numbers(request.query.get("bizNo", "")), request[CLERK])
    return pages.text(",".join(deleted) or "errorMessage=未查询到投保单")


def _numbers(joined: str) -> list[str]:
    return [number for part in joined.split(",") if (number := part.strip())]
