"""What every room of the console needs: one read per page, words for steps, a way back after a deed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import jinja2
import structlog
from aiohttp import web
from sqlmodel import Session

from companion.carriers import profiles
from companion.clock import from_ms
from companion.management import queries
from companion.management.console import tones
from companion.management.console.listing import Listing, pages, presets, read_listing
from companion.management.links import TableLinks
from companion.management.people import LOCAL, NOBODY
from companion.management.server import Office
from companion.management.views import ListQuery
from companion.management.wire import Page, TimelineEntry
from companion.web.guard import SESSION
from companion.web.i18n import MISSING, Catalog, catalog
from companion.web.links import digest
from companion.web.site import SITE, local, render, words

log = structlog.get_logger()

OFFICE: web.AppKey[Office] = web.AppKey("office", Office)
Context = dict[str, Any]
Q = TypeVar("Q", bound=ListQuery)
NAMELESS = (NOBODY, LOCAL)
"""Who answers without a name of their own."""


async def device_of(request: web.Request) -> str:
    """The desk of whoever looks: what they open is opened there; without one the desk beside us."""
    office = request.app[OFFICE]
    links = office.links
    device = await links.device(request[SESSION]) if isinstance(links, TableLinks) else None
    return device or office.local_device


async def who(request: web.Request) -> str:
    """Whoever looks, as the timeline names them."""
    return await request.app[OFFICE].name_of(await device_of(request))


async def show(
    request: web.Request, template: str, room: str, work: Callable[[Session], Context | None]
) -> web.Response:
    """A page from one consistent read. `work` makes the context; None: there is no such page (404)."""
    office = request.app[OFFICE]
    now = office.clock.now()

    def read(session: Session) -> Context | None:
        context = work(session)
        if context is None:
            return None
        waiting = len(queries.questions(session))
        stuck = sum(hint.standing in tones.WANTS_CLERK for hint in queries.unconfirmed(session, now))
        return context | {"badges": {"questions": waiting + stuck}}

    context = await office.database.read(read)
    if context is None:
        raise web.HTTPNotFound
    names = {carrier.id: carrier.name(words(request).locale) for carrier in profiles().values()}
    return render(request, template, room_here=room, carriers=names, **context)


@dataclass(frozen=True)
class Listed(Generic[Q]):
    """A list as its address wants it: what every room with one begins with."""

    listing: Listing
    query: Q
    presets: list[tuple[str, str, str]]

    def shown(self, page: Page) -> Context:
        """What the templates of lists need."""
        return {
            "listing": self.listing,
            "query": self.query,
            "page": page,
            "page_count": pages(page.total),
            "presets": self.presets,
        }


def lists(request: web.Request, model: type[Q]) -> Listed[Q]:
    """Read the address of a list."""
    zone, now = request.app[SITE].zone, request.app[OFFICE].clock.now()
    listing, query = read_listing(request.path, request.query, model, zone)
    return Listed(listing, query, presets(now, zone))


async def back(request: web.Request, otherwise: str) -> web.Response:
    """After a deed: back to the page whose form it was."""
    base = request.app[SITE].gate.base
    to = str((await request.post()).get("back", ""))
    raise web.HTTPSeeOther(to if local(to, base) else f"{base}/{otherwise}")


def steps(
    entries: Sequence[TimelineEntry], request: web.Request, known: Sequence[str] = ()
) -> list[dict[str, str]]:
    """Timeline entries in the reader's words and the desk's zone; numbers the page shows are shortened."""
    text, zone = words(request), request.app[SITE].zone
    return [
        {
            "day": f"{from_ms(entry.at).astimezone(zone):%Y-%m-%d}",
            "time": f"{from_ms(entry.at).astimezone(zone):%H:%M:%S}",
            "tone": tones.of_step(entry.kind),
            "text": text.t(f"timeline.{entry.kind}", **_spoken(entry.kind, entry.params, text, known)),
        }
        for entry in entries
    ]


def _spoken(kind: str, params: dict[str, Any], text: Catalog, known: Sequence[str]) -> dict[str, Any]:
    """Parameters as the reader knows them: who did it and why in words, long numbers by their ends."""
    spoken = dict(params)
    if "by" in params:
        spoken["by"] = _actor(str(params["by"]), text)
    if kind.startswith("hint_"):
        # Steps told before there was more than one kind of hint name none.
        spoken["what"] = text.t(f"timeline.what_{params.get('what', 'quote_saved')}")
    if "why" in params:
        spoken["why"] = text.t(f"timeline.why_{params['why']}")
    for number in known:
        if len(number) > 12 and "numbers" in spoken:
            spoken["numbers"] = str(spoken["numbers"]).replace(number, f"{number[:4]}…{number[-4:]}")
    return spoken


def _actor(name: str, text: Catalog) -> str:
    """A desk by its name; the console and the desk beside us have none that a clerk knows."""
    return text.t(f"console.by_{name}") if name in NAMELESS else name


def audit(request: web.Request, what: str, subject: str) -> None:
    """Log that personal data was shown: which record, and in which session; never the data."""
    log.info("person_shown", what=what, subject=subject, session=digest(request[SESSION])[:12])


@jinja2.pass_context
def source(context: jinja2.runtime.Context, name: str) -> str:
    """Where a download came from (I-7.2), in words."""
    return _word(context, "console.source_", name)


@jinja2.pass_context
def failure(context: jinja2.runtime.Context, error: str) -> str:
    """Why a download failed; `error` is one of our own keys, or a text that is shown as it is."""
    return _word(context, "console.failure_", error)


@jinja2.pass_context
def clerk(context: jinja2.runtime.Context, name: str | None) -> str:
    """Who caused a download: a desk by its name, or the console."""
    return _actor(name, catalog(context["locale"])) if name else MISSING


def _word(context: jinja2.runtime.Context, prefix: str, name: str) -> str:
    text: Catalog = catalog(context["locale"])
    return text.t(prefix + name) if text.has(prefix + name) else name
