"""`chudan doctor`: walks from the browser to the portal, names the link that is broken and what to do.

Findings are keys of `web/locales/*/doctor.json` with parameters; `report` words them. Nothing is changed.
Whoever repairs the first broken link and looks again is never sent the wrong way: what a link needs is
examined before it.
"""

import json
import os
import shlex
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from companion.db.keying import KeyChanged, Keyring, KeyringLocked, NoKeyring, kept_key, open_keyring
from companion.home import Home
from companion.link import browsers, install
from companion.link.asking import HostFailedError, ask_daemon, ask_host
from companion.link.browsers import Place
from companion.link.install import launcher_of, manifest_of
from companion.link.launchers import Launcher
from companion.link.pipe import PipeError
from companion.link.systems import System
from companion.protocol import HOST_NAME, Refusal, Status

Link = Literal[
    "manifest", "launcher", "ids", "host", "keyring", "socket", "daemon", "office", "extension", "session"
]
LINKS: tuple[Link, ...] = (
    *("manifest", "launcher", "ids", "host", "keyring"),
    *("socket", "daemon", "office", "extension", "session"),
)
"""In the order of the way. The first broken one is the one to repair."""
OFFICE_REASONS = {
    *("office_away", "office_store", "office_starting", "office_refused"),
    *("disk_full", "store_unavailable"),
}
PATIENCE = 5.0
"""Seconds to wait for an answer."""


@dataclass(frozen=True)
class Finding:
    """What was found at one link. `what` and `todo` are locale keys; `ok` None: it could not be examined."""

    link: Link
    ok: bool | None
    what: str
    todo: str = ""
    params: dict[str, str] = field(default_factory=dict)
    browser: str = ""
    """Whose link it is, where every browser has its own."""


async def examine(
    home: Home,
    profiles: Sequence[Path] = (),
    names: Sequence[str] = (),
    *,
    keyring: Callable[[float], Keyring] = open_keyring,
    patience: float = PATIENCE,
    system: System | None = None,
) -> list[Finding]:
    """Examine every link of a desk, in order; `profiles` and `names` as in `install`.

    The first three links are each browser's own and come once for every browser that is examined.
    """
    system = system or System.here()
    places = _places(home, profiles, names, system)
    found = [
        replace(check(home, place, system), browser=place.browser)
        for place in places
        for check in (_manifest, _launcher, _ids)
    ]
    socket, daemon, status = await _daemon(home, patience)
    findings = [
        *found,
        await _host(home, places, system, patience, silent_daemon=daemon.what == "doctor.daemon_silent"),
        await _keyring(home, keyring, patience),
        socket,
        daemon,
        _office(status),
        _extension(status),
        _session(status),
    ]
    common = {
        "home": _typed([str(home.path)], system),
        "install": _typed(_install(home, profiles, names), system),
    }
    return [replace(finding, params=common | finding.params) for finding in findings]


def report(findings: Sequence[Finding], t: Callable[..., str]) -> list[str]:
    """The findings in words, a line each, with what to do below what is broken; last, what to do first.

    `t` words a key. Where several browsers were examined, their lines name them.
    """
    lines = []
    several = len({finding.browser for finding in findings} - {""}) > 1
    for finding in findings:
        mark = {True: "✓", False: "✗", None: "–"}[finding.ok]
        link = t(f"doctor.link_{finding.link}") + (
            f" [{finding.browser}]" if several and finding.browser else ""
        )
        lines.append(f"{mark} {link}  {t(finding.what, **finding.params)}")
        if finding.todo:
            lines.append(f"    → {t(finding.todo, **finding.params)}")
    return [*lines, "", _conclusion(findings, t)]


def _conclusion(findings: Sequence[Finding], t: Callable[..., str]) -> str:
    first = next((finding for finding in findings if finding.ok is False), None)
    if first is None:
        return t("doctor.all_ok")
    return t("doctor.first_broken", link=t(f"doctor.link_{first.link}"), **first.params)


def _typed(words: list[str], system: System) -> str:
    """A command as it is typed at this system's prompt."""
    return subprocess.list2cmdline(words) if system.name == "win32" else shlex.join(words)


def _install(home: Home, profiles: Sequence[Path], names: Sequence[str]) -> list[str]:
    """The command that registers what was examined here."""
    words = ["chudan", "install", "--home", str(home.path)]
    for profile in profiles:
        words += ["--browser-profile", str(profile)]
    for name in names:
        words += ["--browser", name]
    return words


def _good(link: Link, reason: str, **params: str) -> Finding:
    return Finding(link, True, f"doctor.{reason}", params=params)


def _broken(link: Link, reason: str, **params: str) -> Finding:
    return Finding(link, False, f"doctor.{reason}", f"doctor.{reason}_todo", params)


def _unknown(link: Link) -> Finding:
    return Finding(link, None, "doctor.not_examined")


# ---------------------------------------------------------------- browser to host


def _places(home: Home, profiles: Sequence[Path], names: Sequence[str], system: System) -> list[Place]:
    """Without a choice: browsers that have been used here, but every one of the table when none has."""
    places = browsers.places(profiles, names, home.path.resolve(), system)
    used = [place for place in places if place.used.exists()]
    return places if profiles or names or not used else used


def _manifest(_home: Home, place: Place, system: System) -> Finding:
    params = {"browser": place.browser, "path": str(manifest_of(place))}
    try:
        found = _read(place)
    except FileNotFoundError:
        return _broken("manifest", "manifest_gone", **params)
    except (OSError, ValueError):
        return _broken("manifest", "manifest_unreadable", **params)
    if (found.get("name"), found.get("type")) != (HOST_NAME, "stdio"):
        return _broken("manifest", "manifest_unreadable", **params)
    if place.key and system.keys.get(place.key) != str(manifest_of(place)):
        return _broken("manifest", "manifest_unlinked", **params | {"path": place.key})
    return _good("manifest", "manifest_ok", **params)


def _launcher(home: Home, place: Place, system: System) -> Finding:
    try:
        path = Path(str(_read(place).get("path")))
    except (OSError, ValueError):
        return _unknown("launcher")
    params = {"path": str(path)}
    try:
        launcher = Launcher.read(path, system.name)
    except (OSError, ValueError):
        return _broken("launcher", "launcher_gone", **params)
    if launcher.home != home.path.resolve():
        return _broken("launcher", "launcher_of_another_desk", **params | {"other": str(launcher.home)})
    gone = [one for one in (launcher.python, launcher.host) if not one.exists()]
    if gone or not os.access(path, os.X_OK):
        return _broken("launcher", "launcher_broken", **params | {"path": str((gone or [path])[0])})
    if launcher.socket != home.desk_socket:
        return _broken("launcher", "launcher_elsewhere", **params)
    return _good("launcher", "launcher_ok", **params)


def _ids(_home: Home, place: Place, system: System) -> Finding:
    try:
        found = _read(place)
    except (OSError, ValueError):
        return _unknown("ids")
    expected = install.manifest(place.family, launcher_of(place, system))
    lists = ("allowed_origins", "allowed_extensions")
    if any(found.get(key) != expected.get(key) for key in lists):
        return _broken("ids", "ids_wrong", browser=place.browser, path=str(manifest_of(place)))
    return _good("ids", "ids_ok", browser=place.browser)


def _read(place: Place) -> dict[str, Any]:
    found = json.loads(manifest_of(place).read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError("a manifest is an object")
    return found


async def _host(
    home: Home, places: Sequence[Place], system: System, patience: float, *, silent_daemon: bool
) -> Finding:
    """Start the host as the browser would. Any frame of ours proves it, also "the daemon is not there"."""
    launchers = [launcher_of(place, system) for place in places if _launcher(home, place, system).ok]
    if not launchers:
        return _unknown("host")
    params = {"path": str(launchers[0])}
    try:
        answer = await ask_host(launchers[0], patience)
    except (OSError, HostFailedError):
        return _broken("host", "host_fails", **params)
    if answer is None and not silent_daemon:
        return _broken("host", "host_silent", **params)
    return _good("host", "host_ok", **params)


# ---------------------------------------------------------------- daemon and beyond


async def _daemon(home: Home, patience: float) -> tuple[Finding, Finding, Status | None]:
    path = str(home.desk_socket)
    stopped = _broken("daemon", "daemon_stopped")
    try:
        answer = await ask_daemon(home.desk_socket, patience)
    except FileNotFoundError:
        return Finding("socket", None, "doctor.socket_absent", params={"path": path}), stopped, None
    except ConnectionRefusedError:
        return _broken("socket", "socket_stale", path=path), stopped, None
    except TimeoutError:
        answer = None
    except (OSError, PipeError):
        return _broken("socket", "socket_foreign", path=path), _unknown("daemon"), None
    socket = _good("socket", "socket_ok", path=path)
    if isinstance(answer, Status):
        return socket, _good("daemon", "daemon_ok", version=answer.daemon_version), answer
    if isinstance(answer, Refusal):
        return socket, _broken("daemon", "daemon_refuses", code=str(answer.code)), None
    return socket, _broken("daemon", "daemon_silent"), None


def _office(status: Status | None) -> Finding:
    if status is None:
        return _unknown("office")
    if status.office == "ok":
        return _good("office", "office_ok")
    reason = status.office_detail if status.office_detail in OFFICE_REASONS else "office_broken"
    return _broken("office", reason, waiting=str(status.waiting), detail=status.office_detail)


async def _keyring(home: Home, opener: Callable[[float], Keyring], patience: float) -> Finding:
    try:
        keyring = opener(patience)
        await kept_key(home, keyring)
    except KeyringLocked:
        return _broken("keyring", "keyring_locked")
    except KeyChanged:
        return _broken("keyring", "key_changed")
    except NoKeyring:
        return _broken("keyring", "keyring_absent")
    return _good("keyring", "keyring_ok", name=keyring.name)


def _extension(status: Status | None) -> Finding:
    if status is None:
        return _unknown("extension")
    if status.extensions == 0:
        return _broken("extension", "extension_absent")
    return _good("extension", "extension_ok", count=str(status.extensions))


def _session(status: Status | None) -> Finding:
    if status is None or status.extensions == 0:
        return _unknown("session")
    live = [session for session in status.sessions if session.login]
    if not live:
        return _broken("session", "session_none")
    return _good("session", "session_ok", origin=live[0].origin, count=str(len(live)))
