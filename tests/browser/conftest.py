"""Real browsers with the practice package, a real daemon, a real keyring, a practice portal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from scripts.stage.package import build
from scripts.stage.theatre import Theatre, theatre

BROWSERS = ["chromium", "firefox"]
Stage = Callable[..., Theatre]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension's packages, built once per test process."""
    return build(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def stage(tmp_path: Path, packages: Path) -> Iterator[Stage]:
    """Sets everything up but a browser; `stage(locale=…, database=…)`."""
    with ExitStack() as stack:

        def set_up(**options: Any) -> Theatre:
            running: AbstractContextManager[Theatre] = theatre(tmp_path, packages, **options)
            return stack.enter_context(running)

        yield set_up
        # Shown by pytest when the test fails.
        for log in [*tmp_path.glob("desk/*.log"), *tmp_path.glob("*.jsonl")]:
            sys.stdout.write(f"──── {log.name}\n{log.read_text(encoding='utf-8')[-6000:]}\n")
