"""QR codes and electronic policies (电子保单)."""

import io
from urllib.parse import quote

import segno

from companion.practice.pingan.book import Document, Quotation
from companion.practice.pingan.forms import PLANS, insured, plate
from companion.practice.pingan.pages import PLAN_NAMES, moment, yuan

FONT = "STSong-Light"
LEFT, TOP, LEADING = 60, 780, 22


def qr_png(text: str) -> bytes:
    """A QR code as a PNG."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=5, border=4)
    return out.getvalue()


def qr_rows(text: str) -> str:
    """A QR code as rows of 0 and 1, joined by commas."""
    return ",".join("".join(map(str, row)) for row in segno.make_qr(text, error="m").matrix)


def policy_name(quotation: Quotation, document: Document) -> str:
    """The file name of an electronic policy."""
    plan = PLAN_NAMES[PLANS[document.kind]]
    return f"{plate(quotation.voucher)}_{plan}电子保单_{document.policy_number}.pdf"


def disposition(name: str) -> str:
    """A Content-Disposition header for a name in Chinese."""
    encoded = quote(name)
    return f"attachment; filename=\"{encoded}\"; filename*=UTF-8''{encoded}"


def policy_pdf(quotation: Quotation, document: Document) -> bytes:
    """An electronic policy."""
    # Slow to load, and most of the time nobody asks for a policy.
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0)
    canvas.setTitle(policy_name(quotation, document))
    canvas.setFont(FONT, 18)
    canvas.drawString(LEFT, TOP, f"机动车{PLAN_NAMES[PLANS[document.kind]]}保险单（电子保单）")
    canvas.setFont(FONT, 9)
    canvas.drawString(LEFT, TOP - LEADING, "演练环境，所有数据均为虚构，不具有法律效力")
    for place, (label, value) in enumerate(_facts(quotation, document), 3):
        canvas.setFont(FONT, 11)
        canvas.drawString(LEFT, TOP - place * LEADING, f"{label}：")
        canvas.setFont("Helvetica" if value.isascii() else FONT, 11)
        canvas.drawString(LEFT + 150, TOP - place * LEADING, value)
    canvas.save()
    return out.getvalue()


def _facts(quotation: Quotation, document: Document) -> list[tuple[str, str]]:
    vehicle = quotation.voucher["vehicleTarget"]
    return [
        ("保险单号", document.policy_number),
        ("投保单号", document.apply_number),
        ("被保险人", insured(quotation.voucher)),
        ("号牌号码", plate(quotation.voucher)),
        ("车架号", vehicle["vehicleFrameNo"]),
        ("发动机号", vehicle["engineNo"]),
        ("厂牌型号", vehicle["autoModelName"]),
        ("保险期间自", moment(document.term.start)),
        ("保险期间至", moment(document.term.end)),
        *((duty.name, f"{yuan(duty.amount)} / {yuan(duty.premium)}") for duty in document.term.duties),
        ("保险费合计（元）", yuan(document.premium)),
    ]
