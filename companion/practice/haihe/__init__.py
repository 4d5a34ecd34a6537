"""A portal in the style of a Vue desk: one page, hash routes, JSON with a bearer token (README.md)."""

from companion.practice.haihe.app import make_app
from companion.practice.haihe.book import Portal

HOST = "haihe.localhost"

__all__ = ["HOST", "Portal", "make_app"]
