"""The app mounted at /desk: routes of first run and diagnostics."""

from dataclasses import astuple
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from companion.desk.pages.account_form import AccountForm, read_form
from companion.desk.pages.report import report
from companion.desk.pages.view import DeskView, NotSaved
from companion.settings import Settings
from companion.web.guard import Gate
from companion.web.links import Links
from companion.web.live import Live
from companion.web.site import Site, make_site, render, words

BASE = "/desk"
DESK: web.AppKey[DeskView] = web.AppKey("desk", DeskView)


def make_pages(desk: DeskView, links: Links, settings: Settings) -> web.Application:
    """The desk's pages, to be mounted at /desk."""
    site = Site(
        gate=Gate(BASE, links),
        rooms=("first_run", "diagnostics"),
        templates=Path(__file__).parent / "templates",
        locale=settings.locale,
        zone=ZoneInfo(settings.timezone),
    )
    app = make_site(site)
    app[DESK] = desk
    app.router.add_get("", _home)
    app.router.add_get("/", _home)
    app.router.add_get("/first_run", _first_run)
    app.router.add_post("/first_run", _save_account)
    app.router.add_post("/recovery_key", _recovery_key_kept)
    app.router.add_post("/console", _open_console)
    app.router.add_get("/diagnostics", _diagnostics)

    async def fingerprint() -> str:
        return repr(astuple(await desk.diagnostics()))

    Live(fingerprint).attach(app)
    return app


async def _home(_request: web.Request) -> web.Response:
    raise web.HTTPSeeOther(f"{BASE}/first_run")


async def _first_run(request: web.Request) -> web.Response:
    return await _show_first_run(request, AccountForm())


async def _save_account(request: web.Request) -> web.Response:
    """POST first_run: keep an account. 422 shows what is wrong; the password is never sent back."""
    desk = request.app[DESK]
    carriers = {carrier.id for carrier in desk.carriers()}
    form, password = read_form(await request.post(), carriers, await desk.accounts())
    if form.wrong:
        return await _show_first_run(request, form, status=422)
    try:
        await desk.save_account(form.carrier, form.origin, form.login, form.institution, password)
    except NotSaved as error:
        return await _show_first_run(request, form, problem=f"desk.not_saved_{error.reason}", status=409)
    raise web.HTTPSeeOther(f"{BASE}/first_run?saved=1")


async def _recovery_key_kept(request: web.Request) -> web.Response:
    """POST recovery_key: the clerk says that the key is kept. Without the tick it is shown again."""
    if (await request.post()).get("kept") == "yes":
        await request.app[DESK].recovery_key_kept()
    raise web.HTTPSeeOther(f"{BASE}/first_run")


async def _open_console(request: web.Request) -> web.Response:
    """POST console: lead into the console by a one-time link. 503 while the management system is away."""
    url = await request.app[DESK].console_url()
    if url is None:
        return await _show_first_run(request, AccountForm(), problem="desk.no_console", status=503)
    # A page, not a redirect: a team's console is another origin, where our form may not lead.
    return render(request, "enter.html", path=url)


async def _diagnostics(request: web.Request) -> web.Response:
    found = await request.app[DESK].diagnostics()
    return render(
        request,
        "diagnostics.html",
        room_here="diagnostics",
        found=found,
        report=report(found),
        names=_names(request),
    )


async def _show_first_run(
    request: web.Request, form: AccountForm, *, problem: str = "", status: int = 200
) -> web.Response:
    desk = request.app[DESK]
    return render(
        request,
        "first_run.html",
        status=status,
        room_here="first_run",
        found=await desk.diagnostics(),
        recovery_key=await desk.recovery_key(),
        accounts=await desk.accounts(),
        carriers=desk.carriers(),
        names=_names(request),
        form=form,
        problem=problem,
        saved="saved" in request.query,
    )


def _names(request: web.Request) -> dict[str, str]:
    """Carriers by the name the reader's language gives them."""
    locale = words(request).locale
    return {carrier.id: carrier.names.get(locale, carrier.id) for carrier in request.app[DESK].carriers()}
