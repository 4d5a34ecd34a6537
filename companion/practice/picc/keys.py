"""What the portal's routes have in common: where state hangs, and the questions that only look."""

import asyncio

from aiohttp import web

from companion.practice.picc import pages
from companion.practice.picc.logins import Clerk
from companion.practice.picc.portal import Portal

PORTAL = web.AppKey("portal", Portal)
CLERK = web.RequestKey("clerk", Clerk)
COOKIE = "JSESSIONID"


async def trouble(request: web.Request) -> web.Response | None:
    """What a mood answers instead, to a question that only looks; in `slow_query` it takes its time first."""
    portal = request.app[PORTAL]
    if "slow_query" in portal.moods:
        await asyncio.sleep(portal.moods["slow_query"])
    if "maintenance" in portal.moods:
        return pages.page("maintenance.html")
    return pages.login_page() if "html_instead_of_json" in portal.moods else None


def numbers(joined: str) -> list[str]:
    """Numbers joined by commas."""
    return [number for part in joined.split(",") if (number := part.strip())]


def modes(portal: Portal, *names: str) -> str:
    """Which of these moods are in force, for a page's script."""
    return " ".join(name for name in names if name in portal.moods)
