"""The console: the management system's rooms for people, mounted at /console."""

from companion.management.console.app import make_console

__all__ = ["make_console"]
