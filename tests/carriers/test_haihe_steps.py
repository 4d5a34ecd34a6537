"""The carrier haihe: what is still to be done (docs/carriers.md)."""

from tests.carriers.steps import next_step


def test_the_carrier_is_whole() -> None:
    step = next_step("haihe")
    assert step is None, step
