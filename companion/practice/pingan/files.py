"""Policies as PDF: the electronic policy (电子保单), and the one that is printed (保单正本)."""

from typing import Literal

from companion.practice.pdf import Page
from companion.practice.pingan.book import Document, Quotation
from companion.practice.pingan.forms import PLANS, insured, plate
from companion.practice.pingan.pages import PLAN_NAMES, moment, yuan

Paper = Literal["epolicy", "policy"]
PAPERS: dict[Paper, str] = {"epolicy": "电子保单", "policy": "保单正本"}
LEFT, TOP, LEADING = 60, 780, 22


def policy_name(quotation: Quotation, document: Document, paper: Paper) -> str:
    """What the portal calls the file."""
    plan = PLAN_NAMES[PLANS[document.kind]]
    return f"{plate(quotation.voucher)}_{plan}{PAPERS[paper]}_{document.policy_number}.pdf"


def policy_pdf(quotation: Quotation, document: Document, paper: Paper, padding: int = 0) -> bytes:
    """The file, heavier by so many bytes; the same policy gives the same bytes."""
    page = Page(policy_name(quotation, document, paper))
    page.text(LEFT, TOP, f"机动车{PLAN_NAMES[PLANS[document.kind]]}保险单（{PAPERS[paper]}）", 18)
    page.text(LEFT, TOP - LEADING, "演练环境，所有数据均为虚构，不具有法律效力", 9)
    for place, (label, value) in enumerate(_facts(quotation, document), 3):
        page.text(LEFT, TOP - place * LEADING, f"{label}：", 11)
        page.text(LEFT + 150, TOP - place * LEADING, value, 11)
    return page.save(padding)


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
