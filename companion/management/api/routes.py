"""What the API can do. Every function is one operation; the work is done elsewhere."""

from functools import partial
from typing import TYPE_CHECKING

import companion
from companion.db.migrations import revision
from companion.management import people, queries, shape
from companion.management.api.keys import OFFICE
from companion.management.api.operations import Call, Operations
from companion.management.api.problems import Refused
from companion.management.issuing import commands, events, hints
from companion.management.store.tables import Device
from companion.management.views import (
    ConfirmRow,
    CustomerQuery,
    DeviceOut,
    DownloadQuery,
    NotificationRow,
    PageQuery,
    ProposalQuery,
    QuestionRow,
    Taken,
    TimelineRow,
)
from companion.management.wire import (
    AccountIn,
    AccountsOut,
    AnswerIn,
    CommandResult,
    DownloadOut,
    EnrolIn,
    EnrolOut,
    EventIn,
    EventTaken,
    Health,
    LinkIn,
    LinkOut,
    Page,
    ProposalDetail,
    ProposalOut,
    SessionsIn,
)
from companion.protocol import MOST_ACCOUNTS, Account, CustomerFound, ErrorCode
from companion.web.links import entry_path

if TYPE_CHECKING:
    from companion.management.server import Office

API = "/api/v1"
OPERATIONS = Operations()


def _office(call: Call) -> "Office":
    return call.request.app[OFFICE]


@OPERATIONS.add("GET", f"{API}/health", Health, open=True)
async def get_health(call: Call) -> Health:
    """Whether it runs and reaches its store, and its versions."""
    stored = await revision(_office(call).database)
    return Health(status="ok", version=companion.__version__, schema_revision=str(stored))


@OPERATIONS.add("POST", f"{API}/devices", EnrolOut, body=EnrolIn, open=True)
async def enrol(call: Call) -> EnrolOut:
    """Turn a one-time code into a device token."""
    office, given = _office(call), call.body
    work = partial(people.enrol, code=given.code, name=given.name, now=office.clock.now())
    enrolled = await office.write(work)
    if enrolled is None:
        raise Refused(401, ErrorCode.CALLER_REFUSED, "the code is unknown, used or too old")
    return enrolled


@OPERATIONS.add("GET", f"{API}/devices/me", DeviceOut)
async def get_me(call: Call) -> DeviceOut:
    """Who the management system takes the calling desk for."""
    row = await _office(call).database.read(lambda session: session.get_one(Device, call.device))
    return DeviceOut(id=row.id, name=row.name)


@OPERATIONS.add("PUT", f"{API}/devices/me/sessions", Taken, body=SessionsIn)
async def put_sessions(call: Call) -> Taken:
    """Tell all live portal sessions of the calling desk; replaces the former list."""
    office, told = _office(call), call.body.sessions
    now = office.clock.now()
    await office.write(lambda session: hints.replace_sessions(session, call.device, told, now))
    return Taken(new=True)


@OPERATIONS.add("POST", f"{API}/events", EventTaken, body=EventIn)
async def post_event(call: Call) -> EventTaken:
    """Deliver an event of an extension. The same one again changes nothing."""
    office, event = _office(call), call.body
    now = office.clock.now()
    new = await office.write(lambda session: events.take(session, call.device, event, now))
    return EventTaken(id=event.body.id, new=new)


@OPERATIONS.add("POST", f"{API}/commands/{{id}}/result", Taken, body=CommandResult)
async def post_result(call: Call) -> Taken:
    """Report how a command ended. The first result counts."""
    office, now = _office(call), _office(call).clock.now()
    new = await office.write(lambda session: commands.take_result(session, call.id, call.body, now))
    return Taken(new=new)


@OPERATIONS.add("GET", f"{API}/proposals", Page, query=ProposalQuery, rows=ProposalOut)
async def get_proposals(call: Call) -> Page:
    """Proposals (投保单)."""
    return await _office(call).database.read(lambda session: queries.proposals(session, call.query))


@OPERATIONS.add("GET", f"{API}/proposals/{{id}}", ProposalDetail)
async def get_proposal(call: Call) -> ProposalDetail:
    """One proposal with its lines, downloads and timeline."""
    found = await _office(call).database.read(lambda session: queries.proposal(session, call.id))
    if found is None:
        raise people.NotThere
    return found


@OPERATIONS.add("POST", f"{API}/proposals/{{id}}/decision", Taken)
async def decide(call: Call) -> Taken:
    """确认出单: a quoted proposal is to be submitted for underwriting."""
    office = _office(call)
    return Taken(new=await office.decide(call.id, await office.name_of(call.device)))


@OPERATIONS.add("GET", f"{API}/downloads", Page, query=DownloadQuery, rows=DownloadOut)
async def get_downloads(call: Call) -> Page:
    """The download log (投保单下载日志)."""
    return await _office(call).database.read(lambda session: queries.downloads(session, call.query))


@OPERATIONS.add("POST", f"{API}/downloads/{{id}}/retry", Taken)
async def retry_download(call: Call) -> Taken:
    """Try a failed download again."""
    return Taken(new=await _office(call).retry_download(call.id))


@OPERATIONS.add("GET", f"{API}/questions", Page, rows=QuestionRow)
async def get_questions(call: Call) -> Page:
    """The questions that wait (待处理)."""
    rows = await _office(call).database.read(queries.questions)
    return Page(total=len(rows), rows=rows)


@OPERATIONS.add("POST", f"{API}/questions/{{id}}/answer", Taken, body=AnswerIn)
async def post_answer(call: Call) -> Taken:
    """Answer a question; the first answer counts."""
    office = _office(call)
    return Taken(new=await office.answer(call.id, call.body, await office.name_of(call.device)))


@OPERATIONS.add("GET", f"{API}/confirms", Page, rows=ConfirmRow)
async def get_confirms(call: Call) -> Page:
    """Hints that are not confirmed yet, or could not be."""
    office = _office(call)
    rows = await office.database.read(lambda session: queries.unconfirmed(session, office.clock.now()))
    return Page(total=len(rows), rows=rows)


@OPERATIONS.add("POST", f"{API}/confirms/{{id}}/retry", Taken)
async def retry_confirm(call: Call) -> Taken:
    """Ask the portal again about an unconfirmed hint."""
    return Taken(new=await _office(call).retry_confirm(call.id))


@OPERATIONS.add("GET", f"{API}/timeline", Page, query=PageQuery, rows=TimelineRow)
async def get_timeline(call: Call) -> Page:
    """The steps of everything, newest first."""
    page = call.query
    return await _office(call).database.read(
        lambda session: queries.timeline(session, page.offset, page.limit)
    )


@OPERATIONS.add("GET", f"{API}/notifications", Page, query=PageQuery, rows=NotificationRow)
async def get_notifications(call: Call) -> Page:
    """Toasts (冒泡提醒) and how showing them ended, newest first."""
    page = call.query
    return await _office(call).database.read(
        lambda session: queries.notifications(session, page.offset, page.limit)
    )


@OPERATIONS.add("GET", f"{API}/customers", Page, query=CustomerQuery, rows=CustomerFound)
async def get_customers(call: Call) -> Page:
    """Customers by name, plate or phone tail; at most 20."""
    found = await _office(call).database.read(lambda session: queries.customers(session, call.query.text))
    return Page(total=len(found), rows=found)


@OPERATIONS.add("GET", f"{API}/accounts", AccountsOut)
async def get_accounts(call: Call) -> AccountsOut:
    """Issuing accounts (出单账号)."""
    return AccountsOut(accounts=await _office(call).database.read(queries.accounts))


@OPERATIONS.add("POST", f"{API}/accounts", Account, body=AccountIn)
async def post_account(call: Call) -> Account:
    """Add an issuing account; the same one again changes its institution."""
    office, now = _office(call), _office(call).clock.now()
    try:
        kept = await office.write(lambda session: people.put_account(session, call.body, now))
    except people.TooMany:
        raise Refused(409, ErrorCode.NOT_NOW, f"at most {MOST_ACCOUNTS} issuing accounts") from None
    return shape.account(kept)


@OPERATIONS.add("POST", f"{API}/console/links", LinkOut, body=LinkIn)
async def post_link(call: Call) -> LinkOut:
    """A link into the console that works once and for a minute."""
    office = _office(call)
    if office.links is None or not office.console_origin:
        raise Refused(409, ErrorCode.NOT_NOW, "no console is served here")
    key = await office.links.create(call.body.path, call.device)
    return LinkOut(url=f"{office.console_origin}{entry_path('/console', key)}")
