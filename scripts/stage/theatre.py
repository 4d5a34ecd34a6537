"""Everything at once: a private desktop, a practice portal, a desk with its management system, a browser."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.stage.browser import Browser
from scripts.stage.chromium import chromium
from scripts.stage.clerk import Clerk
from scripts.stage.cpic_clerk import CpicClerk
from scripts.stage.desk import Desk, team_server
from scripts.stage.desktop import Desktop, private_desktop
from scripts.stage.firefox import firefox
from scripts.stage.office import OfficeReader
from scripts.stage.pingan_clerk import PinganClerk, captcha_of
from scripts.stage.portal import LOGIN, LOGINS, Portal, account, practice_portal
from scripts.stage.waiting import until

CARRIER = "picc"
"""The carrier that everything is played at that is not about carriers."""
CLERKS: dict[str, Callable[[Browser, Portal, str], Clerk]] = {
    "picc": lambda browser, portal, login: Clerk(browser, portal.origin, login, captchas=portal.captchas),
    "cpic": lambda browser, portal, login: CpicClerk(browser, portal.origin, login, captchas=portal.captchas),
    "pingan": lambda browser, portal, login: PinganClerk(
        browser, portal.origin, login, captcha=lambda mark: captcha_of(portal, mark)
    ),
}
"""Who can work at a carrier's portal."""


@dataclass(frozen=True)
class Theatre:
    """What is running, and how to look at it."""

    folder: Path
    packages: Path
    locale: str
    desktop: Desktop
    portal: Portal
    desk: Desk
    office: OfficeReader
    carrier: str

    @contextmanager
    def browser(self, kind: str, profile: Path | None = None) -> Iterator[Browser]:
        """Run `chromium` or `firefox` with the practice package, ready to watch the portal."""
        profile = profile or self.folder / f"{kind}-profile"
        profile.mkdir(parents=True, exist_ok=True)
        self.desk.install(kind, profile)
        with self._run(kind, self.packages / "practice" / kind, profile) as browser:
            until(lambda: self.portal_pattern in browser.registered(), "page scripts registered")
            yield browser

    def _run(self, kind: str, package: Path, profile: Path) -> AbstractContextManager[Browser]:
        if kind == "chromium":
            return chromium(package, profile, self.desktop.environment)
        return firefox(package, profile, self.desktop.environment, self.locale)

    @property
    def portal_pattern(self) -> str:
        """The match pattern of the portal: patterns know no ports."""
        return self.portal.origin.rsplit(":", 1)[0] + "/*"

    def clerk(self, browser: Browser, login: str | None = None) -> Clerk:
        """A clerk at the portal in this browser: the first one known there, unless named."""
        return CLERKS[self.carrier](browser, self.portal, login or LOGINS.get(self.carrier, LOGIN))

    def timeline(self, number: str) -> list[dict[str, Any]]:
        """What the management system tells about a carrier's number, oldest first."""
        steps = [step for step in self.office.rows("timeline") if number in step["numbers"]]
        return steps[::-1]


@contextmanager
def theatre(
    folder: Path,
    packages: Path,
    locale: str = "zh_CN",
    *,
    database: str | None = None,
    carrier: str = CARRIER,
    rows: int = 0,
) -> Iterator[Theatre]:
    """Run everything but a browser, with its files in `folder`; one issuing account is set up.

    With the URL of a PostgreSQL `database`, the management system runs apart, in two copies as a team's may:
    the desk is enrolled with one, and we look through the other.
    """
    with ExitStack() as stack:
        desktop = stack.enter_context(private_desktop(folder))
        desktop.environment.update({"LANGUAGE": locale, "CHUDAN_LOCALE": locale, "CHUDAN_PRACTICE": "true"})
        portal = stack.enter_context(practice_portal(carrier, folder, rows=rows))
        place = Desk(folder / "desk", desktop.environment)
        office = _team(stack, folder, place, database) if database else OfficeReader(place.office_address)
        stack.callback(place.stop)
        place.start()
        office.post("accounts", account(carrier, portal.origin))
        yield Theatre(folder, packages, locale, desktop, portal, place, office, carrier)


def _team(stack: ExitStack, folder: Path, place: Desk, database: str) -> OfficeReader:
    ours, theirs = (
        stack.enter_context(team_server(database, place.environment, folder / f"office-{copy}.log"))
        for copy in ("a", "b")
    )
    place.must("enrol", ours.url, ours.code)
    mine = OfficeReader(theirs.url).post("devices", {"code": theirs.code, "name": "reader"})
    return OfficeReader(theirs.url, mine["token"])
