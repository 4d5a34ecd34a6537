"""The mood switch: a page at /moods on a portal's own host, where a person puts moods in force."""

import random
from pathlib import Path

from aiohttp import web

from companion.practice import moods
from companion.practice.pages import templates
from companion.practice.portal import Practice

PATH = "/moods"
HERE = Path(__file__).parent
_TEMPLATES = templates(HERE / "templates")
_STYLE = (HERE / "templates" / "moods.css").read_text(encoding="utf-8")


def routes(portal: Practice) -> list[web.RouteDef]:
    """What a portal mounts on the host that clerks know: the page, its style, and what its buttons post."""

    async def show(_request: web.Request) -> web.Response:
        return _page(portal, "")

    async def change(request: web.Request) -> web.Response:
        form = await request.post()
        try:
            portal.change(_words(portal, {name: str(value) for name, value in form.items()}))
        except ValueError:
            return _page(portal, "秒数不正确")
        portal.ledger.write("moods", None, moods=portal.moods)
        raise web.HTTPSeeOther(PATH)

    async def style(_request: web.Request) -> web.Response:
        return web.Response(text=_STYLE, content_type="text/css")

    return [web.get(PATH, show), web.post(PATH, change), web.get(f"{PATH}/style.css", style)]


def _words(portal: Practice, form: dict[str, str]) -> list[str]:
    """The posted form as words of a mood line. Which button was pressed stands in `act`."""
    if form.get("act") == "none":
        return []
    if form.get("act") == "random":
        return random.sample(sorted(portal.MOODS), k=random.randint(1, min(3, len(portal.MOODS))))
    return [
        f"{name}={seconds}" if (seconds := form.get(f"{name}.seconds", "").strip()) else name
        for name in sorted(portal.MOODS)
        if form.get(name) == "1"
    ]


def _page(portal: Practice, said: str) -> web.Response:
    rows = [
        {
            "name": name,
            "words": moods.WORDS[name],
            "unit": moods.UNITS.get(name, "秒"),
            "seconds": f"{portal.moods.get(name, moods.SECONDS[name]):g}" if name in moods.SECONDS else None,
            "on": name in portal.moods,
        }
        for name in sorted(portal.MOODS, key=lambda name: (name not in moods.COMMON, name))
    ]
    text = _TEMPLATES.get_template("moods.html").render(rows=rows, said=said)
    return web.Response(text=text, content_type="text/html")
