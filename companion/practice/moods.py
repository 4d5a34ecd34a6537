"""The moods of a practice portal: what real portals do to their clerks, switched on by name."""

from collections.abc import Iterable

SECONDS = {
    "slow_query": 20.0,
    "late_query": 5.0,
    "pushed_result": 3.0,
    "short_session": 5.0,
    "manual_underwriting": 5.0,
    "auto_paid": 5.0,
    "late_policy": 5.0,
    "large_file": 50.0,
}
"""Moods that take time, and how long unless told otherwise (`large_file`: how many megabytes)."""
COMMON = frozenset(
    {
        "network_only",
        "page_only",
        "slow_query",
        "late_query",
        "logged_out",
        "save_refused",
        "maintenance",
        "busy_grid",
        "strict_csp",
    }
)
"""The moods that every portal has."""

Moods = dict[str, float]
"""Moods in force, with their seconds (0 where they take none)."""


def parse(words: Iterable[str], known: frozenset[str]) -> Moods:
    """Read `NAME` or `NAME=SECONDS` words. Raises ValueError for what is none of the known moods."""
    moods: Moods = {}
    for word in words:
        name, _, seconds = word.partition("=")
        if name not in known:
            raise ValueError(f"no such mood: {name} (there are: {', '.join(sorted(known))})")
        if seconds and name not in SECONDS:
            raise ValueError(f"{name} takes no time")
        moods[name] = float(seconds) if seconds else SECONDS.get(name, 0.0)
    return moods
