"""The quotation form: a voucher (JSON) in; coverages and terms, or the portal's complaint, out."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from companion.practice.pingan import tariff
from companion.practice.portal import ZONE, Complaint

Kind = Literal["commercial", "compulsory"]
Voucher = dict[str, Any]

PLANS: dict[Kind, str] = {"commercial": "C01", "compulsory": "C51"}
_BASE: dict[Kind, str] = {"commercial": "c01BaseInfo", "compulsory": "c51BaseInfo"}
_FIELDS = {
    "vehicleTarget.vehicleLicenceCode": ("车牌号", r"[\u4e00-\u9fa5][A-Z]-[A-Z0-9]{5,6}"),
    "vehicleTarget.vehicleFrameNo": ("车架号", r"[A-HJ-NPR-Z0-9]{17}"),
    "vehicleTarget.engineNo": ("发动机号", r"[A-Z0-9]{4,20}"),
    "vehicleTarget.autoModelName": ("厂牌型号", r".{2,60}"),
    "vehicleTarget.firstRegisterDate": ("初次登记日期", r"\d{4}-\d{2}-\d{2}"),
    "vehicleTarget.price": ("新车购置价", r"[1-9]\d{3,7}"),
    "insurantInfo.personnelName": ("被保险人", r".{2,60}"),
    "insurantInfo.certificateTypeNo": ("证件号码", r"[0-9A-Z]{15,18}"),
    "insurantInfo.mobileTelephone": ("手机号码", r"1\d{10}"),
}


@dataclass(frozen=True)
class Term:
    """What one line insures: from when to when, and its coverages."""

    start: datetime
    end: datetime
    duties: list[tariff.Duty]


def field(voucher: Voucher, path: str) -> str:
    """The text at `group.name`, stripped; empty where there is none."""
    group, _, name = path.partition(".")
    values = voucher.get(group)
    value = values.get(name) if isinstance(values, dict) else None
    return value.strip() if isinstance(value, str) else ""


def plate(voucher: Voucher) -> str:
    """The plate, with its hyphen."""
    return field(voucher, "vehicleTarget.vehicleLicenceCode")


def insured(voucher: Voucher) -> str:
    """Who is insured."""
    return field(voucher, "insurantInfo.personnelName")


def check(voucher: Voucher) -> dict[Kind, Term]:
    """The lines a voucher asks for. Raises Complaint for what is missing or wrong."""
    for path, (label, pattern) in _FIELDS.items():
        value = field(voucher, path)
        if not value:
            raise Complaint(f"请录入{label}")
        if not re.fullmatch(pattern, value):
            raise Complaint(f"{label}格式有误" + ("，应如：浙A-12345" if label == "车牌号" else ""))
    _day(field(voucher, "vehicleTarget.firstRegisterDate"), "初次登记日期")
    terms = {kind: _term(voucher, kind) for kind in PLANS if _chosen(voucher, kind)}
    if not terms:
        raise Complaint("请至少选择一个险种")
    return terms


def age(voucher: Voucher, today: date) -> int:
    """Years since the car's first registration."""
    first = date.fromisoformat(field(voucher, "vehicleTarget.firstRegisterDate"))
    return today.year - first.year


def blank(now: datetime) -> Voucher:
    """What a new form starts with."""
    tomorrow = (now.astimezone(ZONE) + timedelta(days=1)).strftime("%Y-%m-%d")
    sums = {"DUTY01": "", "DUTY02": "2000000", "DUTY03": "10000", "DUTY04": "10000"}
    return {
        "quotationNo": "",
        "vehicleTarget": {"vehicleSeats": "5"},
        "insurantInfo": {},
        "c01BaseInfo": {
            "selected": True,
            "insuranceBeginTime": tomorrow,
            "dutyList": [
                {"dutyCode": code, "dutyName": tariff.NAMES[code], "selected": True, "insuredAmount": amount}
                for code, amount in sums.items()
            ],
        },
        "c51BaseInfo": {"selected": True, "insuranceBeginTime": tomorrow},
    }


def _chosen(voucher: Voucher, kind: Kind) -> bool:
    base = voucher.get(_BASE[kind])
    return isinstance(base, dict) and base.get("selected") is True


def _term(voucher: Voucher, kind: Kind) -> Term:
    start = _day(field(voucher, f"{_BASE[kind]}.insuranceBeginTime"), "起保日期")
    duties = [tariff.compulsory()] if kind == "compulsory" else _duties(voucher)
    return Term(start, start.replace(year=start.year + 1) - timedelta(seconds=1), duties)


def _day(text: str, label: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ZONE)
    except ValueError:
        raise Complaint(f"{label}格式有误") from None


def _duties(voucher: Voucher) -> list[tariff.Duty]:
    try:
        wanted = [duty for duty in voucher["c01BaseInfo"]["dutyList"] if duty["selected"] is True]
        duties = [tariff.duty(duty["dutyCode"], _amount(voucher, duty)) for duty in wanted]
    except (KeyError, TypeError, ValueError):
        raise Complaint("保额有误") from None
    if not duties:
        raise Complaint("请选择商业险责任")
    return duties


def _amount(voucher: Voucher, duty: Voucher) -> int:
    yuan = field(voucher, "vehicleTarget.price") if duty["dutyCode"] == "DUTY01" else duty["insuredAmount"]
    return int(yuan) * 100
