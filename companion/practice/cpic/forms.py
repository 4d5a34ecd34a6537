"""The quotation form (报价录入): JSON in; coverages and terms, or the portal's complaint, out."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from companion.practice.cpic import tariff
from companion.practice.portal import ZONE, Complaint

Kind = Literal["commercial", "compulsory", "nonMotor"]

DAY = "%Y-%m-%d"
Text = Annotated[str, BeforeValidator(lambda value: str(value).strip()), Field(max_length=200)]
_DRAFT = {
    "plateNo": ("车牌号", r"[\u4e00-\u9fa5][A-Z][A-Z0-9]{5,6}"),
    "carVIN": ("车架号", r"[A-HJ-NPR-Z0-9]{17}"),
    "insuredName": ("被保险人姓名", r".{2,60}"),
}
_FULL = {
    **_DRAFT,
    "engineNo": ("发动机号", r"[A-Z0-9]{4,20}"),
    "modelType": ("厂牌型号", r".{2,60}"),
    "stRegisterDate": ("初次登记日期", r"\d{4}-\d{2}-\d{2}"),
    "purchasePrice": ("新车购置价", r"[1-9]\d{3,7}"),
    "seatCount": ("核定载客", r"[1-9]\d?"),
    "ownerName": ("车主", r".{2,60}"),
    "certNo": ("证件号码", r"[0-9A-Z]{15,18}"),
    "telephone": ("手机号码", r"1\d{10}"),
}


class Chosen(BaseModel):
    """A coverage that was ticked; the amount is in yuan."""

    insuranceCode: Text = ""  # noqa: N815
    amount: int = 0


class Term(BaseModel):
    """When a line starts."""

    stStartDate: Text = ""  # noqa: N815


class Application(BaseModel):
    """What the quotation form sends."""

    quotationNo: Text = ""  # noqa: N815
    ecarvo: dict[str, Text] = Field(default_factory=dict, max_length=40)
    insuredVo: dict[str, Text] = Field(default_factory=dict, max_length=20)  # noqa: N815
    commercial: bool = False
    compulsory: bool = False
    nonMotor: bool = False  # noqa: N815
    commercialInsuransVo: Term = Term()  # noqa: N815
    compulsoryInsuransVo: Term = Term()  # noqa: N815
    quoteInsuranceVos: list[Chosen] = Field(default_factory=list, max_length=20)  # noqa: N815

    def value(self, name: str) -> str:
        """A field of the car or of the insured."""
        return self.ecarvo.get(name) or self.insuredVo.get(name) or ""

    @property
    def price(self) -> int:
        """The price of the car in fen, 0 while it is not known."""
        text = self.value("purchasePrice")
        return int(text) * 100 if re.fullmatch(r"\d{1,8}", text) else 0


def read(redata: dict[str, Any]) -> Application:
    """The form out of an envelope. Raises Complaint for what is no form at all."""
    try:
        return Application.model_validate(redata)
    except ValidationError:
        raise Complaint("请求数据格式错误") from None


def check(form: Application, full: bool) -> None:
    """Raises Complaint for the first field missing or wrong; a draft (暂存) needs few."""
    for name, (label, pattern) in (_FULL if full else _DRAFT).items():
        value = form.value(name)
        if not value:
            raise Complaint(f"{label}不能为空")
        if not re.fullmatch(pattern, value):
            raise Complaint(f"{label}格式不正确")
    if full:
        day(form.value("stRegisterDate"), "初次登记日期")
    if not kinds(form):
        raise Complaint("请至少选择一个险种")


def kinds(form: Application) -> list[Kind]:
    """The motor lines that are ticked."""
    every: tuple[Kind, ...] = ("commercial", "compulsory")
    return [kind for kind in every if getattr(form, kind)]


def day(text: str, label: str) -> datetime:
    """Midnight in the portal's zone. Raises Complaint when the text is no date."""
    try:
        return datetime.strptime(text, DAY).replace(tzinfo=ZONE)
    except ValueError:
        raise Complaint(f"{label}不正确") from None


def term(form: Application, kind: Kind) -> tuple[datetime, datetime]:
    """From when until when a line covers; what is sold beside follows the first motor line."""
    if kind == "nonMotor":
        kind = kinds(form)[0]
    given = form.commercialInsuransVo if kind == "commercial" else form.compulsoryInsuransVo
    start = day(given.stStartDate, "起保日期")
    return start, start + timedelta(days=365)


def coverages(form: Application, kind: Kind) -> list[tariff.Coverage]:
    """The coverages of a line. Raises Complaint for sums that are not offered."""
    if kind == "compulsory":
        return [tariff.compulsory()]
    if kind == "nonMotor":
        return [tariff.non_motor()]
    try:
        chosen = [
            tariff.commercial(each.insuranceCode, each.amount * 100, form.price)
            for each in form.quoteInsuranceVos
        ]
    except KeyError:
        raise Complaint("险别或保额不正确") from None
    if not chosen:
        raise Complaint("请选择商业险险别")
    return chosen
