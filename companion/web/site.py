"""A site of local pages: guard, entry by one-time link, language and theme, templates and static files."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from companion.db.errors import StoreError
from companion.web import show
from companion.web.guard import OWN, SESSION, Gate, cookie_name, dress, guard
from companion.web.i18n import LOCALES, Catalog, catalog
from companion.web.links import SESSION_LIFE, form_token

log = structlog.get_logger()

HERE = Path(__file__).parent
STATIC = HERE / "static"
THEMES = ("system", "light", "dark")
LANGUAGE_COOKIE = "chudan_language"
THEME_COOKIE = "chudan_theme"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Site:
    """What differs between sites."""

    gate: Gate
    rooms: tuple[str, ...]
    """The navigation: paths below the base, worded by `web.room_…`."""
    templates: Path
    locale: str
    """The language until the reader chooses one."""
    zone: ZoneInfo
    words: Mapping[str, Any] = field(default_factory=dict)
    """More names for the templates."""


SITE = web.AppKey("site", Site)
PAGES = web.AppKey("pages", jinja2.Environment)


def make_site(site: Site) -> web.Application:
    """An app with everything a room needs; rooms add their routes."""
    app = web.Application(middlewares=[_faults, *guard(site.gate, _refused)])
    app[SITE] = site
    app[PAGES] = _environment(site)
    app.on_response_prepare.append(dress)
    app.router.add_get("/enter", _enter)
    app.router.add_post("/preferences", _prefer)
    app.router.add_get("/static/{name}", _static)
    return app


def words(request: web.Request) -> Catalog:
    """The reader's language: cookie, else the site's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return catalog(chosen if chosen in LOCALES else request.app[SITE].locale)


def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A page from a template, in the reader's language and theme."""
    site, theme = request.app[SITE], request.cookies.get(THEME_COOKIE, "")
    text = words(request)
    html = (
        request.app[PAGES]
        .get_template(template)
        .render(
            t=text.t,
            has=text.has,
            lang=text.tag,
            locale=text.locale,
            theme=theme if theme in THEMES else THEMES[0],
            base=site.gate.base,
            rooms=site.rooms,
            here=request.path_qs,
            token=form_token(session) if (session := request.get(SESSION)) else "",
            **context,
        )
    )
    return web.Response(text=html, status=status, content_type="text/html")


def _environment(site: Site) -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader([site.templates, HERE / "templates"]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        money=show.money,
        moment=_in(site.zone, show.moment),
        day=_in(site.zone, show.day),
        clock_time=_in(site.zone, show.clock_time),
        mask_name=show.mask_name,
    )
    env.globals.update(address=show.address, static=_static_address(site.gate.base), **site.words)
    return env


def _in(zone: ZoneInfo, shown: Callable[[int | None, ZoneInfo], str]) -> Callable[[int | None], str]:
    return lambda milliseconds: shown(milliseconds, zone)


@web.middleware
async def _faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page in the reader's words for what is not there (404), and while the database is away (503)."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return _refused(request, 404, "not_found")
    except StoreError as error:
        log.error("page_store_away", error=type(error).__name__)
        return _refused(request, 503, "away")


def _refused(request: web.Request, status: int, reason: str) -> web.Response:
    if "text/html" not in request.headers.get("Accept", ""):
        return web.Response(status=status, text=words(request).t(f"web.refused_{reason}"))
    return render(request, "refused.html", status=status, reason=reason)


async def _enter(request: web.Request) -> web.Response:
    """GET enter?key=…: spend a one-time link. 410 when it is used, too old or unknown."""
    gate = request.app[SITE].gate
    entry = await gate.links.redeem(request.query.get("key", ""))
    if entry is None:
        return _refused(request, 410, "link_used")
    # A page that leads on, not a redirect: after a link from elsewhere the browser would hold back a
    # SameSite=Strict cookie for the whole chain, and call the next request cross-site.
    response = render(request, "enter.html", path=entry.path)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.set_cookie(
        cookie_name(gate, request),
        entry.session,
        path=gate.base,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=request[OWN].startswith("https:"),
    )
    return response


async def _prefer(request: web.Request) -> web.Response:
    """POST preferences: language and theme, kept in the browser; then back to the page."""
    form, base = await request.post(), request.app[SITE].gate.base
    back = str(form.get("back", ""))
    # Only a path below our own base: never an open redirect.
    response = web.Response(status=303, headers={"Location": back if local(back, base) else f"{base}/"})
    for cookie, known in ((LANGUAGE_COOKIE, LOCALES), (THEME_COOKIE, THEMES)):
        chosen = str(form.get(cookie.removeprefix("chudan_"), ""))
        if chosen in known:
            response.set_cookie(
                cookie,
                chosen,
                path="/",
                max_age=YEAR,
                httponly=True,
                samesite="Strict",
                secure=request[OWN].startswith("https:"),
            )
    return response


def local(path: str, base: str) -> bool:
    """Whether a path stays below `base`: nothing that a browser would read as another host."""
    return re.fullmatch(re.escape(base) + r"(/[^\\\s]*|\?[^\\\s]*)?", path) is not None


async def _static(request: web.Request) -> web.StreamResponse:
    """GET static/…: scripts and styles. The address carries their hash, so browsers may keep them."""
    name = request.match_info["name"]
    if name not in _hashes():
        raise web.HTTPNotFound
    return web.FileResponse(STATIC / name, headers={"Cache-Control": f"public, max-age={YEAR}, immutable"})


@cache
def _hashes() -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in STATIC.iterdir()}


def _static_address(base: str) -> Callable[[str], str]:
    return lambda name: f"{base}/static/{name}?v={_hashes()[name]}"
