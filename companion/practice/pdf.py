"""Writes electronic policies: a page of text and rules, Chinese set in a face that readers bring along."""

import io
import re
from random import Random

WIDTH, HEIGHT = 595, 842
LATIN, CHINESE = "Helvetica", "STSong-Light"
_RUNS = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")


class Page:
    """One page; (0, 0) is its lower left corner, units are points. The same page gives the same bytes."""

    def __init__(self, title: str) -> None:
        # Slow to load, and most of the time nobody asks for a policy.
        from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
        from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
        self._title = title
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=(WIDTH, HEIGHT), pageCompression=0, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setLineWidth(0.6)

    def text(self, x: float, y: float, words: str, size: float = 10) -> None:
        """Words in one line; figures and Latin letters are set in a face of their own."""
        line = self._canvas.beginText(x, y)
        for run in _RUNS.findall(words):
            line.setFont(LATIN if run.isascii() else CHINESE, size)
            line.textOut(run)
        self._canvas.drawText(line)

    def rule(self, x: float, y: float, width: float) -> None:
        """A thin line to the right."""
        self._canvas.line(x, y, x + width, y)

    def save(self, padding: int = 0) -> bytes:
        """The file; the page cannot be drawn on after. `padding` bytes that nobody sees make it heavy."""
        from reportlab.pdfbase.pdfdoc import PDFStream  # type: ignore[import-untyped]

        if padding:
            noise = PDFStream(content=Random(self._title).randbytes(padding), filters=[])
            # The one way to an object that no page shows.
            self._canvas._doc.Reference(noise, "padding")
        self._canvas.save()
        return self._out.getvalue()
