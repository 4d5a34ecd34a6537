"""A portal on three hosts: log-in and payment pages of the account's own portal are served, nobody else's.

The extension alone: without a desk its queue keeps what it saw, and that is looked at here.
"""

import base64
import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from scripts.stage.browser import Browser, Frame, Tab
from scripts.stage.chromium import chromium
from scripts.stage.clerk import Car
from scripts.stage.firefox import firefox
from scripts.stage.pingan_clerk import PinganClerk, captcha_of
from scripts.stage.portal import Portal, practice_portal
from scripts.stage.waiting import until
from tests.browser.conftest import BROWSERS

CARRIER, LOGIN = "pingan", "WANGLI001"
Runner = Callable[[Path, Path, Mapping[str, str]], AbstractContextManager[Browser]]
RUNNERS: dict[str, Runner] = {"chromium": chromium, "firefox": firefox}
_ACCOUNTS = """async (portals) => {
  const api = globalThis.browser ?? chrome;
  await api.storage.local.set({ portals });
  return api.runtime.sendMessage({ what: "permitted" });
}"""
_KEPT = """async () => {
  const { Queue } = await import("/background/queue.js");
  return (await new Queue().waiting()).filter(({ type }) => type === "hint");
}"""
_LIVE = "async () => (await (globalThis.browser ?? chrome).runtime.sendMessage({ what: 'status' })).live"
_EMBED = """(src) => document.body.append(Object.assign(document.createElement("iframe"), { src }))"""
_FORGE = """([number, image]) => {
  history.replaceState(null, "", "/paygateway/scanPay.do");
  document.body.innerHTML = `<div class="cashier"><p class="cashier-facts">业务单号：${number}</p></div>`;
  document.body.append(Object.assign(document.createElement("img"), { src: image }));
}"""
_PIXELS = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 9, height: 9 });
  canvas.getContext("2d").fillRect(2, 2, 4, 4);
  return canvas.toDataURL();
}"""


@dataclass(frozen=True)
class Scene:
    """A browser whose extension knows the accounts of these portals."""

    browser: Browser
    portals: list[Portal]
    own: Frame
    """A page of the extension's own."""

    def clerk(self) -> PinganClerk:
        """The clerk at the first portal."""
        portal = self.portals[0]
        return PinganClerk(self.browser, portal.origin, LOGIN, captcha=partial(captcha_of, portal))

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Wait until the extension saw something of a kind; all that it keeps of it for the desk."""

        def look() -> list[dict[str, Any]] | None:
            return [hint for hint in self.own.evaluate(_KEPT) if hint["kind"] == kind] or None

        return until(look, f"{kind} is kept for the desk")

    def live(self) -> list[tuple[str, str]]:
        """Who it takes to be logged in where."""
        return [(one["login"], one["origin"]) for one in self.own.evaluate(_LIVE)]


@contextmanager
def scene(kind: str, folder: Path, packages: Path, portals: list[Portal]) -> Iterator[Scene]:
    """Run a browser with the practice package and no desk."""
    profile = folder / "profile"
    profile.mkdir()
    with RUNNERS[kind](packages / "practice" / kind, profile, dict(os.environ)) as browser:
        own = browser.open(browser.extension_url("options/options.html")).main
        own.evaluate(_ACCOUNTS, [{"carrier": CARRIER, "origin": portal.origin} for portal in portals])
        hosts = sorted(f"http://{name}pingan.localhost/*" for name in ("", "cas.", "pay."))
        until(lambda: browser.registered() == hosts, "page scripts for all three hosts")
        yield Scene(browser, portals, own)


def decoded(hint: dict[str, Any]) -> str:
    """What the code in a hint says."""
    picture = Image.open(io.BytesIO(base64.b64decode(hint["code"]["image"])))
    (code,) = zxingcpp.read_barcodes(picture)
    return str(code.text)


@pytest.mark.parametrize("kind", BROWSERS)
@pytest.mark.parametrize("mood", ["strict_csp", "canvas_qr"])
def test_the_code_on_the_payment_host_is_told_for_the_account(
    kind: str, mood: str, tmp_path: Path, packages: Path
) -> None:
    with practice_portal(CARRIER, tmp_path) as portal, scene(kind, tmp_path, packages, [portal]) as stage:
        portal.mood(mood)
        clerk = stage.clerk()
        clerk.log_in()
        tab = clerk.quote(Car.invent())
        clerk.submit(tab)
        until(lambda: portal.ledger("apply") or None, "submitted")
        clerk.fetch_code(tab)
        (hint,) = stage.told("qr_fetched")
        (made,) = portal.ledger("pay_code")
        assert (hint["numbers"], decoded(hint)) == (made["numbers"], made["url"])
        assert (hint["place"]["origin"], hint["place"]["login"]) == (portal.origin, LOGIN)
        assert hint["place"]["frame"] != 0
        (decided,) = stage.told("underwriting")
        assert decided["numbers"] == made["numbers"]
        clerk.pay(made["url"])
        clerk.ask_result(tab)
        (issued,) = stage.told("issued")
        assert issued["numbers"] == portal.ledger("paid")[0]["numbers"]


@pytest.mark.parametrize("kind", BROWSERS)
def test_a_payment_page_under_any_other_top_page_tells_nothing(
    kind: str, tmp_path: Path, packages: Path
) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    with (
        practice_portal(CARRIER, folders[0]) as portal,
        practice_portal(CARRIER, folders[1]) as other,
        scene(kind, tmp_path, packages, [portal, other]) as stage,
    ):
        clerk = stage.clerk()
        own = clerk.log_in()
        pay = portal.origin.replace("//", "//pay.") + "/paygateway/wap.do"
        # The page of another account, a stranger's name for it, and a tab of its own.
        tops = [other.origin, other.origin.replace("pingan", "evil")]
        forged = [_framed(stage.browser.open(f"{top}/nothing"), pay) for top in tops]
        forged.append(stage.browser.open(pay).main)
        for place, frame in enumerate(forged, 1):
            frame.evaluate(_FORGE, [f"5{place:019d}", frame.evaluate(_PIXELS)])
        # The same lie in the portal's own tab is heard: then the others would have been as well.
        last = _framed(own, pay)
        last.evaluate(_FORGE, ["5" + "7" * 19, last.evaluate(_PIXELS)])
        told = stage.told("qr_fetched")
        assert [hint["numbers"] for hint in told] == [["5" + "7" * 19]]
        assert told[0]["place"]["origin"] == portal.origin


@pytest.mark.parametrize("kind", BROWSERS)
def test_a_session_begins_and_ends_at_the_accounts_own_host(
    kind: str, tmp_path: Path, packages: Path
) -> None:
    with practice_portal(CARRIER, tmp_path) as portal, scene(kind, tmp_path, packages, [portal]) as stage:
        clerk = stage.clerk()
        tab = clerk.log_in()
        until(lambda: stage.live() == [(LOGIN, portal.origin)], "the session is known")
        # Another log-in page beside it says nothing about the session.
        beside = stage.browser.open(portal.origin.replace("//", "//cas.") + "/cas/login")
        assert beside.main.has("#loginBtn")
        _seen(stage, beside)
        assert stage.live() == [(LOGIN, portal.origin)]
        tab.main.click("#logout")
        until(lambda: tab.main.has("#loginBtn"), "logged out")
        until(lambda: stage.live() == [], "the session is over")


_ADMITTED = """async (host) => {
  const { frames } = await (globalThis.browser ?? chrome).storage.session.get("frames");
  return Object.values(frames ?? {}).some((tab) => tab[0]?.origin === host);
}"""


def _seen(stage: Scene, tab: Tab) -> None:
    """Wait until the extension has taken note of a page."""
    host = "/".join(tab.main.url.split("/")[:3])
    until(lambda: stage.own.evaluate(_ADMITTED, host), f"the script in {host} has reported")


def _framed(tab: Tab, url: str) -> Frame:
    """A page in a frame of another."""
    tab.main.evaluate(_EMBED, url)

    def look() -> Frame | None:
        return next((frame for frame in tab.frames() if frame.url == url and frame.has("body")), None)

    return until(look, f"{url} in a frame")
