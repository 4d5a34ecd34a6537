"""Revisions of desk.db."""

HEAD = "0001"
"""The newest revision."""
