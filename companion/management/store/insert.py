"""Insert unless it is there: where two of the same meet, the database decides."""

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from companion.management.store.tables import Table


def insert_if_new(session: Session, row: Table) -> bool:
    """Insert a row; False when one of its unique keys was there before, which then stays as it is."""
    table = inspect(type(row)).local_table
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values: dict[str, Any] = {column.name: getattr(row, column.name) for column in table.columns}
    keys = list(table.primary_key.columns)
    stored = session.execute(insert(table).values(values).on_conflict_do_nothing().returning(*keys))
    return stored.first() is not None
