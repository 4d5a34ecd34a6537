"""One-time links into the console and the desk's own pages."""

from typing import Literal

from companion.management.client import OfficeClient
from companion.web.links import Links, entry_path

Page = Literal["console", "first_run", "diagnostics"]


class Doors:
    """Makes links that work once and for a minute."""

    def __init__(self, client: OfficeClient, links: Links, office: str) -> None:
        self._client = client
        self._links = links
        self._office = office.rstrip("/")
        self.address = ""
        """Origin of the desk's own site; known once it listens."""

    async def link(self, page: Page, proposal: str | None = None) -> str:
        """A link to a page. Raises OfficeAway or OfficeRefused for the console."""
        if page != "console":
            return self.address + entry_path("/desk", await self._links.create(f"/desk/{page}"))
        url = await self._client.link(f"/console/proposals/{proposal}" if proposal else "/console")
        # A management system beside the daemon does not know at which port its console is shown.
        return url if "://" in url else (self._office or self.address) + url
