"""A reader with cookies: enters a site by a link, reads pages, sends forms as a browser would."""

import re
from dataclasses import dataclass
from html import unescape

from companion.web.links import Links, entry_path
from tests.unit.web.served import Served


@dataclass
class Answer:
    """What came back: status, text, and where the reader is now."""

    status: int
    text: str
    path: str

    @property
    def plain(self) -> str:
        """The words of the page: no markup, single spaces."""
        body = re.sub(r"<(script|style).*?</\1>", "", self.text, flags=re.S)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


class Reader:
    """One browser profile on one site."""

    def __init__(self, site: Served, base: str, links: Links) -> None:
        self._site, self._base, self._links = site, base, links
        self._token = ""

    async def enter(self, path: str) -> Answer:
        """Follow a new one-time link to `path`."""
        key = await self._links.create(self._base + path)
        answer = await self.get(entry_path("", key))
        assert answer.status == 200
        return await self.get(path)

    async def get(self, path: str) -> Answer:
        """Read a page below the base."""
        url, headers = self._site.url(self._base + path), {"Accept": "text/html"}
        async with self._site.client.get(url, headers=headers) as answer:
            text = await answer.text()
            if found := re.search(r'data-token="([0-9a-f]{64})"', text):
                self._token = found[1]
            return Answer(answer.status, text, answer.url.path_qs)

    async def bytes(self, path: str) -> bytes:
        """What stands at an address that is no page."""
        async with self._site.client.get(self._site.url(self._base + path)) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
            return await answer.read()

    async def post(self, path: str, **form: str) -> Answer:
        """Send a form of the page read last."""
        url = self._site.url(self._base + path)
        headers = {"Origin": self._site.origin, "Accept": "text/html"}
        async with self._site.client.post(url, data={"token": self._token} | form, headers=headers) as answer:
            return Answer(answer.status, await answer.text(), answer.url.path_qs)
