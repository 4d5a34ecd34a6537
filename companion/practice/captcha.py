"""Captcha images (验证码): four or so characters, bent and dirtied, as PNG bytes and as nothing else."""

import struct
import zlib
from datetime import datetime, timedelta
from random import Random, SystemRandom

ALPHABET = "23456789ABCDEFGHJKLMNPRSTUVWXYZ"
"""What captchas are made of: nothing that looks like something else."""
LENGTH = 4
CELL_WIDTH, HEIGHT, SCALE, MARGIN = 26, 36, 3, 6
PAPER = (238, 243, 250)

LIFE = timedelta(minutes=5)
MOST = 1000

Colour = tuple[int, int, int]

# Seven rows of five dots, the leftmost dot in the highest bit.
_GLYPHS = {
    "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
    "A": (14, 17, 17, 31, 17, 17, 17),
    "B": (30, 17, 17, 30, 17, 17, 30),
    "C": (14, 17, 16, 16, 16, 17, 14),
    "D": (28, 18, 17, 17, 17, 18, 28),
    "E": (31, 16, 16, 30, 16, 16, 31),
    "F": (31, 16, 16, 30, 16, 16, 16),
    "G": (14, 17, 16, 23, 17, 17, 15),
    "H": (17, 17, 17, 31, 17, 17, 17),
    "J": (7, 2, 2, 2, 2, 18, 12),
    "K": (17, 18, 20, 24, 20, 18, 17),
    "L": (16, 16, 16, 16, 16, 16, 31),
    "M": (17, 27, 21, 21, 17, 17, 17),
    "N": (17, 17, 25, 21, 19, 17, 17),
    "P": (30, 17, 17, 30, 16, 16, 16),
    "R": (30, 17, 17, 30, 20, 18, 17),
    "S": (15, 16, 16, 14, 1, 1, 30),
    "T": (31, 4, 4, 4, 4, 4, 4),
    "U": (17, 17, 17, 17, 17, 17, 14),
    "V": (17, 17, 17, 17, 17, 10, 4),
    "W": (17, 17, 17, 21, 21, 21, 10),
    "X": (17, 17, 10, 4, 10, 17, 17),
    "Y": (17, 17, 17, 10, 4, 4, 4),
    "Z": (31, 1, 2, 4, 8, 16, 31),
}


class Captchas:
    """What each browser was shown, by its cookie: good for one try within LIFE."""

    def __init__(self) -> None:
        self._shown: dict[str, tuple[str, datetime]] = {}
        self._noise = SystemRandom()

    def show(self, cookie: str, now: datetime) -> tuple[str, bytes]:
        """A new captcha for a browser: its answer and its picture."""
        text = answer(self._noise)
        self._shown.pop(cookie, None)
        self._shown[cookie] = (text, now)
        while len(self._shown) > MOST:
            self._shown.pop(next(iter(self._shown)))
        return text, draw(text, self._noise)

    def read(self, cookie: str, typed: str, now: datetime) -> bool:
        """Whether a browser's clerk read it right; capitals do not matter."""
        text, shown_at = self._shown.pop(cookie, ("", now))
        return bool(text) and now - shown_at <= LIFE and typed.strip().upper() == text


class _Canvas:
    """RGB pixels. Dots outside are dropped."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._rows = [bytearray(bytes(PAPER) * width) for _ in range(height)]

    def dot(self, x: int, y: int, colour: Colour) -> None:
        if 0 <= x < self.width and 0 <= y < self.height:
            self._rows[y][3 * x : 3 * x + 3] = bytes(colour)

    def png(self) -> bytes:
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in self._rows))
        parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", pixels), _chunk(b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def answer(noise: Random) -> str:
    """A new text to draw."""
    return "".join(noise.choices(ALPHABET, k=LENGTH))


def draw(text: str, noise: Random) -> bytes:
    """The PNG of `text`, which must be of ALPHABET. Nothing but its pixels tells the text."""
    canvas = _Canvas(2 * MARGIN + CELL_WIDTH * len(text), HEIGHT)
    for _ in range(canvas.width * HEIGHT // 14):
        canvas.dot(noise.randrange(canvas.width), noise.randrange(HEIGHT), _colour(noise, 150, 220))
    for place, character in enumerate(text):
        _glyph(canvas, character, MARGIN + place * CELL_WIDTH, noise)
    for _ in range(3):
        _scratch(canvas, noise)
    return canvas.png()


def _glyph(canvas: _Canvas, character: str, left: int, noise: Random) -> None:
    colour, slant = _colour(noise, 10, 120), noise.uniform(-0.25, 0.25)
    left, top = left + noise.randint(1, 7), noise.randint(3, HEIGHT - 7 * SCALE - 4)
    for row, bits in enumerate(_GLYPHS[character]):
        for column in range(5):
            if bits >> (4 - column) & 1:
                _block(canvas, left + column * SCALE, top + row * SCALE, slant * (10 - row * SCALE), colour)


def _block(canvas: _Canvas, x: int, y: int, shift: float, colour: Colour) -> None:
    for down in range(SCALE):
        for right in range(SCALE):
            canvas.dot(round(x + right + shift), y + down, colour)


def _scratch(canvas: _Canvas, noise: Random) -> None:
    colour, height = _colour(noise, 90, 180), noise.uniform(6, HEIGHT - 6)
    slope = noise.uniform(-0.15, 0.15)
    for x in range(canvas.width):
        canvas.dot(x, round(height + slope * x), colour)


def _colour(noise: Random, low: int, high: int) -> Colour:
    return (noise.randint(low, high), noise.randint(low, high), noise.randint(low, high))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
