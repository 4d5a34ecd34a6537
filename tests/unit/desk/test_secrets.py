"""Secrets: each account under a service of its own, the token of a team beside them, nothing elsewhere."""

from pathlib import Path
from typing import Any, cast

from companion.desk.secrets import Secrets
from companion.home import Home
from companion.management.wire import EnrolOut
from tests.unit.desk.parts import CARRIER, ORIGIN, new_id


class Ring:
    """A keyring in memory that counts how often it is asked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0

    async def get(self, service: str, name: str) -> str | None:
        self.asked += 1
        return self.kept.get((service, name))

    async def set(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret


def secrets(ring: Ring, home: Path) -> Secrets:
    return Secrets(Home(home), cast(Any, ring))


async def test_each_account_of_each_desk_has_a_service_of_its_own(tmp_path: Path) -> None:
    ring = Ring()
    for home in ("one", "two"):
        for login in ("clerk01", "clerk02"):
            await secrets(ring, tmp_path / home).keep_password(CARRIER, ORIGIN, login, f"{home} {login}")
    assert len({service for service, _ in ring.kept}) == 4
    assert sorted(ring.kept.values()) == ["one clerk01", "one clerk02", "two clerk01", "two clerk02"]


async def test_a_page_that_asks_again_and_again_costs_the_keyring_one_look(tmp_path: Path) -> None:
    ring = Ring()
    kept = secrets(ring, tmp_path)
    assert [await kept.has_password(CARRIER, ORIGIN, "clerk01") for _ in range(3)] == [False] * 3
    assert ring.asked == 1
    await kept.keep_password(CARRIER, ORIGIN, "clerk01", "practice-01")
    assert await kept.has_password(CARRIER, ORIGIN, "clerk01") is True
    assert await secrets(ring, tmp_path).has_password(CARRIER, ORIGIN, "clerk01") is True


async def test_an_enrolment_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    ring, given = Ring(), EnrolOut(device=new_id(), token="secret")
    assert await secrets(ring, tmp_path).enrolment() is None
    await secrets(ring, tmp_path).keep_enrolment(given)
    assert await secrets(ring, tmp_path).enrolment() == given
