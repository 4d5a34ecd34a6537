"""A real PostgreSQL for the tests, and every test that asks for `database` run on both databases."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from companion.db.engine import Database
from scripts.stage.waiting import until

KEY = bytes(range(32))
"""The key of SQLCipher files that `database` gives."""
_SETTINGS = ["-c", "deadlock_timeout=100ms"]
_PORT = 5432
"""No port of the machine: it only names the socket, which lies in the cluster's own folder."""
_SERVE = '"$@" & read _; kill -INT $!; wait $!'
"""Ends the server when its standard input ends, so also when the tests are killed."""


class Server:
    """A running PostgreSQL with a database per test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def socket(self) -> Path:
        """Where it listens; nowhere else."""
        return self._folder / f".s.PGSQL.{_PORT}"

    def url(self, name: str) -> str:
        """The address of one of its databases, by its unix socket."""
        return f"postgresql://postgres@/{name}?host={self._folder}&port={_PORT}"

    def execute(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def cluster() -> Iterator[Path]:
    """Make a cluster in a folder of its own. Nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        _hand_over(folder)
        _initialise(folder)
        yield folder


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve a cluster for as long as this lasts; then whoever is connected is thrown out."""
    place = ["-D", "data", "-k", str(folder), "-h", "", "-p", str(_PORT)]
    command = ["sh", "-c", _SERVE, "sh", _program("postgres"), *place, *_SETTINGS]
    with (folder / "log").open("ab") as log, _as_owner(command, folder, log.fileno()) as process:
        running = Server(folder)
        until(lambda: running.answers() or _still(process, folder), "PostgreSQL answers")
        yield running


@contextmanager
def server() -> Iterator[Server]:
    """Make a cluster and serve it."""
    with cluster() as place, serving(place) as running:
        yield running


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """The PostgreSQL of this test process."""
    with server() as running:
        yield running


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"test_{secrets.token_hex(6)}"
    postgresql_server.execute(f"CREATE DATABASE {name}")
    yield postgresql_server.url(name)
    postgresql_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        opened = Database.sqlite(tmp_path / "test.db", KEY)
    else:
        opened = Database.postgresql(request.getfixturevalue("postgresql_url"))
    yield opened
    await opened.close()


def _initialise(folder: Path) -> None:
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    with (
        (folder / "initdb.log").open("wb") as log,
        _as_owner([_program("initdb"), *options, "data"], folder, log.fileno()) as process,
    ):
        status = process.wait()
    assert status == 0, (folder / "initdb.log").read_text()


@contextmanager
def _as_owner(command: list[str], folder: Path, log: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command; PostgreSQL refuses root, therefore then as the user its package made."""
    user = "postgres" if os.getuid() == 0 else None
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        start_new_session=True,
    )
    with process:
        yield process
        assert process.stdin
        process.stdin.close()


def _still(process: subprocess.Popen[bytes], folder: Path) -> bool:
    assert process.poll() is None, (folder / "log").read_text()
    return False


def _hand_over(folder: Path) -> None:
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")


def _program(name: str) -> str:
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(debian[-1]) if debian else shutil.which(name)
    assert found, f"{name} is not installed"
    return found
