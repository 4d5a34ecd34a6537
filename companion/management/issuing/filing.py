"""What a confirmed answer changes: lines, proposal, sighting, question. Decided by `confirm.plan`."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from companion.management import shape
from companion.management.issuing import codes, making, orders, proposals, questions, timeline
from companion.management.issuing.cases import Case, Reader, opened
from companion.management.issuing.news import tell_standing
from companion.management.issuing.orders import Cause, Through
from companion.management.issuing.questions import Subject
from companion.management.issuing.states import (
    ASKED_ON_ENTRY,
    TOPICS,
    Topic,
    question_kind,
    topic_of,
    went_back,
)
from companion.management.issuing.timeline import About, tell
from companion.management.store.tables import Device, Proposal, Sighting
from companion.protocol import LineFacts


def file(session: Session, reader: Reader, answer: Sequence[LineFacts], *, quiet: bool = False) -> bool:
    """File a confirmed answer. The same answer again changes nothing, and `quiet` says nothing of it.

    False: nothing was new. A proposal that a quick download wants is there when this returns.
    """
    case = opened(session, reader, answer)
    proposals.seen_through(session, case.lines.values(), reader.seen.origin, reader.login)
    for number in case.plan.changed:
        proposals.note_revision(case.lines[number], case.facts[number])
    owner = case.plan.proposal or _owner_of_quotes(case)
    if owner and reader.hint:
        timeline.belong(session, reader.hint, owner)
    new = bool(case.plan.changed)
    made = _wanted(case)
    if new or not quiet:
        about = replace(case.about, proposal=made) if made else case.about
        tell(session, case.now, "confirmed" if new else "confirmed_same", about, login=reader.login)
    _end_sightings(case)
    _join(case)
    _tell_loose(case)
    for proposal_id in _owned(case):
        _update_proposal(case, session.get_one(Proposal, proposal_id))
    if not reader.wanted:
        _loose(case)
    return new


def _owner_of_quotes(case: Case) -> str | None:
    return next(
        (line.proposal_id for number in case.quotes if (line := case.lines[number]).proposal_id), None
    )


def _end_sightings(case: Case) -> None:
    session = case.session
    for sighting_id in case.plan.ended:
        sighting = session.get_one(Sighting, sighting_id)
        sighting.state, sighting.closed_at = "gone", case.now
        questions.withdraw(session, questions.open_one(session, sighting=sighting_id), case.now)
        if case.plan.proposal:
            timeline.adopt(session, sighting_id, case.plan.proposal)
        elif case.plan.sighting:
            timeline.merge(session, sighting_id, case.plan.sighting)
            codes.move(session, [sighting_id], case.plan.sighting)
        else:
            codes.drop(session, None, sighting=sighting_id)
    if case.facts and not case.plan.proposal and len(case.deleted) == len(case.facts):
        tell(session, case.now, "deleted_in_portal", case.about)


def _join(case: Case) -> None:
    """Lines find their proposal: by the same answer, or by the quotation they were saved under."""
    if case.ticket:  # typed or copied, it is quoted now, and in this account
        case.session.get_one(Proposal, case.ticket).login = case.reader.login
    given = []
    for number, one in case.facts.items():
        line = case.lines[number]
        if number in case.plan.joining:
            line.proposal_id = case.plan.proposal
        quotation = case.lines.get(one.quote_number or "")
        if quotation is not None and not one.deleted:
            if quotation.revision and not quotation.replaced:
                given.append(number)
            quotation.proposal_id = quotation.proposal_id or line.proposal_id
            proposals.inherit(case.session, line, quotation)
    case.session.flush()
    _tell(case, case.plan.proposal, "numbers_given", given)
    _tell(case, case.plan.proposal, "line_joined", [n for n in case.plan.joining if n not in given])


def _tell(case: Case, proposal: str | None, kind: str, numbers: Sequence[str]) -> None:
    if numbers and proposal:
        confirm = case.reader.seen.confirm
        about = About(case.reader.seen.carrier, numbers, confirm=confirm, proposal=proposal)
        tell(case.session, case.now, kind, about)


def _tell_loose(case: Case) -> None:
    """Why a clerk was (not) asked must be there to read, also of what belongs to no proposal."""
    loose = [number for number in case.plan.changed if case.lines[number].proposal_id is None]
    tell_standing(case, case.about, [number for number in loose if not case.facts[number].deleted])


def _owned(case: Case) -> list[str]:
    return sorted({line.proposal_id for line in case.lines.values() if line.proposal_id})


def _update_proposal(case: Case, proposal: Proposal) -> None:
    """I-2.7: changed data of a known number is stored without a question, and downloaded again."""
    mine = {number for number, line in case.lines.items() if line.proposal_id == proposal.id}
    news = [number for number in case.facts if number in mine & {*case.plan.changed, *case.plan.joining}]
    changed = _store(case, proposal, news) + _changed_quotes(case, mine)
    tell_standing(case, About(proposal.carrier, (), case.reader.seen.confirm, proposal=proposal.id), news)
    _tell(case, proposal.id, "quote_changed", [n for n in changed if n not in case.plan.joining])
    if news or changed:
        proposals.refresh(case.session, proposal, case.now)
    asked_now = _settle(case, proposal, news)
    asked = questions.open_one(case.session, proposal=proposal.id)
    if asked and not asked_now:
        questions.bring_up_to_date(case.session, asked, _stored(case, news, asked.numbers), case.now)
    # What the clerk is still asked about is downloaded when they say so.
    pending = set(asked.numbers) if asked else set()
    if set(changed) - pending and not case.reader.wanted:
        cause = Cause("auto_quote")
        orders.request(case.session, proposal, _through(case), cause, case.now, without=pending)


def _store(case: Case, proposal: Proposal, news: Sequence[str]) -> list[str]:
    """Keep what is new of a proposal's lines; the numbers of which car, person or premium changed."""
    changed = [
        number
        for number in news
        if number not in case.deleted and proposals.is_changed(case.lines[number], case.facts[number])
    ]
    for number in news:
        proposals.store_facts(case.lines[number], case.facts[number])
    case.session.flush()
    return changed


def _changed_quotes(case: Case, mine: set[str]) -> list[str]:
    """A quotation that was saved again after its lines had got numbers of their own."""
    changed = []
    for number, one in case.quotes.items():
        line = case.lines[number]
        if number in mine and line.revision is not None and proposals.is_changed(line, one):
            changed.append(number)
            proposals.store_facts(line, one)
    return changed


def _stored(case: Case, numbers: Sequence[str], among: Sequence[str]) -> list[LineFacts]:
    """The facts as they are known now, of those numbers that are among these."""
    wanted = [number for number in numbers if number in among]
    return [shape.line_facts(case.lines[number]) for number in wanted]


def _settle(case: Case, proposal: Proposal, news: Sequence[str]) -> bool:
    """The state follows what was confirmed; what there is to ask and to fetch follows from the state.

    True: the clerk is asked with all of this.
    """
    session, now = case.session, case.now
    about = proposals.about(proposal, proposals.lines_of(session, proposal.id))
    code = case.code if case.code is not None and case.code.state == "waiting" else None
    has_code = code is not None or codes.current(session, proposal.id) is not None
    moved = proposals.settle(session, proposal, now, code=has_code)
    if went_back(moved.before, moved.now):
        codes.end(session, proposal.id)
        tell(session, now, "withdrawn_in_portal", about)
    taken = None
    if code is not None and moved.now in ("AWAIT_PAY", "ISSUED"):
        taken = codes.take(session, proposal, code, about, now)
    topic = TOPICS.get(moved.now)
    questions.withdraw_others(session, proposal.id, topic, now)
    if moved.now == "ISSUED":
        _request_files(case, proposal, None if moved.before != "ISSUED" else news)
    entered = moved.now != moved.before and moved.now in ASKED_ON_ENTRY
    return topic is not None and _ask(case, proposal, topic, taken, entered=entered)


def _request_files(case: Case, proposal: Proposal, news: Sequence[str] | None) -> None:
    """Policies to fetch: all of them when the car is issued (None), later those of what is new."""
    cause = Cause("quick_policy" if case.reader.wanted else "payment_policy")
    wanted: list[str | None] = [None]
    if news is not None:
        late = [n for n in news if n in case.plan.joining or not case.before[n].issued]
        wanted = [number for n in late if (number := case.lines[n].policy_number)]
    for only in wanted:
        orders.request_files(case.session, proposal, _through(case), cause, case.now, only=only)


def _ask(case: Case, proposal: Proposal, topic: Topic, taken: codes.Taken | None, *, entered: bool) -> bool:
    waits = questions.open_one(case.session, proposal=proposal.id) is not None
    if entered or taken == "new" or (taken == "changed" and waits):
        _ask_all(case, proposal, topic)
    elif case.plan.proposal == proposal.id and case.plan.ask and not case.reader.wanted:
        _ask_first(case, proposal, topic)
    else:
        return False
    return True


def _ask_all(case: Case, proposal: Proposal, topic: Topic) -> None:
    """Underwriting and payment are about the whole car (I-8.6)."""
    lines = [line for line in proposals.lines_of(case.session, proposal.id) if not line.voided]
    facts = [shape.line_facts(line) for line in lines]
    code = codes.current(case.session, proposal.id)
    kind = question_kind(topic, known=True, card=code is not None and code.kind == "card")
    subject = Subject(kind, proposal=proposal.id, customer=proposal.customer_id)
    questions.ask(case.session, case.reader.seen, case.reader.login, subject, facts, case.now)


def _ask_first(case: Case, proposal: Proposal, topic: Topic) -> None:
    """The first quote of these numbers (I-2.3): from a ticket with a push target, 是 / 否 is enough."""
    if topic != "quote":
        _ask_all(case, proposal, topic)
        return
    from_ticket = case.ticket == proposal.id and proposal.customer_id is not None
    subject = Subject("D1a" if from_ticket else "D1", proposal=proposal.id, customer=proposal.customer_id)
    questions.ask(
        case.session,
        case.reader.seen,
        case.reader.login,
        subject,
        case.pick(case.facts, case.plan.ask),
        case.now,
    )


def _loose(case: Case) -> None:
    """What belongs to no proposal is asked about."""
    if case.plan.proposal:
        return
    facts = case.pick(case.facts, case.plan.ask)
    topic = topic_of(case.happening)
    if case.happening == "issued":
        _issued(case, facts)
    if topic is None or not facts:
        _forget_code(case)
        return
    sighting = _sighting(case)
    card = case.code is not None and case.code.kind == "card"
    subject = Subject(question_kind(topic, known=False, card=card), sighting=sighting)
    if topic == "payment" and case.code is not None:
        case.code.sighting_id = sighting
    else:
        codes.drop(case.session, None, sighting=sighting)
    gone = [case.facts[number] for number in sorted(case.deleted)]
    questions.ask(case.session, case.reader.seen, case.reader.login, subject, [*facts, *gone], case.now)


def _forget_code(case: Case) -> None:
    """Nobody is asked about this car's payment (any more): its code serves nothing.

    One that is not payable yet waits on: the query may lag behind the page.
    """
    over = case.happening in ("payable", "issued", "gone")
    if over and case.code is not None and codes.drop(case.session, case.reader.seen.confirm):
        tell(case.session, case.now, "code_dropped", case.about)


def _issued(case: Case, facts: Sequence[LineFacts]) -> None:
    """Issued before the clerk answered: the question that waits says so, a new one is not asked."""
    asked = questions.open_one(case.session, sighting=case.plan.sighting) if case.plan.sighting else None
    if asked is not None:
        questions.bring_up_to_date(case.session, asked, facts, case.now)
    elif case.plan.changed:
        tell(case.session, case.now, "issued_unfiled", case.about)


def _wanted(case: Case) -> str | None:
    """The clerk pressed the button: what belongs to no proposal becomes one without a question (I-6)."""
    if not case.reader.wanted or case.plan.proposal or not case.plan.ask:
        return None
    seen, facts = case.reader.seen, case.pick(case.facts, case.plan.ask)
    found = making.Found(seen.carrier, case.reader.login, seen.seen_by, facts, case.plan.sighting)
    proposal = making.make(case.session, found, case.now)
    if case.plan.sighting:
        questions.carry_over(case.session, case.plan.sighting, proposal, case.now)
    return proposal.id


def _sighting(case: Case) -> str:
    """The open sighting that goes on, or a new one; it takes the lines that are asked about."""
    sighting_id = case.plan.sighting or _new_sighting(case)
    quotes = {case.facts[number].quote_number for number in case.plan.ask}
    for number, line in case.lines.items():
        if number in case.plan.ask or number in quotes:
            line.sighting_id = sighting_id
        elif line.sighting_id == sighting_id:
            line.sighting_id = None
    if case.reader.hint:
        case.reader.hint.sighting_id = sighting_id
    case.session.flush()
    return sighting_id


def _new_sighting(case: Case) -> str:
    seen = case.reader.seen
    made = Sighting(
        state="open",
        carrier=seen.carrier,
        kind=seen.kind,
        origin=seen.origin,
        login=case.reader.login,
        created_at=case.now,
    )
    case.session.add(made)
    case.session.flush()
    return made.id


def _through(case: Case) -> Through:
    seen = case.reader.seen
    return seen.through(case.reader.login, case.session.get_one(Device, seen.seen_by).name)
