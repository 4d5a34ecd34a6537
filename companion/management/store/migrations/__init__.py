"""Revisions of the management system's database."""

PACKAGE = __name__
HEAD = "0005"
"""The newest revision; a test holds that it is."""
