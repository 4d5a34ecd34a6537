"""A core system in the style of PICC 人保: framesets, dotted ids, GBK, plain-text answers (README.md)."""

from companion.practice.picc.app import make_app
from companion.practice.picc.logins import CLERKS
from companion.practice.picc.portal import Portal

HOST = "picc.localhost"

__all__ = ["CLERKS", "HOST", "Portal", "make_app"]
