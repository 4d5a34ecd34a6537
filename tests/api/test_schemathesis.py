"""Whatever fits the API's own document, or just does not, is answered without a defect of ours."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok

from companion.db.engine import Database
from tests.api.conftest import Served, serve
from tests.postgres import KEY

EXAMPLES = 12
"""For each operation."""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, str]]:
    """A server on a thread of its own, for a client that blocks; its URL and a device token."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="office")
    thread.start()

    def there(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(30)

    database = Database.sqlite(folder / "management.db", KEY)
    served: Served = there(serve(database, folder))
    code = there(served.office.enrolment_code())
    enrolled = requests.post(f"{served.url}/api/v1/devices", json={"code": code, "name": "x"}, timeout=30)
    yield served.url, enrolled.json()["token"]
    there(served.running.close())
    there(database.close())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_nothing_makes_it_fail(tmp_path: Path) -> None:
    with serving(tmp_path) as (url, token):
        document = requests.get(f"{url}/api/v1/openapi.json", timeout=30).json()
        schema = schemathesis.openapi.from_dict(document)
        operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
        assert len(operations) >= 19
        for operation in operations:
            answers = _attack(operation, url, token)
            assert len(answers) >= 1, operation.label


def _attack(operation: Any, url: str, token: str) -> list[int]:
    answers: list[int] = []

    @given(case=operation.as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def attack(case: Any) -> None:
        response = case.call(base_url=url, headers={"Authorization": f"Bearer {token}"})
        case.validate_response(response, checks=[not_a_server_error])
        answers.append(response.status_code)

    attack()
    return answers
