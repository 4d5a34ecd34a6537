"""One portal action on several cars: which lines of an answer are one car, and what becomes of each."""

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from companion.management.issuing.apart import by_car
from companion.management.issuing.confirm import Known
from companion.management.store.signal_tables import PaymentCode
from companion.management.store.tables import Line
from companion.management.store.work_tables import Confirm, Question
from companion.protocol import LineFacts, LineKind
from tests.unit.management.office import TestOffice
from tests.unit.management.portal import Quote, answer, hint, pressed, qr, result
from tests.unit.management.test_path import filed
from tests.unit.management.test_signals import open_kinds, portal, seen

PAY = qr("https://pay.example/1")
MINE = Quote("QQ00000001", both=True, underwriting="passed")
OTHER = Quote("QQ00000002", both=True, underwriting="passed", plate="粤B67890")


def line(
    number: str, plate: str | None = "粤B12345", kind: LineKind = "commercial", quote: str | None = None
) -> LineFacts:
    told = {"number": number, "plate": plate, "kind": kind, "quote_number": quote}
    return Quote(number).facts.model_copy(update=told)


def numbers(cars: Sequence[Sequence[LineFacts]]) -> list[list[str]]:
    return sorted(sorted(one.number for one in car) for car in cars)


# ---------------------------------------------------------------------- which lines are one car

COMMERCIAL, COMPULSORY = line("TDAA00000001"), line("TDZA00000002", kind="compulsory")
STRANGE = line("TDZA00000003", "粤B67890", "compulsory")
PLATELESS = line("TDZA00000004", None, "compulsory")


def test_two_kinds_of_one_plate_in_one_answer_are_one_car() -> None:
    assert len(by_car([COMMERCIAL, COMPULSORY], {})) == 1


def test_a_line_without_a_plate_belongs_to_the_only_car_of_the_answer() -> None:
    assert len(by_car([COMMERCIAL, PLATELESS], {})) == 1


def test_another_plate_is_another_car() -> None:
    assert numbers(by_car([COMMERCIAL, STRANGE], {})) == [[COMMERCIAL.number], [STRANGE.number]]


def test_a_plate_written_otherwise_is_the_same_plate() -> None:
    assert len(by_car([COMMERCIAL, COMPULSORY.model_copy(update={"plate": "粤b·12345"})], {})) == 1


def test_where_it_is_not_clear_a_line_is_by_itself() -> None:
    """It may belong to either car."""
    assert len(by_car([COMMERCIAL, STRANGE, PLATELESS], {})) == 3


def test_the_same_car_quoted_twice_is_two_proposals() -> None:
    """I-2.8: two quotations ticked together are two, though the plate is the same."""
    assert len(by_car([line("QQ00000001", kind="both"), line("QQ00000002", kind="both")], {})) == 2


def test_lines_of_one_quotation_are_one_car_whatever_their_plates() -> None:
    told = [line("TDAA00000001", None, quote="QQ00000001"), line("TDZA00000002", quote="QQ00000001")]
    assert len(by_car([*told, STRANGE], {})) == 2


def test_what_was_joined_stays_joined() -> None:
    known = {one.number: Known(proposal="p") for one in (COMMERCIAL, STRANGE)}
    assert len(by_car([COMMERCIAL, STRANGE], known)) == 1


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from([f"TDAA0000000{n}" for n in range(6)]),
        st.sampled_from([None, "粤B12345", "粤B67890"]),
        st.sampled_from(["commercial", "compulsory", "both", "other"]),
        st.sampled_from([None, "QQ00000001", "QQ00000002"]),
    ),
    max_size=6,
    unique_by=lambda one: one.number,
)
KNOWN = st.dictionaries(
    st.sampled_from([f"TDAA0000000{n}" for n in range(6)]),
    st.builds(
        Known,
        proposal=st.sampled_from([None, "p1", "p2"]),
        sighting=st.sampled_from(["s1", "s2"]),
        sighting_state=st.sampled_from(["open", "cancelled", None]),
    ),
)


def tied(one: LineFacts, other: LineFacts, known: dict[str, Known]) -> bool:
    """Whether two lines are of one car for certain."""
    a, b = known.get(one.number, Known()), known.get(other.number, Known())
    if one.quote_number and one.quote_number == other.quote_number:
        return True
    if a.proposal or b.proposal:
        return a.proposal == b.proposal
    return a.sighting_state == b.sighting_state == "open" and a.sighting == b.sighting


@given(LINES, KNOWN)
def test_every_line_is_of_one_car_and_what_is_tied_is_not_torn(
    told: list[LineFacts], known: dict[str, Known]
) -> None:
    cars = by_car(told, known)
    assert sorted(one.number for car in cars for one in car) == sorted(one.number for one in told)
    where = {one.number: n for n, car in enumerate(cars) for one in car}
    for one, other in combinations(told, 2):
        if tied(one, other, known):
            assert where[one.number] == where[other.number]


@given(LINES, KNOWN)
def test_nothing_is_joined_against_plate_proposal_or_kind(
    told: list[LineFacts], known: dict[str, Known]
) -> None:
    for car in by_car(told, known):
        loose = [one for one in car if not any(tied(one, other, known) for other in car if other is not one)]
        for one, other in combinations(loose, 2):
            assert None in (one.plate, other.plate) or one.plate == other.plate
            owners = {known.get(each.number, Known()).proposal for each in (one, other)} - {None}
            assert len(owners) <= 1
            assert one.kind == "other" or one.kind != other.kind


@given(LINES, KNOWN, st.randoms())
def test_the_order_of_an_answer_says_nothing(
    told: list[LineFacts], known: dict[str, Known], chance: object
) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert numbers(by_car(told, known)) == numbers(by_car(shuffled, known))


# ---------------------------------------------------------------------- what becomes of each


async def test_two_unknown_cars_paid_by_one_code_are_two_questions(both: TestOffice) -> None:
    """生成支付码 of two ticked quotations."""
    await seen(both, "qr_fetched", MINE, OTHER, code=PAY)
    asks = await both.asks()
    assert sorted((ask.question.kind, *ask.question.numbers) for ask in asks) == [
        ("D3b", MINE.number),
        ("D3b", OTHER.number),
    ]
    for ask in asks:
        await both.deliver(answer(ask.question.id, "download_only"))
        await both.settle(portal(MINE, OTHER))
    proposals = await both.proposals()
    assert sorted((one.plate, one.state) for one in proposals) == [
        (MINE.plate, "AWAIT_PAY"),
        (OTHER.plate, "AWAIT_PAY"),
    ]
    assert [one.payment and one.payment.text for one in proposals] == ["https://pay.example/1"] * 2
    assert {row.state for row in await both.rows(Confirm)} == {"confirmed"}


async def test_a_strange_car_does_not_join_the_known_one_beside_it(both: TestOffice) -> None:
    await filed(both, MINE)
    (known,) = await both.proposals()
    await seen(both, "qr_fetched", MINE, OTHER, code=PAY)
    lines = {row.number: row.proposal_id for row in await both.rows(Line)}
    assert lines == {MINE.number: known.id, OTHER.number: None}
    assert sorted(await open_kinds(both)) == ["D3", "D3b"]


async def test_the_same_action_seen_again_is_nothing_new(office: TestOffice) -> None:
    for _ in range(2):
        await seen(office, "qr_fetched", MINE, OTHER, code=PAY)
    assert len(await office.rows(Question)) == 2
    assert [row.state for row in await office.rows(PaymentCode)] == ["waiting", "waiting"]
    assert len(await office.rows(Confirm)) == 3


async def test_one_of_the_two_that_cannot_be_found_yet_is_asked_for_by_itself(office: TestOffice) -> None:
    third = Quote("QQ00000003", both=True, plate="粤B33333")
    await office.deliver(hint(MINE.number, OTHER.number, third.number, kind="quote_saved"))
    await office.settle(portal(MINE, OTHER))
    states = {row.numbers_key: row.state for row in await office.rows(Confirm)}
    assert (states[MINE.number], states[OTHER.number], states[third.number]) == (
        "confirmed",
        "confirmed",
        "open",
    )
    office.clock.advance(2)
    await office.settle(portal(MINE, OTHER, third))
    assert len(await open_kinds(office)) == 3


async def test_a_button_files_the_car_of_its_row_alone(office: TestOffice) -> None:
    """Whatever else the query tells."""
    await office.deliver(pressed(MINE.number))
    await office.tick()
    ((command, query),) = await office.queries()
    more = query.model_copy(update={"numbers": [MINE.number, OTHER.number]})
    await office.report(command, result(command, more, portal(MINE, OTHER)))
    (proposal,) = await office.proposals()
    assert (proposal.plate, proposal.numbers) == (MINE.plate, [MINE.number])
