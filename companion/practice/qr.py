"""QR codes as the portals show them."""

import io

import segno


def png(text: str) -> bytes:
    """A QR code as a PNG."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=5)
    return out.getvalue()


def rows(text: str) -> str:
    """A QR code as rows of 0 and 1, joined by commas."""
    return ",".join("".join(map(str, row)) for row in segno.make_qr(text, error="m").matrix)
