"""The state table (requirements/000) and the words of the timeline."""

import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import companion
from companion.management import shape
from companion.management.issuing import visits
from companion.management.issuing.confirming import WHYS, why
from companion.management.issuing.downloads import FILE_ERRORS, HELD_UP
from companion.management.issuing.orders import SOURCES
from companion.management.issuing.quick import FAILURES
from companion.management.issuing.states import (
    TRANSITIONS,
    Happening,
    LineStanding,
    Topic,
    after,
    once_known,
    question_kind,
    stage,
    topic_of_question,
)
from companion.management.views import ConfirmRow
from companion.management.visit_views import Purpose
from companion.management.wire import ProposalState
from companion.protocol import HintKind, JobResult, Question, Underwriting
from companion.web.i18n import LOCALES, catalog
from tests.unit.management.portal import uid

STATES: tuple[ProposalState, ...] = get_args(ProposalState)
HAPPENINGS: tuple[Happening, ...] = get_args(Happening)
SOURCE = Path(companion.__file__).parent / "management"


@given(st.sampled_from(STATES), st.sampled_from(HAPPENINGS))
def test_what_happens_twice_changes_nothing_more(state: ProposalState, happening: Happening) -> None:
    once = after(state, happening)
    assert after(once, happening) == once


@pytest.mark.parametrize("happening", HAPPENINGS)
@pytest.mark.parametrize("state", ["ISSUED", "VOID"])
def test_issued_and_void_never_move_back(state: ProposalState, happening: Happening) -> None:
    assert after(state, happening) == state


@pytest.mark.parametrize(
    ("happening", "to", "stays"),
    [
        ("quoted", "QUOTED", {"CONFIRMED_TO_SUBMIT", "ISSUED", "VOID"}),
        ("passed", "UW_PASSED", {"AWAIT_PAY", "ISSUED", "VOID"}),
        ("payable", "AWAIT_PAY", {"ISSUED", "VOID"}),
        ("issued", "ISSUED", {"VOID"}),
        ("gone", "VOID", {"ISSUED"}),
    ],
)
def test_what_a_query_shows_moves_all_states_but_these(
    happening: Happening, to: ProposalState, stays: set[ProposalState]
) -> None:
    """The table of requirements/000."""
    assert {state for state in STATES if after(state, happening) != to} == stays
    assert all(after(state, happening) == state for state in stays)


def test_a_clerk_moves_only_what_is_there_to_be_moved() -> None:
    assert [state for state in STATES if after(state, "completed") != state] == ["NEW"]
    assert [state for state in STATES if after(state, "decided") != state] == ["QUOTED"]


A_LINE = st.builds(LineStanding, st.booleans(), st.sampled_from(get_args(Underwriting)), st.booleans())


@given(st.lists(A_LINE, max_size=3), st.booleans())
def test_a_car_stands_as_its_worst_line_does(lines: list[LineStanding], code: bool) -> None:
    """I-8.6: passed, payable and issued only when all lines that are left are."""
    alive = [line for line in lines if not line.deleted]
    found = stage(lines, code=code)
    assert (found is None) == (not lines)
    assert (found == "gone") == bool(lines and not alive)
    if found in ("issued", "passed"):
        assert all(line.issued or (found == "passed" and line.underwriting == "passed") for line in alive)
    if found == "payable":
        assert code
        assert not any(
            line.underwriting in ("none", "pending", "refused") and not line.issued for line in alive
        )
    if any(line.underwriting == "refused" and not line.issued for line in alive):
        assert found == "quoted"


@pytest.mark.parametrize("card", [False, True])
@pytest.mark.parametrize("topic", get_args(Topic))
def test_a_question_knows_what_it_is_about(topic: Topic, card: bool) -> None:
    known = question_kind(topic, known=True, card=card)
    unknown = question_kind(topic, known=False, card=card)
    assert (topic_of_question(known), topic_of_question(unknown)) == (topic, topic)
    assert once_known(unknown) == known == once_known(known)
    assert {known, unknown} <= set(shape.CHOICES)


def told_kinds() -> set[str]:
    """The kinds that the code tells; a kind made of parts is spelled out here."""
    code = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    plain = set(re.findall(r'tell\(\s*(?:case\.)?session,\s*(?:case\.)?now,\s*"(\w+)"', code))
    plain |= set(re.findall(r'_tell\([\w., ]+, "(\w+)"', code))
    parts = {
        "hint_": ["network", "page", "again", "of_one_car"],
        "claim_not_seen_": ["underwriting", "qr_fetched", "card_number", "issued", "deleted", "yet"],
        "underwriting_": ["passed", "refused", "pending", "withdrawn"],
        "qr_": ["stored", "changed"],
        "card_": ["stored", "changed"],
        "quick_failed_": list(FAILURES),
        "policy_": ["waiting", "again", "failed", "done", "given"],
        "e_policy_": ["waiting", "again", "failed", "done", "given"],
        "visit_": [*get_args(Purpose), *visits._TOLD, "filled", "filled_partly"],
        "unconfirmed_": ["not_found", "other_login"],
        "asked_": list(shape.CHOICES),
        "answered_": sorted({choice for choices in shape.CHOICES.values() for choice in choices}),
        "state_": sorted({to.lower() for table in TRANSITIONS.values() for to in table.values()}),
        "download_": ["portal_failed", "not_found", "again"],
        "download_failed_": ["portal_failed", "not_found", "other_login"],
        "toast_": ["delivered", "not_delivered"],
        "proposal_": ["typed", "changed"],
    }
    made = {f"{start}{end}" for start, ends in parts.items() for end in ends}
    return plain | made | {"confirmed", "confirmed_same", "line_voided", "policy_issued"}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_step_has_words(locale: str) -> None:
    kinds = told_kinds()
    assert len(kinds) >= 40
    words = catalog(locale)
    assert [kind for kind in sorted(kinds) if not words.has(f"timeline.{kind}")] == []
    reasons = {
        *WHYS,
        *FILE_ERRORS,
        *HELD_UP,
        "portal_failed",
        "other_login",
        "failed",
        "http",
        "whoami_unreadable",
    }
    assert [why for why in sorted(reasons) if not words.has(f"timeline.why_{why}")] == []
    assert [kind for kind in get_args(HintKind) if not words.has(f"timeline.what_{kind}")] == []
    failures = {*FILE_ERRORS, *HELD_UP, "portal_failed", "not_found", "other_login"}
    assert [one for one in sorted(failures) if not words.has(f"console.failure_{one}")] == []
    assert [source for source in SOURCES if not words.has(f"console.source_{source}")] == []


def test_no_words_stand_there_for_nothing() -> None:
    keys = {key.removeprefix("timeline.") for key in catalog("en").all if key.startswith("timeline.")}
    spoken = {key for key in keys if not key.startswith(("why_", "what_")) and not key.endswith(".one")}
    assert spoken - told_kinds() == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_toasts_and_standings_have_words(locale: str) -> None:
    words = catalog(locale)
    ended = ("download_done", "download_failed", "policy_failed", "e_policy_failed", "files_done")
    for toast in (*ended, "quick_done", *(f"quick_failed_{reason}" for reason in FAILURES)):
        assert words.has(f"toast.{toast}")
    for standing in get_args(ConfirmRow.model_fields["standing"].annotation):
        assert words.has(f"console.standing_{standing}")


def test_the_toast_of_a_failed_download_is_exactly_this() -> None:
    """I-2.6."""
    assert catalog("zh_CN").t("toast.download_failed") == "投保单下载失败请联系管理员"


def test_choices_fit_the_protocol() -> None:
    allowed = get_args(Question.model_fields["kind"].annotation)
    assert set(shape.CHOICES) == set(allowed)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_question_has_words(locale: str) -> None:
    words = catalog(locale)
    for kind in shape.CHOICES:
        assert words.has(f"console.question_{kind}")
        assert words.has(f"console.choices_about_{kind}")


@pytest.mark.parametrize(
    ("outcome", "error", "reason"),
    [
        ("failed", "timeout", "timeout"),
        ("failed", "http_502", "http"),
        ("failed", "walk_timeout", "walk_timeout"),
        ("failed", "anything a page made up", "failed"),
        ("failed", None, "failed"),
        ("answered", None, "whoami_unreadable"),
    ],
)
def test_a_failed_query_has_a_reason_in_our_own_words(outcome: str, error: str | None, reason: str) -> None:
    told: dict[str, object] = {"re": uid(), "outcome": outcome, "error": error, "took": 1}
    nothing: dict[str, object] = {"whoami": None, "lines": [], "data": []}
    assert why(JobResult.model_validate(told | nothing)) == reason
