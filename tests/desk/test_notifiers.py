"""What a real notification server received, beside what the notifier says of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.desk.notifiers import DesktopNotifier, Notifier, PlyerNotifier, Toast, notifier
from scripts.stage.desktop import Desktop, private_desktop


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with private_desktop(tmp_path_factory.mktemp("desktop"), keyring=False) as found:
        yield found


def on(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> Notifier:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
    return DesktopNotifier()


async def test_delivered_means_that_the_server_gave_a_number(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    toast = Toast("-粤B12345 已下载", "保费 5<6 & 'x'\n第二行")
    result = await on(desktop, monkeypatch).show(toast)
    shown = desktop.toasts()[-1]
    assert (result.delivered, result.backend, result.detail) == (True, "dbus", f"id={shown['id']}")
    assert shown["title"] == "\u200b-粤B12345 已下载"
    assert shown["body"] == "保费 5&lt;6 &amp; 'x' 第二行", (
        "the server reads markup: text must not become any"
    )
    assert (shown["app"], shown["actions"]) == ("Chudan", [])


async def test_without_a_server_nothing_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with private_desktop(tmp_path, keyring=False, notifications=False) as bare:
        result = await on(bare, monkeypatch).show(Toast("x", ""))
    assert (result.delivered, result.detail) == (False, "ServiceUnknown")


@pytest.mark.parametrize("address", ["", "unix:path=/nonexistent/bus", "nonsense"])
async def test_without_a_bus_nothing_is_claimed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.delenv("DISPLAY", raising=False)
    result = await DesktopNotifier().show(Toast("x", ""))
    assert result.delivered is False
    assert result.detail


async def test_plyer_shows_but_claims_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, told = tmp_path / "notify-send", tmp_path / "told"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" "$2" > {told}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    result = await PlyerNotifier().show(Toast("-x", "保" * 300))
    assert (result.delivered, result.backend, result.detail) == (False, "plyer", "unconfirmed")
    title, text = told.read_text().splitlines()
    assert (title, len(text)) == ("\u200b-x", 255)


def test_linux_speaks_to_the_service_itself() -> None:
    assert isinstance(notifier(), DesktopNotifier)
