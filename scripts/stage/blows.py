"""Blows: how each program on the path is ended at once, the way a crash or a power button ends it."""

import contextlib

import psutil

from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until


def kill_hosts(theatre: Theatre) -> None:
    """Kill the native hosts that serve this desk's browsers; the browsers start new ones."""
    hosts = until(lambda: hosts_of(theatre), "a native host runs")
    for host in hosts:
        with contextlib.suppress(psutil.NoSuchProcess):  # its browser was quicker
            host.kill()
    psutil.wait_procs(hosts, timeout=10)


def restart_daemon(theatre: Theatre) -> None:
    """Kill the daemon, with the management system in it, and start it again."""
    theatre.desk.kill()
    theatre.desk.start()


def hosts_of(theatre: Theatre) -> list[psutil.Process]:
    """The native hosts that serve this desk's browsers now."""
    runtime = theatre.desktop.environment["XDG_RUNTIME_DIR"]
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = " ".join(process.info["cmdline"] or [])
        if "host.py" in words and _serves(process, runtime):
            found.append(process)
    return found


def _serves(process: psutil.Process, runtime: str) -> bool:
    try:
        return process.environ().get("XDG_RUNTIME_DIR") == runtime
    except psutil.Error:
        return False
