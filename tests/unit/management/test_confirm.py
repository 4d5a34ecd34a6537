"""The rules of confirming a hint: ladder, verdict, and what follows from an answer."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.management.issuing.confirm import (
    LADDER,
    Known,
    Plan,
    backoff,
    next_try,
    plan,
    revision,
    verdict,
)
from companion.management.wire import QueryBody, QueryResult
from companion.protocol import JobResult
from tests.unit.management.portal import CARRIER, LOGIN, ORIGIN, START, Outcome, Quote, result, uid

A, B, C = (Quote(number) for number in ("TDAA00000001", "TDZA00000002", "TDAA00000003"))


def told(outcome: Outcome, *asked: str, known: tuple[Quote, ...] = (A, B)) -> JobResult:
    query = QueryBody(
        query="confirm",
        carrier=CARRIER,
        origin=ORIGIN,
        login=LOGIN,
        numbers=list(asked) or [A.number, B.number],
        instance=None,
        tab=None,
        budget=25_000,
    )
    body = result(uid(), query, {quote.number: quote for quote in known}, outcome).body
    assert isinstance(body, QueryResult)
    return body.result


def test_the_ladder_is_climbed_from_the_hint_and_ends() -> None:
    tries = [next_try(START, tried, START) for tried in range(len(LADDER) + 1)]
    assert [at and (at - START).total_seconds() for at in tries] == [0, 1, 2, 4, 8, 15, 30, None]


def test_a_slow_portal_is_asked_at_once_where_the_ladder_has_gone_on() -> None:
    now = START + timedelta(seconds=20)
    assert next_try(START, 1, now) == now


def test_pauses_after_failures_grow_to_a_minute() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 6, 7, 10_000)] == [1, 2, 4, 32, 60, 60]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("answered", "found"),
        ("not_found", "not_found"),
        ("no_session", "no_session"),
        ("logged_out", "no_session"),
        ("failed", "failed"),
        ("other_login", "other_login"),
        ("nobody", "failed"),
    ],
)
def test_what_came_of_a_query(outcome: Outcome, expected: str) -> None:
    assert verdict(told(outcome), LOGIN, [A.number, B.number]) == expected


def test_an_answer_about_other_numbers_only_says_nothing() -> None:
    assert verdict(told("answered", C.number, known=(A, B, C)), LOGIN, [A.number]) == "not_found"


def test_an_answer_may_be_about_a_part_only() -> None:
    assert verdict(told("answered", known=(A,)), LOGIN, [A.number, B.number]) == "partly"


def test_a_hint_that_knows_no_login_takes_whoever_was_logged_in() -> None:
    assert verdict(told("answered"), None, [A.number]) == "found"


@given(st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_revisions_are_equal_exactly_where_the_answers_are(one: int, two: int, deleted: bool) -> None:
    first, second = Quote("N00001", one, deleted), Quote("N00001", two, deleted)
    assert (revision(first.facts) == revision(second.facts)) == (first == second)


def planned(known: dict[Quote, Known], *facts: Quote) -> Plan:
    return plan([quote.facts for quote in facts], {quote.number: one for quote, one in known.items()}, rank=1)


def test_unknown_lines_named_by_one_answer_are_asked_about_together() -> None:
    both = (A.number, B.number)
    assert planned({}, A, B) == Plan(changed=both, ask=both)


def test_the_same_answer_again_asks_nothing_new() -> None:
    seen = Known(revision(A.facts), sighting="s1", sighting_state="open")
    assert planned({A: seen}, A) == Plan(changed=(), sighting="s1", ask=(A.number,))


def test_a_line_of_a_known_proposal_is_updated_without_a_question() -> None:
    assert planned({A: Known("old", proposal="p1")}, A) == Plan(changed=(A.number,), proposal="p1")


def test_a_new_line_beside_a_known_one_joins_its_proposal_and_is_asked_about() -> None:
    known = {A: Known(revision(A.facts), proposal="p1")}
    expected = Plan((B.number,), proposal="p1", joining=(B.number,), ask=(B.number,))
    assert planned(known, A, B) == expected


def test_a_line_waiting_in_a_question_of_its_own_joins_too_and_that_question_ends() -> None:
    known = {
        A: Known(revision(A.facts), proposal="p1"),
        B: Known(revision(B.facts), sighting="s1", sighting_state="open"),
    }
    expected = Plan((), proposal="p1", joining=(B.number,), ask=(B.number,), ended=("s1",))
    assert planned(known, A, B) == expected


def test_a_cancelled_number_is_not_asked_about_again() -> None:
    cancelled = Known("old", sighting="s1", sighting_state="cancelled", declined=1)
    assert planned({A: cancelled}, A).ask == ()
    joins = planned({A: cancelled, B: Known("x", proposal="p1")}, B, A)
    assert (joins.joining, joins.ask) == ((A.number,), ())


def test_a_new_number_beside_a_cancelled_one_is_asked_about_with_it() -> None:
    cancelled = Known(revision(A.facts), sighting="s1", sighting_state="cancelled", declined=1)
    assert planned({A: cancelled}, A, B).ask == (A.number, B.number)


def test_two_open_questions_become_one_when_one_answer_names_both() -> None:
    known = {
        A: Known(revision(A.facts), sighting="s1", sighting_state="open"),
        B: Known(revision(B.facts), sighting="s2", sighting_state="open"),
    }
    assert planned(known, A, B) == Plan((), sighting="s1", ask=(A.number, B.number), ended=("s2",))


def test_nobody_is_asked_about_what_is_deleted() -> None:
    gone = Quote(A.number, deleted=True)
    assert planned({}, gone).ask == ()
    open_one = Known(revision(A.facts), sighting="s1", sighting_state="open")
    assert planned({A: open_one}, gone) == Plan((A.number,), ended=("s1",))
    assert planned({A: open_one}, gone, B) == Plan((A.number, B.number), sighting="s1", ask=(B.number,))
