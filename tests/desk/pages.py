"""How a test gets into local pages: by a link that a browser asked for, as a clerk does."""

import aiohttp

from companion.protocol import ConsoleLink, ConsoleRequest
from tests.desk.browser import Browser, new_id


def link(browser: Browser, page: str) -> str:
    """A one-time link to a page."""
    browser.send(ConsoleRequest.model_validate({"id": new_id(), "page": page, "proposal": None}))
    return browser.expect(ConsoleLink).url


def visitor() -> aiohttp.ClientSession:
    """A web browser's session: keeps the cookie of a loopback site."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Accept": "text/html"})


async def page(link: str, url: str) -> str:
    """Enter by the link, then read a page."""
    async with visitor() as session:
        async with session.get(link) as entered:
            assert entered.status == 200
        async with session.get(url) as shown:
            assert shown.status == 200
            return await shown.text()
