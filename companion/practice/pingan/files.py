"""Electronic policies (电子保单)."""

from urllib.parse import quote

from companion.practice.pdf import Page
from companion.practice.pingan.book import Document, Quotation
from companion.practice.pingan.forms import PLANS, insured, plate
from companion.practice.pingan.pages import PLAN_NAMES, moment, yuan

LEFT, TOP, LEADING = 60, 780, 22


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
    page = Page(policy_name(quotation, document))
    page.text(LEFT, TOP, f"机动车{PLAN_NAMES[PLANS[document.kind]]}保险单（电子保单）", 18)
    page.text(LEFT, TOP - LEADING, "演练环境，所有数据均为虚构，不具有法律效力", 9)
    for place, (label, value) in enumerate(_facts(quotation, document), 3):
        page.text(LEFT, TOP - place * LEADING, f"{label}：", 11)
        page.text(LEFT + 150, TOP - place * LEADING, value, 11)
    return page.save()


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
