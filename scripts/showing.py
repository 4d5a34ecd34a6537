"""The practice desk with a window: portal, desk and browser for a person to try. Needs only run.txt."""

import json
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import platformdirs

from scripts.bootstrap import ROOT
from scripts.stage import programs
from scripts.stage.desk import Desk
from scripts.stage.desktop import private_desktop
from scripts.stage.keyring import has_secret_service
from scripts.stage.office import OfficeReader
from scripts.stage.package import build
from scripts.stage.portal import Portal, account, practice_portal
from scripts.stage.processes import Child
from scripts.stage.waiting import until

CARRIER = "picc"
LOADING, CLICKING = 30.0, 3600.0
"""Seconds until the extension must have reported: loaded by a flag, and loaded by a person."""
_WINDOWS = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY")


def default_home() -> Path:
    """Where the practice desk lives: beside, never in, the desk this user really works with."""
    return Path(platformdirs.user_data_dir("chudan-practice", appauthor=False))


def show(home: Path) -> int:
    """Run everything until Ctrl-C or until the browser is closed."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        environment = stack.enter_context(_surroundings(home))
        portal = stack.enter_context(practice_portal(CARRIER, home, environment, _port(home)))
        (home / "port").write_text(portal.origin.rsplit(":", 1)[1])
        place = Desk(home / "desk", {**environment, "CHUDAN_PRACTICE": "true"})
        stack.callback(place.stop)
        place.start()
        OfficeReader(place.office_address).post("accounts", account(CARRIER, portal.origin))
        _browse(stack, home, place, portal)
    return 0


def _browse(stack: ExitStack, home: Path, place: Desk, portal: Portal) -> None:
    profile = home / "browser"
    profile.mkdir(exist_ok=True)
    place.install("chromium", profile)
    program = _program()
    words = [program.path, f"--user-data-dir={profile}", "--no-first-run", "--no-default-browser-check"]
    words += ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    # A person who has to find the package with clicks finds it in the checkout, not in a hidden folder.
    package = build(home / "packages" if program.by_flag else ROOT / "build") / "practice" / "chromium"
    load = f"--load-extension={package}" if program.by_flag else "chrome://extensions"
    log = place.home / "desk.log"
    seen = log.stat().st_size if log.exists() else 0
    start = partial(Child, log=home / "browser.log", environment=place.environment)
    browser = stack.enter_context(start([*words, load]))
    if not program.by_flag:
        print(_CLICKS.format(package=package), flush=True)
    patience = LOADING if program.by_flag else CLICKING
    ready = until(lambda: _registered(log, seen, browser), "the extension reports to the desk", patience)
    if ready == "closed":
        return
    stack.enter_context(start([*words, portal.origin, place.console()]))
    print(_WELCOME.format(origin=portal.origin, home=home), flush=True)
    browser.wait(None)


_CLICKS = """
This browser does not load extensions by itself. Three clicks:
  1. turn on 'Developer mode' (开发者模式) on the page that is open
  2. press 'Load unpacked' (加载已解压的扩展程序)
  3. choose {package}"""
_WELCOME = """
The practice portal and the console are open in the browser.
  portal    {origin}    clerk01 / practice-01
  data      {home}
Log in (type what the picture shows), press 投保单录入, fill the form, calculate and save:
you will be asked 是 / 仅下载 / 取消. {origin}/moods puts the portal into bad moods.
Ctrl-C here, or closing the browser, ends everything."""


def _registered(log: Path, seen: int, browser: Child) -> str | None:
    if not browser.running:
        return "closed"
    if not log.exists():
        return None
    events = [
        json.loads(line) for line in log.read_bytes()[seen:].splitlines(keepends=True) if line.endswith(b"\n")
    ]
    return "ready" if any(event["event"] == "registered" and event["origins"] for event in events) else None


def _program() -> programs.Program:
    """The browser to use. Ends with a message when there is none."""
    if found := programs.browser():
        return found
    sys.exit("No Chromium-family browser found. Please install Chromium, Chrome or Edge and start again.")


@contextmanager
def _surroundings(home: Path) -> Iterator[Mapping[str, str]]:
    """This user's own desktop if it can keep secrets, else a private one beside it."""
    if sys.platform != "linux" or has_secret_service(os.environ):
        yield os.environ
        return
    # Without a notification server: a toast that nobody sees must not be reported as shown.
    with private_desktop(home / "desktop", notifications=False) as desktop:
        windows = {name: os.environ[name] for name in _WINDOWS if name in os.environ}
        yield desktop.environment | windows


def _port(home: Path) -> int:
    """The port of last time, so that the browser's profile finds the same portal again; 0 if it is taken."""
    remembered = home / "port"
    if not remembered.exists():
        return 0
    port = int(remembered.read_text())
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port
