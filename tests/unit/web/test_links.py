"""A link works once and for a minute; a session lasts a working day."""

from datetime import timedelta

from companion.web.links import LINK_LIFE, SESSION_LIFE, MemoryLinks, form_token
from tests.unit.web.served import HandClock

MOMENT = timedelta(milliseconds=1)


async def test_a_link_works_once() -> None:
    links = MemoryLinks(HandClock())
    key = await links.create("/desk/diagnostics")
    entry = await links.redeem(key)
    assert entry is not None
    assert entry.path == "/desk/diagnostics"
    assert await links.live(entry.session)
    assert await links.redeem(key) is None


async def test_a_link_works_for_a_minute() -> None:
    clock = HandClock()
    links = MemoryLinks(clock)
    first, second = await links.create("/desk/"), await links.create("/desk/")
    clock.pass_(LINK_LIFE - MOMENT)
    assert await links.redeem(first) is not None
    clock.pass_(MOMENT)
    assert await links.redeem(second) is None


async def test_a_session_ends() -> None:
    clock = HandClock()
    links = MemoryLinks(clock)
    entry = await links.redeem(await links.create("/desk/"))
    assert entry is not None
    clock.pass_(SESSION_LIFE - MOMENT)
    assert await links.live(entry.session)
    clock.pass_(MOMENT)
    assert not await links.live(entry.session)


async def test_the_store_holds_no_secret() -> None:
    links = MemoryLinks(HandClock())
    key = await links.create("/desk/")
    assert key not in repr(vars(links))
    entry = await links.redeem(key)
    assert entry is not None
    assert entry.session not in repr(vars(links))
    assert entry.session not in form_token(entry.session)
