"""The desk's own pages on loopback: first run (accounts, recovery key) and diagnostics."""

from companion.desk.pages.app import make_pages
from companion.desk.pages.view import (
    AccountView,
    CarrierChoice,
    DeskView,
    Diagnostics,
    DriftView,
    LampView,
    NotSaved,
    ProfileView,
    StuckView,
    TroubleView,
)

__all__ = [
    "AccountView",
    "CarrierChoice",
    "DeskView",
    "Diagnostics",
    "DriftView",
    "LampView",
    "NotSaved",
    "ProfileView",
    "StuckView",
    "TroubleView",
    "make_pages",
]
