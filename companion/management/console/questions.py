"""Room 待处理: questions that wait for an answer, and hints that could not be confirmed."""

from collections.abc import Mapping
from typing import Any, get_args

from aiohttp import web
from pydantic import ValidationError
from sqlmodel import Session

from companion.management import queries
from companion.management.console.page import OFFICE, Context, audit, back, show, steps, who
from companion.management.issuing.questions import BadAnswer
from companion.management.people import NotThere
from companion.management.views import CustomerQuery, QuestionRow
from companion.management.wire import AnswerIn
from companion.protocol import AnswerField, CustomerChoice
from companion.web.forms import typed
from companion.web.site import SITE

routes = web.RouteTableDef()
PROBLEMS = ("already_answered", "bad_answer")


@routes.get("/questions")
async def questions(request: web.Request) -> web.Response:
    """GET questions: what waits for a clerk, oldest question first."""
    now = request.app[OFFICE].clock.now()
    problem = request.query.get("problem", "")

    def work(session: Session) -> Context:
        return {
            "questions": queries.questions(session),
            "hints": queries.unconfirmed(session, now),
            "problem": problem if problem in PROBLEMS else "",
        }

    return await show(request, "questions.html", "questions", work)


@routes.get("/hints/{id}")
async def hint(request: web.Request) -> web.Response:
    """GET hints/ID: how a hint that belongs to no proposal stands, and its steps."""
    now, wanted = request.app[OFFICE].clock.now(), request.match_info["id"]

    def work(session: Session) -> Context | None:
        told = queries.confirm_timeline(session, wanted)
        open_ones = (row for row in queries.unconfirmed(session, now) if row.id == wanted)
        return {"steps": steps(told, request), "hint": next(open_ones, None)} if told else None

    return await show(request, "hint.html", "questions", work)


@routes.get("/customers")
async def customers(request: web.Request) -> web.Response:
    """GET customers?text=: the customer picker's search."""
    query = CustomerQuery(text=typed(request.query, "text")[:100])
    found = await request.app[OFFICE].database.read(lambda session: queries.customers(session, query.text))
    return web.json_response({"found": [customer.model_dump() for customer in found]})


@routes.post("/questions/{id}/reveal")
async def reveal(request: web.Request) -> web.Response:
    """POST questions/ID/reveal: the insured's name in full, as JSON by id; noted in the log (PIPL)."""

    def work(session: Session) -> QuestionRow | None:
        rows = queries.questions(session)
        return next((row for row in rows if row.question.id == request.match_info["id"]), None)

    row = await request.app[OFFICE].database.read(work)
    if row is None:
        raise web.HTTPNotFound
    audit(request, "question", row.question.id)
    return web.json_response({row.question.id: row.question.insured or ""})


@routes.post("/questions/{id}/answer")
async def answer(request: web.Request) -> web.Response:
    """POST questions/ID/answer: the first answer counts, wherever it was given."""
    room = f"{request.app[SITE].gate.base}/questions"
    try:
        given = read_answer(await request.post())
        first = await request.app[OFFICE].answer(request.match_info["id"], given, await who(request))
    except NotThere:
        raise web.HTTPNotFound from None
    except (BadAnswer, ValidationError):
        raise web.HTTPSeeOther(f"{room}?problem=bad_answer#q-{request.match_info['id']}") from None
    raise web.HTTPSeeOther(room if first else f"{room}?problem=already_answered")


@routes.post("/hints/{id}/retry")
async def retry(request: web.Request) -> web.Response:
    """POST hints/ID/retry: ask the portal again about an unconfirmed hint."""
    try:
        await request.app[OFFICE].retry_confirm(request.match_info["id"])
    except NotThere:
        raise web.HTTPNotFound from None
    return await back(request, "questions")


def read_answer(form: Mapping[str, Any]) -> AnswerIn:
    """The form of a question as an answer. Raises pydantic.ValidationError."""
    name, phone = typed(form, "customer_name"), typed(form, "customer_phone")
    known = typed(form, "customer") or None
    customer = None
    # A customer chosen beside 仅下载 or 取消 means nothing: the form shows the picker beside all buttons.
    if form.get("choice") == "yes" and (known or name):
        new = None if known else name
        customer = CustomerChoice(id=known, name=new, phone=phone or None if new else None)
    fields = {name: text for name in get_args(AnswerField) if (text := typed(form, name))}
    return AnswerIn.model_validate(
        {
            "choice": form.get("choice"),
            "remark": typed(form, "remark") or None,
            "customer": customer,
            "fields": fields,
        }
    )
