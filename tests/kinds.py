"""Notes what scripts/test.py must know of every test in the report: `pytest -p tests.kinds`."""

from pathlib import Path

import pytest

SLOW = ("faults", "browser")
TESTS = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test's kind is its slow marker, else the first folder it lies in; and whether it drives a browser."""
    for item in items:
        marked = next((name for name in SLOW if item.get_closest_marker(name)), None)
        item.user_properties.append(("kind", marked or item.path.relative_to(TESTS).parts[0]))
        item.user_properties.append(("node", item.nodeid))
        item.user_properties.append(("browser", str(item.get_closest_marker("browser") is not None)))
