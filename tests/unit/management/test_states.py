"""The state table (requirements/000) and the words of the timeline."""

import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import companion
from companion.management import shape
from companion.management.issuing.confirming import WHYS, why
from companion.management.issuing.states import TRANSITIONS, Happening, after
from companion.management.views import ConfirmRow
from companion.management.wire import ProposalState
from companion.protocol import JobResult, Question
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


def test_a_confirmed_quote_makes_a_proposal_quoted() -> None:
    assert {state for state in STATES if after(state, "quote_confirmed") == "QUOTED"} == {
        "NEW",
        "TO_QUOTE",
        "QUOTED",
    }


def test_every_state_but_issued_can_become_void() -> None:
    assert {state for state in STATES if after(state, "all_lines_deleted") == "VOID"} == {*STATES} - {
        "ISSUED"
    }


def told_kinds() -> set[str]:
    """The kinds that the code tells; a kind made of parts is spelled out here."""
    code = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    plain = set(re.findall(r'tell\(\s*(?:case\.)?session,\s*(?:case\.)?now,\s*"(\w+)"', code))
    plain |= set(re.findall(r'_tell_news\(case, proposal, "(\w+)"', code))
    parts = {
        "hint_": ["network", "page", "again"],
        "unconfirmed_": ["not_found", "other_login"],
        "asked_": list(shape.CHOICES),
        "answered_": sorted({choice for choices in shape.CHOICES.values() for choice in choices}),
        "state_": sorted({to.lower() for table in TRANSITIONS.values() for to in table.values()}),
        "download_": ["portal_failed", "not_found"],
        "download_failed_": ["portal_failed", "not_found", "other_login"],
        "toast_": ["delivered", "not_delivered"],
    }
    made = {f"{start}{end}" for start, ends in parts.items() for end in ends}
    return plain | made | {"confirmed", "confirmed_same"}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_step_has_words(locale: str) -> None:
    kinds = told_kinds()
    assert len(kinds) >= 40
    words = catalog(locale)
    assert [kind for kind in sorted(kinds) if not words.has(f"timeline.{kind}")] == []
    reasons = {*WHYS, "failed", "http", "whoami_unreadable"}
    assert reasons == {
        key.removeprefix("timeline.why_") for key in words.all if key.startswith("timeline.why_")
    }


def test_no_words_stand_there_for_nothing() -> None:
    keys = {key.removeprefix("timeline.") for key in catalog("en").all if key.startswith("timeline.")}
    spoken = {key for key in keys if not key.startswith("why_") and not key.endswith(".one")}
    assert spoken - told_kinds() == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_toasts_and_standings_have_words(locale: str) -> None:
    words = catalog(locale)
    for toast in ("download_done", "download_failed"):
        assert words.has(f"toast.{toast}")
        assert words.has(f"toast.{toast}_text")
    for standing in get_args(ConfirmRow.model_fields["standing"].annotation):
        assert words.has(f"console.standing_{standing}")


def test_the_toast_of_a_failed_download_is_exactly_this() -> None:
    """I-2.6."""
    assert catalog("zh_CN").t("toast.download_failed") == "投保单下载失败请联系管理员"


def test_choices_fit_the_protocol() -> None:
    allowed = get_args(Question.model_fields["kind"].annotation)
    assert set(shape.CHOICES) <= set(allowed)


@pytest.mark.parametrize(
    ("outcome", "error", "reason"),
    [
        ("failed", "timeout", "timeout"),
        ("failed", "http_502", "http"),
        ("failed", "anything a page made up", "failed"),
        ("failed", None, "failed"),
        ("answered", None, "whoami_unreadable"),
    ],
)
def test_a_failed_query_has_a_reason_in_our_own_words(outcome: str, error: str | None, reason: str) -> None:
    told: dict[str, object] = {"re": uid(), "outcome": outcome, "error": error, "took": 1}
    nothing: dict[str, object] = {"whoami": None, "lines": [], "data": []}
    assert why(JobResult.model_validate(told | nothing)) == reason
