"""Turns the portal's state into what a browser gets: pages, and JSON in the portal's shapes."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from companion.practice.pages import templates
from companion.practice.pingan import tariff
from companion.practice.pingan.book import STATUSES, Document, Quotation
from companion.practice.pingan.forms import PLANS, insured, plate
from companion.practice.pingan.payments import STATUSES as PAY_STATUSES
from companion.practice.pingan.payments import Payment
from companion.practice.portal import ZONE

HERE = Path(__file__).parent
PLAN_NAMES = {"C01": "商业险", "C51": "交强险"}


def yuan(fen: int) -> str:
    """Fen as the portal prints money: `1,234.50`."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def moment(instant: datetime | None) -> str:
    """An instant as the portal prints it."""
    return instant.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S") if instant else ""


_TEMPLATES = templates(HERE / "templates")
_TEMPLATES.filters["yuan"] = yuan
_TEMPLATES.filters["moment"] = moment
_TEMPLATES.globals["statuses"] = STATUSES
_TEMPLATES.globals["pay_statuses"] = PAY_STATUSES
_TEMPLATES.globals["liability_sums"] = [fen // 100 for fen in sorted(tariff.LIABILITY)]
_TEMPLATES.globals["seat_sums"] = [fen // 100 for fen in tariff.SEAT_SUMS]


def page(template: str, charset: str = "utf-8", **context: Any) -> web.Response:
    """A page; what its charset lacks becomes a character reference."""
    text = _TEMPLATES.get_template(template).render(**context)
    return web.Response(
        body=text.encode(charset, "xmlcharrefreplace"), content_type="text/html", charset=charset
    )


def good(**more: Any) -> dict[str, Any]:
    """A good answer."""
    return {"resultCode": "0", "resultMessage": "", **more}


def bad(message: str) -> dict[str, Any]:
    """A refusal."""
    return {"resultCode": "1", "resultMessage": message}


def as_json(value: Any) -> web.Response:
    """JSON as the portal sends it."""
    return web.json_response(text=json.dumps(value, ensure_ascii=False))


def row(quotation: Quotation, document: Document) -> dict[str, Any]:
    """A row of the workbench and of the policy list."""
    plan = PLANS[document.kind]
    return {
        "quotationNo": quotation.number,
        "applyPolicyNo": document.apply_number,
        "policyNo": document.policy_number,
        "planCode": plan,
        "planName": PLAN_NAMES[plan],
        "vehicleLicenceCode": plate(quotation.voucher),
        "vehicleFrameNo": quotation.voucher["vehicleTarget"]["vehicleFrameNo"],
        "insuredName": insured(quotation.voucher),
        "totalPremium": yuan(document.premium),
        "insuranceBeginTime": moment(document.term.start),
        "insuranceEndTime": moment(document.term.end),
        "finalStatus": document.status,
        "statusName": STATUSES[document.status],
        "message": document.message,
        "createdBy": quotation.maker,
        "updatedDate": moment(quotation.saved_at),
    }


def voucher(quotation: Quotation) -> dict[str, Any]:
    """Everything about a quotation, as quoting and its detail answer it."""
    return {
        **quotation.voucher,
        "quotationNo": quotation.number,
        "revision": quotation.revision,
        "totalPremium": yuan(quotation.premium),
        "documentList": [
            {
                **row(quotation, document),
                "dutyList": [
                    {
                        "dutyCode": duty.code,
                        "dutyName": duty.name,
                        "insuredAmount": yuan(duty.amount),
                        "premium": yuan(duty.premium),
                    }
                    for duty in document.term.duties
                ],
            }
            for document in quotation.documents
        ],
    }


def results(quotation: Quotation) -> dict[str, Any]:
    """What underwriting said, document by document."""
    return {
        "applyResultList": [
            {
                "quotationNo": quotation.number,
                "singleDocumentResultList": [
                    {
                        "applyPolicyNo": document.apply_number,
                        "planCode": PLANS[document.kind],
                        "finalStatus": document.status,
                        "message": document.message,
                    }
                    for document in quotation.documents
                ],
            }
        ]
    }


def pay_row(payment: Payment) -> dict[str, Any]:
    """A row of the payment record."""
    return {
        "noticeNo": payment.notice,
        "quotationNo": payment.quotation.number,
        "applyPolicyNos": payment.apply_numbers,
        "policyNos": [document.policy_number for document in payment.quotation.documents],
        "vehicleLicenceCode": plate(payment.quotation.voucher),
        "amount": yuan(payment.amount),
        "payStatus": payment.status,
        "payStatusName": PAY_STATUSES[payment.status],
        "createdDate": moment(payment.made_at),
        "paidDate": moment(payment.paid_at),
    }
