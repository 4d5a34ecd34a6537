"""The text in a PDF whose pages are not compressed."""

import re

_FONT_OR_TEXT = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)


def texts(pdf: bytes) -> list[str]:
    """What is written on its pages, one item for each line."""
    chinese = set(re.findall(rb"/Encoding /UniGB-UCS2-H /Name /(F\d+)", pdf))
    return [_line(block, chinese) for block in re.findall(rb"\bBT (.*?) ET\n", pdf, re.DOTALL)]


def _line(block: bytes, chinese: set[bytes]) -> str:
    line, font = "", b""
    for name, code in _FONT_OR_TEXT.findall(block):
        font = name or font
        line += _ESCAPE.sub(_plain, code).decode("utf-16-be" if font in chinese else "cp1252")
    return line


def _plain(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 8)]) if len(escape[1]) == 3 else escape[1]
