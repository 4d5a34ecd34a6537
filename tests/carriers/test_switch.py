"""The page at /moods, by which a person puts a portal into its moods."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import aiohttp
import pytest

from companion.practice import moods
from tests.carriers.conftest import Practice, Session, running
from tests.carriers.test_moods import PORTALS

TIMED = sorted(name for name, portal in PORTALS.items() if moods.COMMON <= portal.MOODS)
"""Carriers whose portals have moods that take time."""


class Person(Session):
    """Somebody at the switch."""

    def __init__(self, portal: Practice) -> None:
        super().__init__(f"http://127.0.0.1:{urlsplit(portal.origin).port}")
        self._headers = {"Host": urlsplit(portal.origin).netloc}

    async def look(self, path: str = "/moods") -> str:
        """What stands at a path that nobody needs to log in for."""
        async with self.http.get(path, headers=self._headers) as answer:
            assert answer.status == 200
            return await answer.text()

    async def press(self, button: str, **fields: str) -> str:
        """Press a button; the page that comes."""
        body = aiohttp.FormData({**fields, "act": button})
        async with self.http.post("/moods", data=body, headers=self._headers) as answer:
            return await answer.text()


@pytest.fixture(params=sorted(PORTALS))
def carrier(request: pytest.FixtureRequest) -> str:
    """Each carrier in turn."""
    return str(request.param)


@pytest.fixture
def portal(carrier: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """Its portal, in no particular mood."""
    with running(carrier, tmp_path_factory.mktemp("switch") / "ledger.jsonl") as portal:
        yield portal


async def test_every_mood_of_a_portal_can_be_switched(carrier: str, portal: Practice) -> None:
    async with Person(portal) as person:
        page = await person.look()
        assert "text/css" not in page
        assert "tr.on" in await person.look("/moods/style.css")
    for name in PORTALS[carrier].MOODS:
        assert f'name="{name}"' in page
        assert moods.WORDS[name] in page


@pytest.mark.parametrize("carrier", TIMED, indirect=True)
async def test_ticked_moods_are_in_force_and_shown(portal: Practice) -> None:
    fields = {"slow_query": "1", "slow_query.seconds": "2.5", "busy_grid": "1", "late_query.seconds": "9"}
    async with Person(portal) as person:
        page = await person.press("apply", **fields)
        assert portal.entries("moods")[-1]["moods"] == {"slow_query": 2.5, "busy_grid": 0}
        assert page.count(" checked") == page.count('class="on"') == 2
        assert 'value="2.5"' in page
        assert " checked" not in await person.press("none", **fields)
    assert portal.entries("moods")[-1]["moods"] == {}
    assert portal.mood("busy_grid") == {"moods": {"busy_grid": 0}}


async def test_chance_may_choose(carrier: str, portal: Practice) -> None:
    async with Person(portal) as person:
        await person.press("random")
    drawn = portal.entries("moods")[-1]["moods"]
    assert 1 <= len(drawn) <= 3
    assert drawn.keys() <= PORTALS[carrier].MOODS


@pytest.mark.parametrize("carrier", TIMED, indirect=True)
@pytest.mark.parametrize("seconds", ["soon", "-1", "nan", "1e9"])
async def test_odd_figures_change_nothing(portal: Practice, seconds: str) -> None:
    async with Person(portal) as person:
        page = await person.press("apply", slow_query="1", **{"slow_query.seconds": seconds})
    assert 'id="said"' in page
    assert portal.entries("moods") == []
