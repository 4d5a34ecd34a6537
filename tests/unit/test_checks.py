"""The verdict of scripts/test.py on what pytest did."""

from pathlib import Path

import pytest

from scripts import checks

GOOD, BAD = "", '<failure message="no"/>'


def case(node: str, fate: str, *, browser: bool = False) -> str:
    """A test in a report, as tests/kinds.py notes it."""
    kind = "browser" if browser else "unit"
    noted = {"kind": kind, "node": node, "browser": browser}
    properties = "".join(f'<property name="{name}" value="{value}"/>' for name, value in noted.items())
    return f'<testcase name="{node}" time="1"><properties>{properties}</properties>{fate}</testcase>'


class Runs:
    """pytest as if it had been run: each run ends with the next of these statuses and reports."""

    def __init__(self, *runs: tuple[int, list[str] | None]) -> None:
        self._runs = iter(runs)
        self.words: list[tuple[str, ...]] = []

    def __call__(self, _module: str, *words: str) -> checks.Done:
        status, cases = next(self._runs)
        self.words.append(words)
        if cases is not None:
            report = Path(words[words.index("--junit-xml") + 1])
            report.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
        return checks.Done(status, f"what run {len(self.words)} said", 1.0)


def verdict(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Which kinds of results are good."""
    monkeypatch.setattr(checks, "python", runs)
    return {result.kind: result.good for result in checks.pytest(fast=False, words=None)}


def test_all_good(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict(Runs((0, [case("a", GOOD)])), monkeypatch) == {"unit": True}


def test_a_failure_is_that_of_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [case("a", BAD), case("b", GOOD, browser=True)]
    assert verdict(Runs((1, cases)), monkeypatch) == {"unit": False, "browser": True}


@pytest.mark.parametrize(
    "run", [(3, [case("a", GOOD)]), (1, [case("a", GOOD)]), (2, [case("a", BAD)]), (0, None), (1, None)]
)
def test_an_end_that_no_failed_test_explains_is_a_failure(
    run: tuple[int, list[str] | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verdict(Runs(run), monkeypatch)["pytest"] is False


def test_a_browser_that_starved_has_a_second_look(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = Runs((1, [case("a", BAD, browser=True)]), (0, [case("a", GOOD, browser=True)]))
    assert verdict(runs, monkeypatch) == {"browser": True}
    assert "UNSTEADY a" in capsys.readouterr().out


def test_what_fails_twice_fails_and_both_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = Runs((1, [case("a", BAD, browser=True)]), (1, [case("a", BAD, browser=True)]))
    assert verdict(runs, monkeypatch) == {"browser": False}
    told = capsys.readouterr().out
    assert ("what run 1 said" in told, "what run 2 said" in told) == (True, True)


def test_a_second_look_that_breaks_off_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs((1, [case("a", BAD, browser=True)]), (3, [case("a", GOOD, browser=True)]))
    assert verdict(runs, monkeypatch) == {"browser": False}


@pytest.mark.parametrize(
    "cases",
    [
        [case("a", BAD, browser=True), case("b", BAD)],
        [case(str(number), BAD, browser=True) for number in range(checks.MOST_UNSTEADY + 1)],
    ],
)
def test_other_failures_and_many_have_one_try(cases: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs((1, cases))
    assert verdict(runs, monkeypatch)["browser"] is False
    assert len(runs.words) == 1
