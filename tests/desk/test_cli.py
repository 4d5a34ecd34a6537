"""The command line around a desk: register it with a browser, examine it, take it away again."""

import subprocess
import sys
from pathlib import Path

from companion.protocol import HOST_NAME
from companion.web.i18n import LOCALES, catalog
from scripts.stage.desktop import Desktop
from tests.desk.browser import Browser
from tests.desk.running import ROOT, RunningDesk


def chudan(desktop: Desktop, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "companion", *words]
    return subprocess.run(command, env=desktop.environment, cwd=ROOT, capture_output=True, text=True)


def test_install_doctor_uninstall(
    desktop: Desktop, desk: RunningDesk, browser: Browser, tmp_path: Path
) -> None:
    here = ("--home", str(desk.home), "--browser-profile", str(tmp_path / "profile"))
    manifest = tmp_path / "profile" / "NativeMessagingHosts" / f"{HOST_NAME}.json"
    ill = chudan(desktop, "doctor", *here)
    assert (ill.returncode, "✗" in ill.stdout, "→" in ill.stdout) == (1, True, True)
    assert str(manifest) in chudan(desktop, "install", *here).stdout
    assert manifest.is_file()
    well = chudan(desktop, "doctor", *here)
    assert (well.returncode, "✗" in well.stdout) == (0, False), well.stdout
    assert str(manifest) in chudan(desktop, "uninstall", *here).stdout
    assert not manifest.exists()
    assert chudan(desktop, "uninstall", *here).stdout.strip() in {
        catalog(locale).t("cli.nothing_installed") for locale in LOCALES
    }


def test_a_wrong_setting_stops_the_daemon_with_its_name(desktop: Desktop, tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "settings.toml").write_text('lokale = "en"')
    told = chudan(desktop, "daemon", "--home", str(tmp_path / "desk"))
    assert (told.returncode, "lokale" in told.stderr, "Traceback" in told.stderr) == (10, True, False)


def test_without_a_daemon_there_is_no_console(desktop: Desktop, tmp_path: Path) -> None:
    told = chudan(desktop, "console", "--no-show", "--home", str(tmp_path / "desk"))
    assert (told.returncode, "chudan daemon" in told.stderr) == (12, True)
