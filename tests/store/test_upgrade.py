"""A database of the first release, with rows in it, becomes one of this release: nothing is lost."""

from datetime import UTC, datetime

from sqlalchemy import Connection, text
from sqlmodel import Session, select

from companion.db.engine import Database
from companion.db.migrations import config, migrate
from companion.management.store.migrations import PACKAGE
from companion.management.store.tables import Line, Proposal
from companion.management.store.work_tables import Confirm, Download

AT = datetime(2026, 3, 2, 1, 12, tzinfo=UTC)


def first_release(connection: Connection) -> None:
    from alembic import command

    command.upgrade(config(PACKAGE, connection), "0001")
    rows = {
        "device": {"id": "d1", "name": "local", "created_at": AT},
        "proposal": {
            "id": "p1",
            "state": "QUOTED",
            "carrier": "carrier_a",
            "device_id": "d1",
            "created_at": AT,
            "updated_at": AT,
        },
        "sighting": {
            "id": "s1",
            "state": "cancelled",
            "carrier": "carrier_a",
            "kind": "quote_saved",
            "origin": "http://a.localhost",
            "created_at": AT,
        },
        "download": {
            "id": "w1",
            "carrier": "carrier_a",
            "origin": "http://a.localhost",
            "device_id": "d1",
            "failures": 0,
            "waits_for_session": False,
            "state": "done",
            "kind": "proposal",
            "source": "auto_quote",
            "proposal_id": "p1",
            "numbers": '["TDAA1"]',
            "attempts": 1,
            "created_at": AT,
        },
        "confirm": {
            "id": "c1",
            "carrier": "carrier_a",
            "origin": "http://a.localhost",
            "device_id": "d1",
            "failures": 0,
            "waits_for_session": False,
            "state": "confirmed",
            "kind": "quote_saved",
            "numbers": '["TDAA1"]',
            "numbers_key": "TDAA1",
            "seen_by": "d1",
            "seen_in": "i1",
            "place": "{}",
            "hinted_at": AT,
            "rehinted": False,
            "started_at": AT,
            "tries": 1,
            "proposal_id": "p1",
        },
    }
    for table, row in rows.items():
        _insert(connection, table, row)
    for number, owner in (("TDAA1", {"proposal_id": "p1"}), ("TDAA2", {"sighting_id": "s1"})):
        line = {"id": number, "carrier": "carrier_a", "number": number, "revised": 1, "voided": False}
        told = {"underwriting": "none", "raw_status": "", "coverages": "[]"}
        _insert(connection, "line", line | told | owner)


def _insert(connection: Connection, table: str, row: dict[str, object]) -> None:
    stored = {name: _plain(connection, value) for name, value in row.items()}
    names, values = ", ".join(stored), ", ".join(f":{name}" for name in stored)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), stored)


def _plain(connection: Connection, value: object) -> object:
    """SQLite has no time of its own."""
    if isinstance(value, datetime) and connection.dialect.name == "sqlite":
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value


def read(session: Session) -> tuple[list[Line], Confirm, Download, Proposal]:
    lines = list(session.exec(select(Line).order_by(Line.number)))
    confirm = session.exec(select(Confirm)).one()
    return lines, confirm, session.exec(select(Download)).one(), session.exec(select(Proposal)).one()


async def test_rows_of_the_first_release_are_still_there(database: Database) -> None:
    await database.alter(first_release)
    await migrate(database, PACKAGE)
    (known, cancelled), confirm, download, proposal = await database.read(read)
    assert (known.proposal_id, known.replaced, known.declined, known.quote_number) == ("p1", False, 0, None)
    assert (cancelled.declined, confirm.query, confirm.asked) == (1, "confirm", [])
    assert (download.quick_id, download.policy_number, download.numbers) == (None, None, ["TDAA1"])
    assert (proposal.agency_fields, proposal.created_at) == ({}, AT)
