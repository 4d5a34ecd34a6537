"""`chudan autostart`: the entry it makes really starts the desk, from anywhere."""

import json
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

from companion.home import Home
from companion.web.i18n import LOCALES, catalog
from scripts.stage.desktop import Desktop
from tests.desk.test_cli import chudan
from tests.unit.test_autostart import words_of


def said(told: subprocess.CompletedProcess[str], key: str, place: str = "") -> bool:
    assert told.returncode == 0, told.stderr
    return told.stdout.strip() in {catalog(locale).t(f"cli.{key}", place=place) for locale in LOCALES}


def test_the_entry_starts_the_desk(desktop: Desktop, tmp_path: Path) -> None:
    moved = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    desktop = replace(desktop, environment=desktop.environment | moved)
    desk = Home(tmp_path / "a desk", desktop.environment)
    here = ("--home", str(desk.path))
    file = tmp_path / "config" / "autostart" / f"cn.chudan.companion.{desk.tag}.desktop"
    assert said(chudan(desktop, "autostart", "status", *here), "autostart_off")
    assert said(chudan(desktop, "autostart", "on", *here), "autostart_made", str(file))
    assert said(chudan(desktop, "autostart", "status", *here), "autostart_on", str(file))
    lines = file.read_text(encoding="utf-8").splitlines()
    (line,) = (line.removeprefix("Exec=") for line in lines if line.startswith("Exec="))
    started = subprocess.Popen(
        words_of(line), env=desktop.environment, cwd="/", stdout=subprocess.PIPE, text=True
    )
    try:
        assert started.stdout
        ready = json.loads(started.stdout.readline())["ready"]
        assert ready["socket"] == str(desk.desk_socket)
        again = subprocess.run(words_of(line), env=desktop.environment, cwd="/", capture_output=True)
        assert again.returncode == 3
    finally:
        started.send_signal(signal.SIGTERM)
        started.communicate(timeout=30)
    assert started.returncode == 0
    assert said(chudan(desktop, "autostart", "off", *here), "autostart_gone")
    assert not file.exists()
    assert said(chudan(desktop, "autostart", "off", *here), "autostart_off")


def test_a_browser_that_nobody_knows_is_a_wrong_option(desktop: Desktop, tmp_path: Path) -> None:
    for command in ("install", "uninstall", "doctor"):
        told = chudan(desktop, command, "--home", str(tmp_path / "desk"), "--browser", "netscape")
        assert (told.returncode, "netscape" in told.stderr, "Traceback" in told.stderr) == (2, True, False)
