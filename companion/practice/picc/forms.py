"""The entry form (投保单录入): GBK fields in; dates and coverages, or the portal's complaint, out."""

import re
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl

from companion.practice.picc import tariff
from companion.practice.portal import ZONE, Complaint

Form = dict[str, str]
Kind = Literal["commercial", "compulsory"]

ENCODING = "gbk"
MAX_FIELDS = 300
_REQUIRED = {
    "prpCitemCar.licenseNo": ("车牌号码", r"[\u4e00-\u9fa5][A-Z][-A-Z0-9]{5,7}"),
    "prpCitemCar.vinNo": ("车架号", r"[A-HJ-NPR-Z0-9]{17}"),
    "prpCitemCar.engineNo": ("发动机号", r"[A-Z0-9]{4,20}"),
    "prpCitemCar.brandName": ("厂牌型号", r".{2,60}"),
    "prpCitemCar.enrollDate": ("初登日期", r"\d{4}-\d{2}-\d{2}"),
    "prpCitemCar.purchasePrice": ("新车购置价", r"[1-9]\d{3,7}"),
    "prpCinsureds[0].insuredName": ("被保险人名称", r".{2,60}"),
    "prpCinsureds[0].identifyNumber": ("证件号码", r"[0-9A-Z]{15,18}"),
    "prpCinsureds[0].mobile": ("移动电话", r"1\d{10}"),
}
_START = {"commercial": "prpCmain.startDate", "compulsory": "prpCmainCI.startDate"}
_FLAG = {"commercial": "BIFlag", "compulsory": "CIFlag"}


def read_form(body: bytes) -> Form:
    """The fields of a form post in GBK percent-encoding."""
    pairs = parse_qsl(
        body.decode("ascii", "replace"),
        keep_blank_values=True,
        encoding=ENCODING,
        errors="replace",
        max_num_fields=MAX_FIELDS,
    )
    return {name: value.strip() for name, value in pairs}


def check(form: Form) -> None:
    """Raises Complaint for the first field that is missing or wrong."""
    for name, (label, pattern) in _REQUIRED.items():
        value = form.get(name, "")
        if not value:
            raise Complaint(f"{label}不能为空")
        if not re.fullmatch(pattern, value):
            raise Complaint(f"{label}格式不正确")
    if not kinds(form):
        raise Complaint("请至少选择一个险种")


def kinds(form: Form) -> list[Kind]:
    """The lines that are ticked."""
    every: tuple[Kind, ...] = ("commercial", "compulsory")
    return [kind for kind in every if form.get(_FLAG[kind]) == "1"]


def term(form: Form, kind: Kind) -> tuple[datetime, datetime]:
    """From when until when a line covers. Raises Complaint when the start is no date."""
    try:
        start = datetime.strptime(form.get(_START[kind], ""), "%Y-%m-%d").replace(tzinfo=ZONE)
    except ValueError:
        raise Complaint("起保日期不正确") from None
    return start, start + timedelta(days=365)


def coverages(form: Form, kind: Kind) -> list[tariff.Coverage]:
    """The coverages of a line with their premiums. Raises Complaint for sums that are not offered."""
    if kind == "compulsory":
        return [tariff.compulsory()]
    offers = [tariff.damage, tariff.third_party, tariff.driver, tariff.passengers]
    try:
        chosen = [
            offer(_amount(form, row))
            for row, offer in enumerate(offers)
            if form.get(f"prpCitemKindsTemp[{row}].chooseFlag") == "1"
        ]
    except (KeyError, ValueError):
        raise Complaint("保额不正确") from None
    if not chosen:
        raise Complaint("请选择商业险险别")
    return chosen


def _amount(form: Form, row: int) -> int:
    if row == 0:
        return int(form["prpCitemCar.purchasePrice"]) * 100
    return int(form[f"prpCitemKindsTemp[{row}].amount"]) * 100
