"""Where the web application keeps what its handlers share."""

from aiohttp import web

from companion.practice.cpic.logins import Clerk
from companion.practice.cpic.portal import Portal

PORTAL = web.AppKey("portal", Portal)
CLERK = web.RequestKey("clerk", Clerk)
COOKIE = "JSESSIONID"
