"""Which browser is used, and which packages run.py therefore asks for."""

from pathlib import Path

import pytest

from scripts import bootstrap
from scripts.stage import programs


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all programs of a machine that has none yet."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def _install(folder: Path, name: str) -> str:
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return str(program)


def test_a_machine_without_a_browser_is_given_chromium(machine: Path) -> None:
    assert programs.browser() is None
    assert set(bootstrap.CHROMIUM_PACKAGES) < set(bootstrap.run_packages(tour=False))
    with pytest.raises(FileNotFoundError):
        programs.chromium()


@pytest.mark.parametrize(("name", "by_flag"), [("google-chrome", False), ("vivaldi", True)])
def test_another_browser_is_enough_but_for_the_tour(machine: Path, name: str, by_flag: bool) -> None:
    path = _install(machine, name)
    assert programs.browser() == programs.Program(path, by_flag)
    assert bootstrap.run_packages(tour=False) == bootstrap.DESKTOP_PACKAGES
    assert {*bootstrap.CHROMIUM_PACKAGES, *bootstrap.NODE_PACKAGES} < set(bootstrap.run_packages(tour=True))


def test_a_browser_that_needs_no_clicks_is_preferred(machine: Path) -> None:
    _install(machine, "google-chrome")
    path = _install(machine, "chromium-browser")
    assert programs.browser() == programs.Program(path, True)
    assert programs.chromium() == path


def test_debian_s_own_is_started_without_its_wrapper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    assert programs.chromium() == "/usr/lib/chromium/chromium"
    found = programs.browser()
    assert found is not None
    assert found.from_debian
    assert set(bootstrap.CHROMIUM_PACKAGES) < set(bootstrap.run_packages(tour=False))
