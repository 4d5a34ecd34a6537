"""What the API says to requests that are not as agreed: a problem, a number, no word of the sender."""

import json
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlmodel import Session

from companion.management import people
from companion.management.server import start
from companion.management.store.tables import Proposal
from companion.management.wire import Problem
from tests.api.conftest import Served
from tests.unit.management.portal import hint, uid

SECRET = "粤B99999"
ANSWER = {"type": "answer", "question": uid(), "choice": "yes", "remark": None, "customer": None}
NOBODY = "00000000-0000-4000-8000-000000000000"


async def ask(served: Served, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(served.socket))) as session,
        session.request(method, f"http://office/api/v1{path}", data=BytesIO(body or b"")) as response,
    ):
        if response.status >= 400:
            assert response.content_type == "application/problem+json"
            Problem.model_validate_json(await response.read())
        return response.status, await response.json(content_type=None)


def event(**changes: Any) -> bytes:
    whole = json.loads(hint("TDAA00000001").model_dump_json())
    whole["body"] |= changes
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, 102),
        (b"{", 400, 102),
        (b"[]", 400, 107),
        (b'{"a": NaN}', 400, 103),
        (b'{"a": 1, "a": 2}', 400, 104),
        (b"\xff\xfe{}", 400, 105),
        (b'{"a": "\\ud800"}', 400, 105),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", 400, 106),
        (b"{}", 422, 113),
        (event(numbers=[]), 422, 113),
        (event(numbers=[SECRET]), 422, 113),
        (event(at=1.5), 422, 113),
        (event(kind=SECRET), 422, 113),
        (event(type="hello"), 422, 113),
        (event(**{SECRET: 1}), 422, 113),
        (event(**ANSWER, fields={SECRET: "x"}), 422, 113),
        (b" " * (3 * 1024 * 1024), 413, 101),
    ],
)
async def test_bad_bodies(served: Served, body: bytes, status: int, code: int) -> None:
    answered, problem = await ask(served, "POST", "/events", body)
    assert (answered, problem["code"]) == (status, code)
    assert SECRET not in json.dumps(problem, ensure_ascii=False)
    assert (await ask(served, "POST", "/events", event()))[0] == 200


@pytest.mark.parametrize("origin", ["http://picc.example:99999", "http://portal..cn", "http://1.2.3", "picc"])
async def test_an_address_that_no_browser_takes_is_refused(served: Served, origin: str) -> None:
    given = {"carrier": "carrier_a", "origin": origin, "login": "clerk01", "institution": ""}
    answered, problem = await ask(served, "POST", "/accounts", json.dumps(given).encode())
    assert (answered, problem["code"]) == (422, 113)
    assert problem["detail"].startswith("origin")


async def test_a_proposal_that_was_quoted_meanwhile_is_not_changed(served: Served) -> None:
    account = {"carrier": "carrier_a", "origin": "http://a.example", "login": "clerk01", "institution": ""}
    assert (await ask(served, "POST", "/accounts", json.dumps(account).encode()))[0] == 200
    typed = json.dumps({"carrier": "carrier_a", "plate": "粤B12345"}).encode()
    _, kept = await ask(served, "POST", "/proposals", typed)

    def quote(session: Session) -> None:
        session.get_one(Proposal, kept["id"]).state = "QUOTED"

    await served.office.write(quote)
    answered, problem = await ask(served, "PUT", f"/proposals/{kept['id']}", typed)
    assert (answered, problem["code"], problem["detail"]) == (409, 302, "other_state")


async def test_the_501st_account_is_refused_in_a_sentence(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST_ACCOUNTS", 0)
    given = {"carrier": "carrier_a", "origin": "http://a.example", "login": "clerk01", "institution": ""}
    answered, problem = await ask(served, "POST", "/accounts", json.dumps(given).encode())
    assert (answered, problem["code"], problem["detail"]) == (409, 302, "at most 500 issuing accounts")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("DELETE", "/proposals", 405),
        ("GET", "/proposals/none", 422),
        ("GET", f"/proposals/{NOBODY}", 404),
        ("POST", f"/downloads/{NOBODY}/retry", 404),
        ("POST", f"/confirms/{NOBODY}/retry", 404),
        ("GET", "/proposals?limit=0", 422),
        ("GET", "/proposals?limit=many", 422),
        ("GET", "/proposals?sort=password", 422),
        ("GET", "/proposals?surprise=1", 422),
        ("GET", "/downloads?state=lost", 422),
        ("GET", "/commands", 400),
    ],
)
async def test_bad_requests(served: Served, method: str, path: str, status: int) -> None:
    assert (await ask(served, method, path))[0] == status


@pytest.mark.parametrize(
    "path",
    [
        "/proposals?state=QUOTED&text=B1&sort=plate&order=asc&limit=5",
        "/downloads?state=failed&kind=proposal&source=auto_quote&sort=insured&since=0&until=9999999999999",
        "/questions",
        "/confirms",
        "/timeline?limit=3",
        "/notifications?offset=1",
        "/customers?text=x",
        "/accounts",
        "/health",
    ],
)
async def test_empty_lists_are_lists(served_on_both: Served, path: str) -> None:
    status, answer = await ask(served_on_both, "GET", path)
    assert status == 200
    assert answer.get("rows", []) == []


async def test_the_document_is_openapi_31(served: Served) -> None:
    status, document = await ask(served, "GET", "/openapi.json")
    assert (status, document["openapi"]) == (200, "3.1.0")
    OpenAPIV31SpecValidator(document).validate()
    assert len(document["paths"]) >= 15


async def test_without_a_token_only_three_doors_are_open(served: Served) -> None:
    _, document = await ask(served, "GET", "/openapi.json")
    async with aiohttp.ClientSession() as session:
        for path, operations in document["paths"].items():
            for method in operations:
                url = served.url + path.format(id=uid(), digest="0" * 64)
                async with session.request(method, url) as response:
                    opened = path.endswith(("/health", "/devices"))
                    assert (response.status != 401) == opened, path


async def test_the_old_socket_of_a_dead_server_is_replaced(served: Served) -> None:
    await served.running.close()
    again = await start(served.office, socket=served.socket)
    assert (await ask(Served(again, served.socket), "GET", "/health"))[0] == 200
    await again.close()
