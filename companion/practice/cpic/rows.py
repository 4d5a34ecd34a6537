"""Turns the portal's book into the JSON its pages show."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from companion.practice.cpic import payments
from companion.practice.cpic.book import BLANKS, STATES, Line, Quotation
from companion.practice.cpic.epolicy import file_name
from companion.practice.cpic.forms import DAY, Kind
from companion.practice.pages import yuan
from companion.practice.portal import ZONE

Row = dict[str, Any]

PRODUCTS: dict[Kind, str] = {"commercial": "商业险", "compulsory": "交强险", "nonMotor": "驾乘人员意外险"}
_LINES: dict[Kind, str] = {
    "commercial": "commercialInsuransVo",
    "compulsory": "compulsoryInsuransVo",
    "nonMotor": "nonMotorInsuransVo",
}


def moment(instant: datetime | None) -> str:
    """An instant as the portal prints it."""
    return f"{instant.astimezone(ZONE):%Y-%m-%d %H:%M:%S}" if instant else ""


def quotation(each: Quotation) -> Row:
    """A row of the quotation list."""
    state = each.state
    row = {
        "quotationNo": each.number,
        "productType": "1" if each.motor else "2",
        "productName": "机动车保险" if each.motor else PRODUCTS["nonMotor"],
        **_who(each),
        "totalPremium": yuan(each.amount),
        "quotationState": state,
        "quotationStateName": STATES[state],
        "stInputDate": moment(each.saved_at),
        "userCode": each.maker,
    }
    return row | (_motor_numbers(each) if each.motor else _numbers(each.lines[0]))


def _motor_numbers(each: Quotation) -> Row:
    row: Row = {}
    for kind in ("commercial", "compulsory"):
        line = each.line(kind)
        row[f"{kind}InsuredNo"] = line.insured_no if line else ""
        row[f"{kind}PolicyNo"] = line.policy_no if line else BLANKS
        row[f"{kind}State"] = line.state if line else ""
        row[f"{kind}StateName"] = STATES[line.state] if line else ""
        row[f"{kind}Premium"] = yuan(line.premium) if line else ""
        row[f"{kind}Message"] = line.reason if line else ""
    return row


def _numbers(line: Line) -> Row:
    return {"insuredNo": line.insured_no, "policyNo": line.policy_no}


def _who(each: Quotation) -> Row:
    names = ("plateNo", "carVIN", "insuredName")
    return {name: each.form.value(name) for name in names}


def detail(each: Quotation) -> Row:
    """Everything about a quotation."""
    form = each.form
    return {
        **quotation(each),
        "ecarvo": form.ecarvo,
        "insuredVo": form.insuredVo,
        "commercial": form.commercial,
        "compulsory": form.compulsory,
        "nonMotor": form.nonMotor,
        "complete": each.complete,
        "editable": each.motor and each.state in ("1", "3", "4"),
        **{_LINES[line.kind]: _line(line) for line in each.lines},
        "nonMotorQuotationNo": each.extra.number if each.extra and each.extra.alive else "",
    }


def _line(line: Line) -> Row:
    return {
        **_numbers(line),
        "productName": PRODUCTS[line.kind],
        "state": line.state,
        "stateName": STATES[line.state],
        "underwriteMessage": line.reason,
        "stStartDate": f"{line.start:{DAY}}",
        "stEndDate": f"{line.end:{DAY}}",
        "premium": yuan(line.premium),
        "taxAmount": yuan(line.tax),
        "quoteInsuranceVos": [
            {
                "insuranceCode": part.code,
                "insuranceName": part.name,
                "amount": part.amount // 100,
                "premium": yuan(part.premium),
            }
            for part in line.coverages
        ],
    }


def submitted(each: Quotation) -> Row:
    """What underwriting said, line by line: a number is there even when the line was refused."""
    result: Row = {"quotationNo": each.number, "quotationState": each.state}
    for line in [line for member in each.family for line in member.alive]:
        result[_LINES[line.kind]] = {
            "insuredNo": line.insured_no,
            "state": line.state,
            "underwriteMessage": line.reason,
        }
        result[f"{line.kind}Result"] = line.state == "5"
    return result


def payable(each: Quotation, order: payments.Order | None) -> Row:
    """A row of the payment page."""
    status = order.state if order else "1"
    return {
        **quotation(each),
        "payAmount": yuan(sum(member.amount for member in each.family)),
        "payNo": order.pay_no if order else "",
        "payStatus": status,
        "payStatusName": payments.STATES.get(status, "未支付"),
    }


def record(order: payments.Order) -> Row:
    """A row of the payment records."""
    first, lines = order.quotations[0], [line for each in order.quotations for line in each.alive]
    return {
        "payNo": order.pay_no,
        "payType": payments.HOWS[order.how],
        "payStatus": order.state,
        "payStatusName": payments.STATES[order.state],
        "payAmount": yuan(order.amount),
        "quotationNo": first.number,
        **_who(first),
        "insuredNos": ",".join(line.insured_no for line in lines),
        "policyNos": ",".join(number for line in lines if (number := line.policy_no.strip())),
        "stCreateDate": moment(order.made_at),
        "stPayDate": moment(order.paid_at),
        "userCode": order.maker,
    }


def policies(every: Iterable[Quotation]) -> list[Row]:
    """The policy list: one row per issued line."""
    return [policy(each, line) for each in every for line in each.lines if line.policy_no.strip()]


def policy(each: Quotation, line: Line) -> Row:
    """A row of the policy list."""
    return {
        **_numbers(line),
        "quotationNo": each.number,
        "productType": "1" if each.motor else "2",
        "productName": PRODUCTS[line.kind],
        **_who(each),
        "premium": yuan(line.premium),
        "stStartDate": f"{line.start:{DAY}}",
        "stEndDate": f"{line.end:{DAY}}",
        "fileName": file_name(each, line),
        "userCode": each.maker,
    }
