"""Quotations of the past, so that lists have something in them: the same ones at every start."""

from datetime import datetime, timedelta
from random import Random

from companion.practice.cpic import forms, tariff
from companion.practice.cpic.book import (
    DELETED,
    DRAFT,
    FINAL,
    ISSUED,
    PASSED,
    REFUSED,
    RETURNED,
    WAITING,
    Book,
    Line,
    Numbers,
    Quotation,
    policy_no,
)
from companion.practice.cpic.forms import Application, Kind
from companion.practice.cpic.payments import PAID, Orders
from companion.practice.portal import ZONE

LAST = datetime(2025, 12, 30, 17, 40, tzinfo=ZONE)
FIRST_NUMBER = 1_000_000
NON_MOTOR_SHARE = 0.08
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静磊洋勇艳杰涛明超霞平刚桂英华玉萍红建文军"
_MODELS = ["大众SVW71410CU", "别克SGM7154DAAA", "丰田TV7182GL", "比亚迪BYD7005BEV", "本田DHW7150R5CSF"]
_STATES = {DRAFT: 20, WAITING: 5, REFUSED: 4, RETURNED: 4, PASSED: 12, FINAL: 1, ISSUED: 48, DELETED: 6}
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_REASONS = {
    REFUSED: "该车风险等级过高，不予承保",
    RETURNED: "影像资料不清晰，请重新上传",
    FINAL: "黑名单客户",
}


def fill(book: Book, orders: Orders, rows: int) -> None:
    """Enter so many rows, oldest first."""
    luck, numbers, made = Random(20_251_230), Numbers(FIRST_NUMBER), 0
    while made < rows:
        at = LAST - timedelta(minutes=11 * (rows - made))
        quotation = _quotation(luck, numbers, at)
        if made + 1 < rows and luck.random() < NON_MOTOR_SHARE:
            quotation.form.nonMotor = True
            quotation.extra = _beside(quotation, numbers, at)
        for each in quotation.family:
            _finish(each, quotation.state, numbers, at)
        book.add(quotation)
        _paid(orders, quotation, numbers, at)
        made += len(quotation.family)


def _quotation(luck: Random, numbers: Numbers, at: datetime) -> Quotation:
    form = _form(luck, at)
    kinds: list[Kind] = forms.kinds(form)
    state = luck.choices(list(_STATES), list(_STATES.values()))[0]
    lines = [Line(kind, *forms.term(form, kind), forms.coverages(form, kind), state=state) for kind in kinds]
    maker = luck.choice(["clerk01", "clerk01", "clerk02"])
    number = numbers.quotation(at)
    return Quotation(number, maker, form, at, at, lines, complete=state != DRAFT, revision=1)


def _beside(quotation: Quotation, numbers: Numbers, at: datetime) -> Quotation:
    form = quotation.form
    line = Line(
        "nonMotor", *forms.term(form, "nonMotor"), [tariff.non_motor()], state=quotation.lines[0].state
    )
    number = numbers.quotation(at)
    return Quotation(number, quotation.maker, form, at, at, [line], complete=True, revision=1)


def _finish(quotation: Quotation, state: str, numbers: Numbers, at: datetime) -> None:
    for line in quotation.lines:
        if state not in (DRAFT, DELETED):
            line.insured_no = numbers.proposal(line.kind, at)
            line.reason = _REASONS.get(state, "")
        if state == ISSUED:
            line.policy_no = policy_no(line.insured_no)


def _paid(orders: Orders, quotation: Quotation, numbers: Numbers, at: datetime) -> None:
    if quotation.state != ISSUED:
        return
    order = orders.make(numbers.payment(at), "qr", quotation.family, quotation.maker, at)
    order.state, order.paid_at = PAID, at


def _form(luck: Random, at: datetime) -> Application:
    name = luck.choice(_FAMILY) + "".join(luck.choices(_GIVEN, k=luck.choice([1, 2])))
    both = luck.random() < 0.8
    start = {"stStartDate": f"{at + timedelta(days=luck.randint(1, 40)):%Y-%m-%d}"}
    return Application.model_validate(
        {
            "ecarvo": _car(luck) | {"ownerName": name},
            "insuredVo": {
                "insuredName": name,
                "certNo": f"3302{luck.randint(1, 12):02d}19{luck.randint(60, 99)}0{luck.randint(1, 9)}"
                f"{luck.randint(10, 28)}{luck.randint(1000, 9999)}",
                "telephone": f"139{luck.randint(0, 99_999_999):08d}",
            },
            "commercial": both or luck.random() < 0.5,
            "compulsory": True,
            "commercialInsuransVo": start,
            "compulsoryInsuransVo": start,
            "quoteInsuranceVos": [
                {"insuranceCode": tariff.DAMAGE},
                {"insuranceCode": tariff.THIRD_PARTY, "amount": luck.choice([1, 2, 3]) * 1_000_000},
            ],
        }
    )


def _car(luck: Random) -> dict[str, str]:
    return {
        "plateNo": "浙B" + "".join(luck.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=5)),
        "carVIN": "L" + "".join(luck.choices(_VIN, k=10)) + f"{luck.randint(0, 999_999):06d}",
        "engineNo": f"{luck.choice('ABCDEFGH')}{luck.randint(100_000, 999_999)}",
        "modelType": luck.choice(_MODELS),
        "stRegisterDate": f"{luck.randint(2014, 2024)}-{luck.randint(1, 12):02d}-{luck.randint(10, 28)}",
        "purchasePrice": str(luck.randint(60, 420) * 1000),
        "seatCount": "5",
    }
