"""Waiting for a condition, with a deadline and an error that says what did not happen."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE = 0.05
"""Seconds between two looks."""


class NeverHappenedError(AssertionError):
    """A condition that did not come true in time."""


def until(look: Callable[[], T | None], what: str, within: float = 20) -> T:
    """Look again and again until there is an answer and return it. Raises NeverHappenedError.

    What counts as false is no answer: an empty list is what a look finds before anything has happened.
    """
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise NeverHappenedError(f"within {within:g} s: {what}")
        time.sleep(PAUSE)
