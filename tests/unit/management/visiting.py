"""What tests of visits, tickets and typed proposals do, and the car they do it with."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import Session

from companion.management import people
from companion.management.issuing import applications, tickets, visits
from companion.management.store.tables import Line, LineAccount, Proposal
from companion.management.store.visit_tables import Visit
from companion.management.visit_views import ProposalIn, VisitChoice, VisitIn
from companion.management.wire import AccountIn, CommandResult, EventIn, VisitBody, VisitResult
from companion.protocol import LineFacts, VisitStep
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import (
    CARRIER,
    INSTANCE,
    LOGIN,
    ORIGIN,
    Quote,
    hint,
    uid,
)

CAR: dict[str, str] = {
    "plate": "粤B-12345",
    "vin": "lsvaa4182e2123456",
    "engine_number": "E123456",
    "brand_model": "测试牌A1",
    "registered_on": "2020-01-02",
    "insured": "测试甲",
    "insured_id_number": "110101199003070011",
    "insured_phone": "138 0000 1402",
}
A, B = Quote("TDAA00000001"), Quote("TDZA00000002")


async def account(office: TestOffice, login: str = LOGIN, institution: str = "一部") -> str:
    given = AccountIn(carrier=CARRIER, origin=ORIGIN, login=login, institution=institution)
    return await office.write(lambda session: people.put_account(session, given, office.now).id)


async def typed(office: TestOffice, *, submit: bool = True, **changed: Any) -> str:
    given = ProposalIn.model_validate({"carrier": CARRIER, "submit": submit} | CAR | changed)
    return await office.write(
        lambda session: applications.keep(session, given, None, office.desk, office.now).id
    )


async def press(office: TestOffice, proposal: str | None, purpose: str = "quote", **more: Any) -> Visit:
    order = VisitIn.model_validate({"purpose": purpose} | more)
    return await office.write(lambda session: visits.begin(session, order, proposal, office.desk, office.now))


async def begun(office: TestOffice) -> list[VisitBody]:
    """The visits that the desk is told to begin, and that it began them."""
    bodies = [(one.id, one.body) for one in await office.pending() if isinstance(one.body, VisitBody)]
    for command, _ in bodies:
        told = VisitResult(instance=INSTANCE, taken=True, error=None)
        await office.report(command, CommandResult(body=told))
    return [body for _, body in bodies]


async def told(office: TestOffice, visit: str, step: str, error: str | None = None, *missing: str) -> None:
    body = VisitStep.model_validate(
        {"id": uid(), "at": 1, "re": visit, "step": step, "tab": 7, "missing": list(missing), "error": error}
    )
    await office.deliver(EventIn(instance=INSTANCE, body=body))


async def row(office: TestOffice, visit: str) -> Visit:
    return await office.write(lambda session: session.get_one(Visit, visit))


async def consume(office: TestOffice, ticket: str, facts: Sequence[LineFacts]) -> str | None:
    return await office.write(lambda session: tickets.consume(session, ticket, CARRIER, facts, office.now))


async def saved(office: TestOffice, ticket: str, *quotes: Quote) -> list[str]:
    """These are saved in the ticket's tab; the kinds of question that the clerk is asked then."""
    await office.deliver(hint(*(quote.number for quote in quotes), ticket=ticket))
    await office.settle({quote.number: quote for quote in quotes})
    return sorted(ask.question.kind for ask in await office.asks())


async def quoted(office: TestOffice, seen_by: dict[str, Sequence[str]], state: str = "QUOTED") -> str:
    """A proposal with lines, each seen through these accounts."""

    def work(session: Session) -> str:
        made = Proposal(
            state=state,
            carrier=CARRIER,
            login=LOGIN,
            device_id=office.desk,
            created_at=office.now,
            updated_at=office.now,
        )
        session.add(made)
        session.flush()
        for number, logins in seen_by.items():
            kind = "compulsory" if number.startswith("TDZA") else "commercial"
            line = Line(carrier=CARRIER, number=number, proposal_id=made.id, kind=kind, plate="粤B12345")
            session.add(line)
            session.flush()
            for login in logins:
                session.add(LineAccount(line_id=line.id, origin=ORIGIN, login=login))
        return made.id

    return await office.write(work)


async def choices(office: TestOffice, proposal: str, purpose: Any = "quote") -> list[VisitChoice]:
    return await office.write(
        lambda session: visits.choices(session, purpose, session.get_one(Proposal, proposal), office.desk)
    )


async def refused(office: TestOffice, proposal: str | None, purpose: str, **more: Any) -> str:
    with pytest.raises(visits.NotNow) as why:
        await press(office, proposal, purpose, **more)
    return str(why.value)
