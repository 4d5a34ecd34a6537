"""A private desktop per module, and a running desk per test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.stage.desktop import Desktop, private_desktop
from tests.desk.browser import Browser
from tests.desk.office import Office, beside
from tests.desk.running import RunningDesk, running_desk


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """Bus, unlocked keyring, recording notification server."""
    with private_desktop(tmp_path_factory.mktemp("desktop")) as found:
        yield found


@pytest.fixture
def desk(desktop: Desktop, tmp_path: Path) -> Iterator[RunningDesk]:
    """A daemon with its management system beside it."""
    with running_desk(desktop, tmp_path / "desk") as running:
        yield running


@pytest.fixture
def office(desk: RunningDesk) -> Office:
    return beside(desk.socket, desk.home)


@pytest.fixture
def browser(desk: RunningDesk) -> Iterator[Browser]:
    """A browser that said hello and holds a live session."""
    with Browser(desk.socket) as connected:
        connected.hello().log_in()
        yield connected
