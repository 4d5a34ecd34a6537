"""Tables and migrations of the management system."""

from companion.management.store import file_tables, signal_tables, visit_tables, work_tables

__all__ = ["file_tables", "signal_tables", "visit_tables", "work_tables"]
