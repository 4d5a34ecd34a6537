"""A screen of its own: an X server that shows nothing, pictures of it, and keys pressed before it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageGrab

SIZE = (1366, 768)
"""Pixels, as on the desks that the pages are made for."""


@dataclass(frozen=True)
class Screen:
    """A running X server. `display` is what programs want as DISPLAY."""

    display: str

    def picture(self) -> Image.Image:
        """Everything that is in view, windows and the browser's own dialogs too."""
        return ImageGrab.grab(xdisplay=self.display)

    def press(self, *keys: str) -> None:
        """Press keys, named as xdotool does, where the keyboard's focus is."""
        command = ["xdotool", "key", "--clearmodifiers", *keys]
        subprocess.run(command, env=os.environ | {"DISPLAY": self.display}, check=True)


@contextmanager
def screen(log: Path, size: tuple[int, int] = SIZE) -> Iterator[Screen]:
    """Run an X server without hardware; `log` takes what it says."""
    width, height = size
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    with log.open("wb") as out, subprocess.Popen(command, pass_fds=[write], stdout=out, stderr=out) as server:
        os.close(write)
        try:
            with os.fdopen(read) as answer:
                yield Screen(f":{answer.readline().strip()}")
        finally:
            server.terminate()
