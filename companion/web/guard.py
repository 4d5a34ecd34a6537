"""What may reach a local page: own host, own origin, a session, and forms that were ours.

Any page the clerk has open can send requests to loopback, and a name can be re-bound to it, so every request
is held against the address it came in on before anything of it is used.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from companion.web.links import Links, form_token

log = structlog.get_logger()

SESSION = web.RequestKey("session", str)
"""The secret of the session a request belongs to; empty on open pages."""
OWN = web.RequestKey("own_origin", str)
"""The origin by which the browser reached us."""
SAFE = ("GET", "HEAD")
FORM = "application/x-www-form-urlencoded"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: browsers then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every response that does not say otherwise."""


@dataclass(frozen=True)
class Gate:
    """Which requests an app lets in. `origins` are those by which it is reached beside its loopback address,
    e.g. the one of a TLS proxy before a team's server.
    """

    base: str
    links: Links
    origins: frozenset[str] = frozenset()

    @property
    def cookie(self) -> str:
        """Cookies know no ports: the name carries one (see `cookie_name`), this is its stem."""
        return f"chudan_{self.base.strip('/')}"

    @property
    def entry(self) -> str:
        return f"{self.base}/enter"

    def open(self, path: str) -> bool:
        """Whether a path is served without a session: the entry and what pages are dressed in."""
        return path == self.entry or path.startswith(f"{self.base}/static/")


def cookie_name(gate: Gate, request: web.Request) -> str:
    """The session cookie's name: two desks on one machine share the host and must not share a cookie."""
    return f"{gate.cookie}_{local_port(request)}"


def local_port(request: web.Request) -> int:
    """The port the request came in on, as the socket says."""
    transport = request.transport
    name = transport.get_extra_info("sockname") if transport else None
    return int(name[1]) if isinstance(name, tuple) else 0


def own_origin(named: Sequence[str], port: int, scheme: str, others: frozenset[str]) -> str | None:
    """The origin by which a request's Host headers name this server; None: they name another, or several.

    `localhost` is not ours: an extension may have the right to read it.
    """
    if len(named) != 1:
        return None
    if named[0] == f"127.0.0.1:{port}":
        return f"{scheme}://{named[0]}"
    return next((origin for origin in others if origin.partition("://")[2] == named[0]), None)


def sender_allowed(method: str, origin: str | None, site: str | None, own: str, *, entering: bool) -> bool:
    """Whether a request comes from our own pages, or from nobody's.

    `site` is Sec-Fetch-Site. A one-time link may be followed from anywhere: its key is what counts.
    """
    if origin is not None and origin != own:
        return False
    if site is not None and site not in ("same-origin", "none") and not entering:
        return False
    return method in SAFE or origin == own


def form_allowed(session: str, token: str) -> bool:
    """Whether a form token belongs to this session; compared in constant time."""
    return hmac.compare_digest(form_token(session).encode(), token.encode())


async def dress(_request: web.Request, response: web.StreamResponse) -> None:
    """Signal: the security headers of every response, refusals and streams included."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def guard(gate: Gate, refused: Callable[[web.Request, int, str], web.Response]) -> list[Middleware]:
    """The middlewares of a guarded app. `refused(request, status, reason)` makes the page of a refusal."""

    def refuse(request: web.Request, status: int, reason: str) -> web.Response:
        log.warning("page_request_refused", base=gate.base, status=status, reason=reason)
        return refused(request, status, reason)

    @web.middleware
    async def check_sender(request: web.Request, handler: Handler) -> web.StreamResponse:
        hosts = request.headers.getall("Host", [])
        own = own_origin(hosts, local_port(request), request.scheme, gate.origins)
        if own is None:
            return refuse(request, 403, "foreign_host")
        request[OWN] = own
        entering = request.method == "GET" and request.path == gate.entry
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        if not sender_allowed(request.method, origin, site, own, entering=entering):
            return refuse(request, 403, "foreign_origin")
        return await handler(request)

    @web.middleware
    async def check_session(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[SESSION] = ""
        if gate.open(request.path) and request.method in SAFE:
            return await handler(request)
        session = request.cookies.get(cookie_name(gate, request), "")
        if not session or not await gate.links.live(session):
            return refuse(request, 401, "no_session")
        request[SESSION] = session
        if request.method not in SAFE:
            if request.content_type != FORM:
                return refuse(request, 415, "not_a_form")
            token = (await request.post()).get("token", "")
            if not isinstance(token, str) or not form_allowed(session, token):
                return refuse(request, 403, "foreign_form")
        return await handler(request)

    return [check_sender, check_session]
