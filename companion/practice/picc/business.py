"""prpall's pages of business (承保管理): entry, save, underwriting, list, detail, deletion."""

from aiohttp import web

from companion.practice.pages import yuan
from companion.practice.picc import forms, listing, pages, tariff
from companion.practice.picc.book import AUTO_PASSED, PASSED, WAITING, Line
from companion.practice.picc.keys import CLERK, COOKIE, PORTAL, modes, numbers, trouble
from companion.practice.portal import Complaint

HERE = "/prpall/business"
LIST_FORM = ("pageNo", "rowsPerPage", "sortName", "sortOrder")
routes = web.RouteTableDef()


@routes.get(f"{HERE}/quickProposal.do")
async def new_entry(request: web.Request) -> web.Response:
    """An empty entry form."""
    return _entry(request, pages.blank_form(request.app[PORTAL].clock.now()))


@routes.get(f"{HERE}/editProposal.do")
async def old_entry(request: web.Request) -> web.Response:
    """The entry form of a proposal that was saved before."""
    portal = request.app[PORTAL]
    proposal = portal.book.find(request.query.get("bizNo", ""), portal.clock.now())
    if proposal is None:
        return pages.page("missing.html", clerk=request[CLERK])
    names = {"commercial": "prpCmain.proposalNo", "compulsory": "prpCmainCI.proposalNo"}
    given = {names[line.kind]: line.number for line in proposal.lines}
    return _entry(request, {**proposal.form, **given})


def _entry(request: web.Request, form: forms.Form) -> web.Response:
    portal, clerk = request.app[PORTAL], request[CLERK]
    mode = modes(portal, "network_only", "page_only", "alerts", "brief_messages", "duplicate_answer")
    return pages.page("entry.html", clerk=clerk, form=form, mode=mode, token=portal.token())


@routes.post(f"{HERE}/caculatePremium.do")
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


@routes.post(f"{HERE}/insert.do")
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


@routes.get(f"{HERE}/editSubmitUndwrt.do")
async def submit(request: web.Request) -> web.Response:
    """Hand in for underwriting; the answer is a page with what came of each line."""
    # The opinion is in GBK, as everything that a page sends.
    form = forms.read_form(request.rel_url.raw_query_string.encode())
    asked = numbers(form.get("bizNo", ""))
    try:
        entries = request.app[PORTAL].submit(asked, form.get("undwrtOpinion", ""), request[CLERK])
        results = [(line.number, _outcome(line)) for _, line in entries]
    except Complaint as complaint:
        results = [(number, str(complaint)) for number in asked]
    return pages.page("underwritten.html", clerk=request[CLERK], results=results)


def _outcome(line: Line) -> str:
    words = {
        AUTO_PASSED: "提交核保成功，自动核保通过",
        PASSED: "提交核保成功，核保通过",
        WAITING: "提交核保成功，已转人工核保，待核保",
    }
    return words.get(line.flag, f"承保处理失败：{line.opinion}")


@routes.post(f"{HERE}/withdrawUndwrt.do")
async def withdraw(request: web.Request) -> web.Response:
    """Take back from underwriting; the answer is the numbers, or `errorMessage=…`."""
    try:
        entries = request.app[PORTAL].withdraw(numbers(request.query.get("bizNo", "")), request[CLERK])
    except Complaint as complaint:
        return pages.text(f"errorMessage={complaint}")
    return pages.text(",".join(line.number for _, line in entries))


@routes.get(f"{HERE}/queryProposal.do")
async def query_page(request: web.Request) -> web.Response:
    """The list's search form."""
    mode = modes(request.app[PORTAL], "busy_grid", "alerts", "written_windows")
    return pages.page("query.html", clerk=request[CLERK], mode=mode)


@routes.post(f"{HERE}/selectProposal.do")
async def select(request: web.Request) -> web.Response:
    """The list query."""
    portal, form = request.app[PORTAL], forms.read_form(await request.read())
    if other := await trouble(request):
        return other
    if form.get("prpCproposalVo.bizType") != "投保单":
        return pages.text("errorMessage=业务类型不正确")
    asked, every = listing.proposals(portal, form)
    shown = listing.wanted(form, LIST_FORM).of(every)
    portal.ledger.write("query", request[CLERK].code, asked, found=listing.found(shown))
    return pages.as_json({"totalRecords": len(every), "data": shown})


@routes.get(f"{HERE}/showProposal.do")
async def detail(request: web.Request) -> web.Response:
    """Everything about one or more proposals, to look at."""
    portal = request.app[PORTAL]
    if "maintenance" in portal.moods:
        return pages.page("maintenance.html")
    found = portal.open(numbers(request.query.get("bizNo", "")), request[CLERK])
    if not found:
        return pages.page("missing.html", clerk=request[CLERK])
    return pages.page("detail.html", clerk=request[CLERK], proposals=found)


@routes.post(f"{HERE}/deleteProposal.do")
async def delete(request: web.Request) -> web.Response:
    """Delete lines by their numbers."""
    try:
        asked = numbers(request.query.get("bizNo", ""))
        deleted = request.app[PORTAL].delete(asked, request[CLERK])
    except Complaint as complaint:
        return pages.text(f"errorMessage={complaint}")
    return pages.text(",".join(deleted) or "errorMessage=未查询到投保单")
