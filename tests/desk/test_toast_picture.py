"""A toast before a clerk's eyes: dunst, a real notification server, on a real screen.

The picture is written to screenshots/toast-dunst.png.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbus_fast import Message
from dbus_fast.aio import MessageBus
from PIL import Image

from companion.protocol import Ask
from scripts.stage.desktop import Desktop, private_desktop
from scripts.stage.processes import Child
from scripts.stage.screen import screen
from scripts.stage.waiting import until
from tests.desk.browser import NUMBERS, Browser, hint
from tests.desk.office import beside
from tests.desk.running import ROOT, running_desk
from tests.desk.test_path import answer

PICTURE = ROOT / "screenshots" / "toast-dunst.png"
SIZE = (640, 160)
"""Pixels of a screen that holds little more than the toast."""
LOOKS = """[global]
font = Noto Sans CJK SC 13
origin = top-right
width = 580
height = 160
offset = 16x16
padding = 12
horizontal_padding = 14
frame_width = 1
corner_radius = 8
history_length = 9
[urgency_normal]
background = "#ffffff"
foreground = "#1c2422"
frame_color = "#9bb5b0"
timeout = 0
"""
BACKGROUND, PAPER = (0, 0, 0), (255, 255, 255)
FAILED = "投保单下载失败请联系管理员"


@contextmanager
def dunst(desktop: Desktop) -> Iterator[None]:
    """Run dunst on the desktop's bus and screen, until it has a name there."""
    looks = desktop.directory / "dunstrc"
    looks.write_text(LOOKS, encoding="utf-8")
    command = ["dunst", "-config", str(looks)]
    with Child(command, log=desktop.directory / "dunst.log", environment=desktop.environment):
        until(lambda: _asked(desktop, "Ping") is not None, "dunst answers")
        yield


def _asked(desktop: Desktop, member: str) -> list[Any] | None:
    """What dunst answers to a request of `dunstctl`, or None."""

    async def call() -> list[Any] | None:
        bus = await MessageBus(desktop.environment["DBUS_SESSION_BUS_ADDRESS"]).connect()
        try:
            reply = await bus.call(
                Message(
                    destination="org.freedesktop.Notifications",
                    path="/org/freedesktop/Notifications",
                    interface="org.dunstproject.cmd0",
                    member=member,
                )
            )
        finally:
            bus.disconnect()
        return None if reply is None or reply.error_name else reply.body

    return asyncio.run(call())


def history(desktop: Desktop) -> list[dict[str, Any]]:
    """What `dunstctl history` tells of the toasts that were sent away."""
    [rows] = _asked(desktop, "NotificationListHistory") or [[]]
    return [{name: value.value for name, value in row.items()} for row in rows]


def test_a_failed_download_is_seen_on_the_screen(tmp_path: Path) -> None:
    with (
        screen(tmp_path / "xvfb.log", SIZE) as shown,
        private_desktop(tmp_path, notifications=False) as desktop,
    ):
        desktop.environment["DISPLAY"] = shown.display
        assert of(shown.picture(), PAPER) == 0
        with dunst(desktop), running_desk(desktop, tmp_path / "desk") as desk:
            with Browser(desk.socket) as browser:
                browser.hello().log_in()
                browser.send(hint())
                browser.answer_job()
                browser.send(answer(browser.expect(Ask).question.id, "download_only"))
                browser.answer_job(whoami="clerk02")
                noted = beside(desk.socket, desk.home).delivered_toast()
            assert (noted["toast"], noted["delivered"]) == ("download_failed", True)
            seen = until(lambda: drawn(shown.picture()), "the toast is drawn")
            PICTURE.parent.mkdir(exist_ok=True)
            seen.save(PICTURE)
            _asked(desktop, "NotificationCloseAll")
            [told] = until(lambda: history(desktop), "dunst remembers the toast")
    assert (told["appname"], told["summary"]) == ("Chudan", FAILED)
    assert told["body"] == f"粤B12345（{', '.join(NUMBERS)}）"
    assert noted["detail"] == f"id={told['id']}"


def drawn(picture: Image.Image) -> Image.Image | None:
    """The picture, once a sheet of paper with writing on it stands in it."""
    paper = of(picture, PAPER)
    inked = picture.width * picture.height - paper - of(picture, BACKGROUND)
    return picture if paper > 20_000 and inked > 4_000 else None


def of(picture: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many pixels have this colour."""
    colours = picture.convert("RGB").getcolors(picture.width * picture.height) or []
    return sum(count for count, found in colours if found == colour)
