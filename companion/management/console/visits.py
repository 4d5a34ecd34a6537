"""去报价, 去核保, 打开保险公司系统 and the form of a new proposal: what the console's buttons do."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from pydantic import ValidationError
from sqlmodel import Session

from companion.management.console.page import OFFICE, Context, audit, device_of, show, who
from companion.management.issuing import applications, proposals, timeline, visits
from companion.management.people import NotThere
from companion.management.store.tables import Proposal
from companion.management.visit_views import ProposalIn, Purpose, VisitIn
from companion.web.forms import typed
from companion.web.site import SITE

routes = web.RouteTableDef()
PURPOSES: tuple[Purpose, ...] = ("quote", "reopen", "underwrite")
REFUSALS = (
    "other_state",
    "copy_first",
    "no_account",
    "choose_carrier",
    "choose_account",
    "no_proposal",
    "no_desk",
)


def opening(session: Session, proposal: Proposal | None, device: str, request: web.Request) -> Context:
    """What the button 打开保险公司系统 needs, and why the last press was refused."""
    refused = request.query.get("refused", "")
    return {
        # The carrier is chosen, not the account: each stands there with its current one (I-1.10).
        "opening": [one for one in visits.choices(session, "open", proposal, device) if one.current],
        "refused": refused if refused in REFUSALS else "",
    }


def going(session: Session, proposal: str, device: str, request: web.Request) -> Context:
    """What the page of a proposal needs for its buttons: the accounts by purpose, and the visits so far."""
    row = session.get_one(Proposal, proposal)
    found = {
        purpose: visits.choices(session, purpose, row, device)
        for purpose in PURPOSES
        if row.state in visits.VISIBLE[purpose]
    }
    return {
        "going": found,
        **opening(session, row, device, request),
        "visits": visits.visits_of(session, proposal),
        "editable": row.state in applications.EDITABLE,
    }


@routes.get("/proposals/new")
async def new(request: web.Request) -> web.Response:
    """GET proposals/new: the empty form."""
    return await _form(request, {}, {}, None)


@routes.post("/proposals/new")
async def create(request: web.Request) -> web.Response:
    """POST proposals/new: keep it as 新建, or hand it in (提交报价)."""
    return await _keep(request, None)


@routes.get("/proposals/{id}/edit")
async def edit(request: web.Request) -> web.Response:
    """GET proposals/ID/edit: the form of a proposal that is not quoted yet.

    It shows the insured's name, ID number and telephone in full, which stands on the timeline (PIPL).
    """
    wanted, by, now = request.match_info["id"], await who(request), request.app[OFFICE].clock.now()

    def work(session: Session) -> dict[str, str] | None:
        row = session.get(Proposal, wanted)
        if row is None or row.state not in applications.EDITABLE:
            return None
        timeline.tell(session, now, "names_shown", proposals.about(row, []), by=by)
        return {name: getattr(row, name) or "" for name in (*applications.FIELDS, "carrier", "institution")}

    values = await request.app[OFFICE].database.write(work)
    if values is None:
        raise web.HTTPNotFound
    audit(request, "proposal", wanted)
    return await _form(request, values, {}, wanted)


@routes.post("/proposals/{id}/edit")
async def change(request: web.Request) -> web.Response:
    """POST proposals/ID/edit: keep what was changed."""
    return await _keep(request, request.match_info["id"])


@routes.post("/proposals/{id}/visits")
async def visit(request: web.Request) -> web.Response:
    """POST proposals/ID/visits: go to the portal with this proposal."""
    return await _go(request, request.match_info["id"])


@routes.post("/visits")
async def open_portal(request: web.Request) -> web.Response:
    """POST visits: 打开保险公司系统, with no proposal."""
    return await _go(request, None)


async def _go(request: web.Request, proposal: str | None) -> web.Response:
    form, office = await request.post(), request.app[OFFICE]
    room = f"{request.app[SITE].gate.base}/proposals"
    # 新建保险公司投保单 is a purpose of the dialog: the same way, for a copy (D0b).
    wanted = typed(form, "purpose")
    try:
        order = VisitIn.model_validate(
            {
                "purpose": "quote" if wanted == "copy" else wanted,
                "account": typed(form, "account") or None,
                "copy_first": wanted == "copy",
            }
        )
        made = await office.visit(order, proposal, await device_of(request))
    except NotThere:
        raise web.HTTPNotFound from None
    except ValidationError:
        raise web.HTTPBadRequest from None
    except visits.NotNow as why:
        back = f"{room}/{proposal}" if proposal else room
        raise web.HTTPSeeOther(f"{back}?refused={why}") from None
    raise web.HTTPSeeOther(f"{room}/{made.proposal}#visits" if made.proposal else room)


async def _keep(request: web.Request, proposal: str | None) -> web.Response:
    form = await request.post()
    values = {name: typed(form, name) for name in (*applications.FIELDS, "carrier", "institution")}
    try:
        fields = {name: value for name, value in values.items() if name != "institution"}
        asked = ProposalIn.model_validate(
            fields | {"institution": values["institution"] or None, "submit": form.get("do") == "submit"}
        )
        kept = await request.app[OFFICE].keep_proposal(asked, proposal, await device_of(request))
    except applications.BadFields as bad:
        return await _form(request, values, bad.wrong, proposal)
    except ValidationError as bad:
        wrong = {str(error["loc"][0]): "wrong" for error in bad.errors(include_input=False)}
        return await _form(request, values, wrong, proposal)
    except applications.TooLate:
        return await _form(request, values, {}, proposal, refused="other_state")
    except NotThere:
        raise web.HTTPNotFound from None
    raise web.HTTPSeeOther(f"{request.app[SITE].gate.base}/proposals/{kept}")


async def _form(
    request: web.Request,
    values: Mapping[str, Any],
    wrong: Mapping[str, str],
    proposal: str | None,
    refused: str = "",
) -> web.Response:
    def work(session: Session) -> Context:
        return {
            "values": values,
            "wrong": wrong,
            "proposal": proposal,
            "refused": refused,
            "status": 409 if refused else 200,
            "fields": applications.FIELDS,
            "needed": applications.NEEDED,
            "institutions": applications.institutions(session),
        }

    return await show(request, "proposal_form.html", "proposals", work)
