"""The text behind 复制诊断信息: what a maintainer needs, nothing about people (no log-in names either)."""

from collections import Counter

from companion.clock import from_ms
from companion.desk.pages.view import Diagnostics, ProfileView
from companion.protocol import Millis


def report(diagnostics: Diagnostics) -> str:
    """Plain lines in English, whatever the page's language: maintainers read them. Times in UTC."""
    sessions = Counter(session.carrier for session in diagnostics.sessions)
    lines = [
        *(f"{name}: {version}" for name, version in diagnostics.versions),
        *(
            f"lamp {lamp.name}: {lamp.state}{f' ({lamp.detail})' if lamp.detail else ''}"
            for lamp in diagnostics.lamps
        ),
        f"waiting: {diagnostics.waiting}" + _since(diagnostics.oldest_waiting),
        *(f"session {carrier}: {count}" for carrier, count in sorted(sessions.items())),
        *(_profile(profile) for profile in diagnostics.profiles),
        *(
            f"drift {_utc(drift.at)} {profile.carrier} {drift.what} {drift.rule}"
            for profile in diagnostics.profiles
            for drift in profile.drifts
        ),
        *(f"stuck {_utc(row.at)} {row.kind} {row.code} {row.id}" for row in diagnostics.stuck),
        *(f"error {_utc(row.at)} {row.code} {row.detail}" for row in diagnostics.troubles),
    ]
    return "\n".join(lines)


def _profile(profile: ProfileView) -> str:
    reason = f" ({profile.reason})" if profile.reason else ""
    return f"profile {profile.carrier} {profile.hash[:12]} {profile.state}{reason}"


def _since(oldest: Millis | None) -> str:
    return "" if oldest is None else f" since {_utc(oldest)}"


def _utc(at: Millis) -> str:
    return f"{from_ms(at):%Y-%m-%dT%H:%M:%SZ}"
