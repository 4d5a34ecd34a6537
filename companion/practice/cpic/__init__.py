"""An agents' portal in the style of CPIC 太保: static pages, JSON envelopes, no frames (README.md)."""

from companion.practice.cpic.app import make_app
from companion.practice.cpic.logins import CLERKS
from companion.practice.cpic.portal import Portal

HOST = "cpic.localhost"

__all__ = ["CLERKS", "HOST", "Portal", "make_app"]
