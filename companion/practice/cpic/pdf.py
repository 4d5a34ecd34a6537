"""Writes plain PDF files: A4 pages of text and rules, Chinese set in a face that readers bring along."""

import hashlib
import zlib
from dataclasses import dataclass, field
from random import Random

WIDTH, HEIGHT = 595, 842
_LATIN, _CHINESE = "F1", "F2"
_TO_UNICODE = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Same def /CMapType 2 def\n"
    "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    "1 beginbfrange <0000> <FFFF> <0000> endbfrange\n"
    "endcmap CMapName currentdict /CMap defineresource pop end end\n"
)


@dataclass
class Page:
    """One page; (0, 0) is its lower left corner, units are points."""

    parts: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, words: str, size: float = 10) -> None:
        """Words in one line; figures and Latin letters are set in Helvetica."""
        for font, run in _runs(words):
            code = f"<{run.encode('utf-16-be').hex()}>" if font == _CHINESE else f"({_escaped(run)})"
            self.parts.append(f"BT /{font} {size:g} Tf {x:g} {y:g} Td {code} Tj ET")
            x += size * (1 if font == _CHINESE else 0.56) * len(run)

    def rule(self, x: float, y: float, width: float) -> None:
        """A thin line to the right."""
        self.parts.append(f"0.6 w {x:g} {y:g} m {x + width:g} {y:g} l S")


def write(pages: list[Page], title: str, padding: int = 0) -> bytes:
    """The file. `padding` bytes that nobody sees make it heavy. The same pages give the same bytes."""
    kids = " ".join(f"{7 + 2 * place} 0 R" for place in range(len(pages)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [5 0 R] /ToUnicode 6 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor << /Type /FontDescriptor"
        b" /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 752"
        b" /Descent -271 /CapHeight 737 /StemV 58 >> >>",
        _stream(_TO_UNICODE.encode()),
    ]
    for place, page in enumerate(pages):
        bodies += [_page(8 + 2 * place), _stream("\n".join(page.parts).encode("latin-1"))]
    bodies.append(f"<< /Title <feff{title.encode('utf-16-be').hex()}> >>".encode())
    if padding:
        noise = Random(title).randbytes(padding)
        bodies.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(noise), noise))
    return _file(bodies, info=6 + 2 * len(pages) + 1)


def _page(content: int) -> bytes:
    fonts = f"<< /{_LATIN} 3 0 R /{_CHINESE} 4 0 R >>"
    box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}]"
    return (
        f"<< /Type /Page /Parent 2 0 R {box} /Resources << /Font {fonts} >> /Contents {content} 0 R >>"
    ).encode()


def _stream(plain: bytes) -> bytes:
    packed = zlib.compress(plain)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)


def _file(bodies: list[bytes], info: int) -> bytes:
    parts, places, length = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"], [], 15
    for number, body in enumerate(bodies, 1):
        places.append(length)
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        length += len(parts[-1])
    mark = hashlib.md5(b"".join(bodies[:-1]), usedforsecurity=False).hexdigest()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    parts.append(f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}".encode())
    parts.append(
        f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R /Info {info} 0 R /ID [<{mark}> <{mark}>] >>\n"
        f"startxref\n{length}\n%%EOF\n".encode()
    )
    return b"".join(parts)


def _runs(words: str) -> list[tuple[str, str]]:
    runs: list[tuple[str, str]] = []
    for character in words:
        font = _LATIN if character.isascii() else _CHINESE
        if runs and runs[-1][0] == font:
            runs[-1] = (font, runs[-1][1] + character)
        else:
            runs.append((font, character))
    return runs


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
