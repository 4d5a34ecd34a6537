"""The app mounted at /console: site, rooms, live updates."""

from collections.abc import Collection
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from companion.management import queries
from companion.management.console import (
    codes,
    downloads,
    files,
    notifications,
    proposals,
    questions,
    tones,
    visits,
)
from companion.management.console.page import OFFICE, clerk, failure, source
from companion.management.links import TableLinks
from companion.management.server import Office
from companion.web.guard import Gate
from companion.web.live import Live
from companion.web.site import Site, make_site

BASE = "/console"
ROOMS = ("proposals", "questions", "downloads", "notifications")


def make_console(office: Office, origins: Collection[str] = ()) -> web.Application:
    """The console of a management system, to be mounted at /console.

    `origins` are those by which a team's server is reached, beside its own loopback address.
    """
    # Through the API desks ask the same store for links.
    links = office.links = TableLinks(office.database, office.clock)
    site = Site(
        gate=Gate(BASE, links, frozenset(origins)),
        rooms=ROOMS,
        templates=Path(__file__).parent / "templates",
        locale=office.settings.locale,
        zone=ZoneInfo(office.settings.timezone),
        words={
            "state_tones": tones.STATES,
            "download_tones": tones.DOWNLOADS,
            "underwriting_tones": tones.UNDERWRITING,
            "standing_tones": tones.STANDINGS,
            "retryable": tones.RETRYABLE,
            "source": source,
            "failure": failure,
            "clerk": clerk,
        },
    )
    app = make_site(site)
    app[OFFICE] = office
    app.router.add_get("", _home)
    app.router.add_get("/", _home)
    for room in (visits, files, codes, proposals, questions, downloads, notifications):
        app.router.add_routes(room.routes)

    async def fingerprint() -> str:
        return await office.database.read(queries.fingerprint)

    Live(fingerprint).attach(app)
    return app


async def _home(_request: web.Request) -> web.Response:
    raise web.HTTPSeeOther(f"{BASE}/proposals")
