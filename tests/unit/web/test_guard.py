"""What may reach a local page, over real sockets."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from companion.web.guard import HEADERS, Gate, own_origin
from companion.web.links import LINK_LIFE, MemoryLinks, entry_path
from companion.web.site import Site, make_site, render
from tests.unit.web.served import HandClock, Served, served

HTML = {"Accept": "text/html"}


class Page:
    """A site with one page and one form, and the links into it."""

    def __init__(self, site: Served, links: MemoryLinks, clock: HandClock) -> None:
        self.site, self.links, self.clock = site, links, clock
        self.done = 0

    async def enter(self) -> None:
        key = await self.links.create("/desk/page")
        async with self.site.client.get(self.site.url(entry_path("/desk", key))) as answer:
            assert answer.status == 200

    async def token(self) -> str:
        async with self.site.client.get(self.site.url("/desk/page")) as answer:
            found = re.search(r'data-token="([0-9a-f]{64})"', await answer.text())
            assert found
            return found[1]

    async def post(self, token: str, **headers: str) -> int:
        url = self.site.url("/desk/deed")
        own = {"Origin": self.site.origin} | headers
        async with self.site.client.post(url, data={"token": token}, headers=own) as answer:
            return answer.status


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    clock = HandClock()
    links = MemoryLinks(clock)
    folder = Path(__file__).parents[3] / "companion" / "web" / "templates"
    app = make_site(Site(Gate("/desk", links), ("page",), folder, "zh_CN", ZoneInfo("Asia/Shanghai")))

    async def show(request: web.Request) -> web.Response:
        return render(request, "base.html")

    async def deed(_request: web.Request) -> web.Response:
        found.done += 1
        return web.Response(text="done")

    app.router.add_get("/page", show)
    app.router.add_post("/deed", deed)
    async with served({"/desk": app}) as site:
        found = Page(site, links, clock)
        yield found


async def status(page: Page, path: str = "/desk/page", **headers: str) -> int:
    async with page.site.client.get(page.site.url(path), headers=headers) as answer:
        return answer.status


async def raw(page: Page, head: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", page.site.port)
    writer.write(head.encode("latin-1") + b"Connection: close\r\n\r\n")
    async with asyncio.timeout(5):
        line = (await reader.read()).decode("utf-8", "replace").split("\r\n", 1)[0]
    writer.close()
    await writer.wait_closed()
    return line


async def test_without_a_session_nothing_is_shown(page: Page) -> None:
    async with page.site.client.get(page.site.url("/desk/page"), headers=HTML) as answer:
        assert answer.status == 401
        assert "chudan console" in await answer.text()
    assert await status(page, "/desk/nowhere") == 401
    await page.enter()
    assert await status(page) == 200
    assert await status(page, "/desk/nowhere") == 404


async def test_a_link_works_once_for_a_minute_and_leaves_a_strict_cookie(page: Page) -> None:
    key = await page.links.create("/desk/page")
    url = page.site.url(entry_path("/desk", key))
    async with page.site.client.get(url, headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert answer.status == 200
        cookie = answer.headers["Set-Cookie"]
        assert 'http-equiv="refresh" content="0; url=/desk/page"' in await answer.text()
    assert f"chudan_desk_{page.site.port}=" in cookie
    for flag in ("HttpOnly", "SameSite=Strict", "Path=/desk", "Max-Age=43200"):
        assert flag in cookie
    async with page.site.client.get(url) as again:
        assert again.status == 410
        assert "Set-Cookie" not in again.headers
    late = await page.links.create("/desk/page")
    page.clock.pass_(LINK_LIFE)
    assert await status(page, entry_path("/desk", late)) == 410


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost:{port}",
        "localhost.:{port}",
        "[::1]:{port}",
        "0x7f000001:{port}",
        "2130706433:{port}",
        "127.1:{port}",
        "127.0.0.1:{port}:{port}",
        "127.0.0.1:{port}, evil.example",
        "user@127.0.0.1:{port}",
        "",
    ],
)
async def test_only_the_own_host_is_answered(page: Page, host: str) -> None:
    await page.enter()
    assert await status(page, Host=host.format(port=page.site.port)) in (400, 403)


def test_our_origin_is_the_one_the_browser_knows() -> None:
    own, team = "127.0.0.1:8080", frozenset({"https://team.example:8443"})
    assert own_origin([own], 8080, "http", team) == "http://127.0.0.1:8080"
    assert own_origin(["team.example:8443"], 8080, "http", team) == "https://team.example:8443"
    for others in (
        [own, own],
        [own, "team.example:8443"],
        [],
        ["team.example"],
        ["https://team.example:8443"],
    ):
        assert own_origin(others, 8080, "http", team) is None


async def test_a_missing_or_second_host_is_refused(page: Page) -> None:
    own = f"127.0.0.1:{page.site.port}"
    assert "401" in await raw(page, f"GET /desk/page HTTP/1.1\r\nHost: {own}\r\n")
    for head in ("", f"Host: {own}\r\nHost: {own}\r\n", f"Host: {own}\r\nHost: evil.example\r\n"):
        line = await raw(page, f"GET /desk/page HTTP/1.1\r\n{head}")
        assert " 400 " in line or " 403 " in line
    assert " 403 " in await raw(page, "GET /desk/page HTTP/1.0\r\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1:1"),
        ("Origin", "http://practice.localhost:{port}"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ],
)
async def test_other_sites_get_nothing(page: Page, name: str, value: str) -> None:
    await page.enter()
    token = await page.token()
    foreign = {name: value.format(port=page.site.port)}
    assert await status(page, **foreign) == 403
    assert await page.post(token, **foreign) == 403
    assert page.done == 0


async def test_a_form_needs_origin_and_token_of_its_session(page: Page) -> None:
    await page.enter()
    first = await page.token()
    url = page.site.url("/desk/deed")
    async with page.site.client.post(url, data={"token": first}) as without_origin:
        assert without_origin.status == 403
    assert await page.post("") == 403
    assert await page.post("0" * 64) == 403
    assert await page.post("é") == 403
    assert page.done == 0
    assert await page.post(first, **{"Sec-Fetch-Site": "same-origin"}) == 200
    await page.enter()
    assert await page.post(first) == 403, "a token of another session"
    assert page.done == 1


async def test_only_forms_are_taken(page: Page) -> None:
    await page.enter()
    url, token = page.site.url("/desk/deed"), await page.token()
    own = {"Origin": page.site.origin}
    async with page.site.client.post(url, json={"token": token}, headers=own) as answer:
        assert answer.status == 415
    async with page.site.client.post(
        url, data=f"token={token}", headers=own | {"Content-Type": "text/plain"}
    ) as text:
        assert text.status == 415
    assert page.done == 0


async def test_every_response_carries_the_security_headers(page: Page) -> None:
    refused = [("/desk/page", 401), ("/desk/enter?key=x", 410)]
    await page.enter()
    for path, code in [
        *refused[1:],
        ("/desk/page", 200),
        ("/desk/nowhere", 404),
        ("/desk/static/app.css", 200),
    ]:
        async with page.site.client.get(page.site.url(path)) as answer:
            assert answer.status == code
            for name in HEADERS:
                assert name in answer.headers, f"{path}: {name}"
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert "Access-Control-Allow-Origin" not in answer.headers


async def test_static_serves_its_own_files_only(page: Page) -> None:
    assert await status(page, "/desk/static/live.js") == 200
    for path in ("/desk/static/..%2fguard.py", "/desk/static/%2e%2e/guard.py", "/desk/static/nothing.js"):
        assert await status(page, path) in (401, 404)


async def test_language_and_theme_are_kept_and_lead_back_to_the_page_only(page: Page) -> None:
    await page.enter()
    token = await page.token()
    url, own = page.site.url("/desk/preferences"), {"Origin": page.site.origin}
    form = {"token": token, "language": "en", "back": "/desk/page?x=1"}
    async with page.site.client.post(url, data=form, headers=own, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/desk/page?x=1")
    async with page.site.client.post(
        url,
        data={"token": token, "theme": "dark", "back": "//evil.example"},
        headers=own,
        allow_redirects=False,
    ) as answer:
        assert answer.headers["Location"] == "/desk/"
    async with page.site.client.get(page.site.url("/desk/page")) as shown:
        text = await shown.text()
        assert '<html lang="en" data-theme="dark">' in text
    form = {"token": token, "language": "xx", "theme": "javascript:"}
    async with page.site.client.post(url, data=form, headers=own, allow_redirects=False) as answer:
        assert "Set-Cookie" not in answer.headers
