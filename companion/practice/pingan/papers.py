"""Policies as files of the main host: the electronic one, and the one that is printed."""

import asyncio

from aiohttp import web

from companion.practice.pages import Handler
from companion.practice.pingan import files, pages
from companion.practice.pingan.keys import CLERK, COOKIE, INSIDE, PORTAL
from companion.practice.sending import Parcel, send

MEGABYTE = 1_000_000


def _handing_out(paper: files.Paper) -> Handler:
    """A handler for a form with a `policyNo`: a PDF with a Chinese name, or a page that says why not."""

    async def hand_out(request: web.Request) -> web.StreamResponse:
        portal, clerk = request.app[PORTAL], request[CLERK]
        if "maintenance" in portal.moods:
            return pages.page("maintenance.html", "gbk")
        number = str((await request.post()).get("policyNo", "")).strip()
        found = portal.book.policy(number, portal.clock.now())
        if found is None:
            return pages.page("missing.html")
        padding = int(portal.moods.get("large_file", 0) * MEGABYTE)
        body = await asyncio.to_thread(files.policy_pdf, *found, paper, padding)
        breaks = "session_expiry_mid_download" in portal.moods
        parcel = Parcel(files.policy_name(*found, paper), body, breaks)

        def note(sent: bytes, whole: bool) -> None:
            portal.note_file(number, clerk, sent, whole, paper)

        response, broke = await send(request, parcel, note)
        if broke:
            portal.logins.end(request.cookies.get(COOKIE))
            portal.ledger.write("session_ended", clerk.um)
        return response

    return hand_out


routes = [
    web.post(f"{INSIDE}/do/app/policy/downloadEPolicy", _handing_out("epolicy")),
    web.post(f"{INSIDE}/do/app/policy/printPolicy", _handing_out("policy")),
]
