"""Proposals of the past, so that lists have something in them: the same ones at every start."""

from datetime import datetime, timedelta
from random import Random

from companion.practice.picc import forms, tariff
from companion.practice.picc.book import (
    AUTO_PASSED,
    COMPANY,
    DRAFT,
    PASSED,
    REFUSED,
    WAITING,
    Book,
    Line,
    Proposal,
)
from companion.practice.portal import ZONE

LAST = datetime(2025, 12, 30, 17, 40, tzinfo=ZONE)
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静磊洋勇艳杰涛明超霞平刚桂英华玉萍红建文军"
_MODELS = ["大众SVW71410CU", "别克SGM7154DAAA", "丰田TV7182GL", "比亚迪BYD7005BEV", "本田DHW7150R5CSF"]
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_ISSUED, _DELETED = "issued", "deleted"
_FATES = {DRAFT: 20, WAITING: 5, REFUSED: 4, PASSED: 6, AUTO_PASSED: 8, _ISSUED: 50, _DELETED: 7}


def fill(book: Book, rows: int) -> None:
    """Enter proposals with so many lines, oldest first."""
    luck, made = Random(20_251_230), 0
    while made < rows:
        at = LAST - timedelta(minutes=7 * (rows - made))
        proposal = _proposal(luck, at, made + 1, most=rows - made)
        book.add(proposal)
        made += len(proposal.lines)


def _proposal(luck: Random, at: datetime, serial: int, most: int) -> Proposal:
    form = _form(luck, at)
    kinds = forms.kinds(form)[-most:]
    proposal = Proposal(luck.choice(["clerk01", "clerk01", "clerk02"]), form, at, at, revision=1)
    fate = luck.choices(list(_FATES), list(_FATES.values()))[0]
    for place, kind in enumerate(kinds):
        letter = "A" if kind == "commercial" else "Z"
        number = f"TD{letter}A{at.year}{COMPANY}{serial + place:010d}"
        line = Line(number, kind, *forms.term(form, kind), forms.coverages(form, kind))
        _befall(line, fate, luck.random() < 0.2)
        proposal.lines.append(line)
    return proposal


def _befall(line: Line, fate: str, by_hand: bool) -> None:
    if fate == _ISSUED:
        line.by_hand = by_hand
        line.issue()
    elif fate == _DELETED:
        line.deleted = True
    else:
        line.flag = fate


def _form(luck: Random, at: datetime) -> forms.Form:
    both = luck.random() < 0.8
    start = f"{at + timedelta(days=luck.randint(1, 40)):%Y-%m-%d}"
    birth = f"19{luck.randint(60, 99)}0{luck.randint(1, 9)}{luck.randint(10, 28)}"
    return {
        **_car(luck),
        "prpCinsureds[0].insuredName": luck.choice(_FAMILY)
        + "".join(luck.choices(_GIVEN, k=luck.choice([1, 2]))),
        "prpCinsureds[0].identifyNumber": f"3302{luck.randint(1, 12):02d}{birth}{luck.randint(1000, 9999)}",
        "prpCinsureds[0].mobile": f"139{luck.randint(0, 99_999_999):08d}",
        "BIFlag": "1" if both else "",
        "CIFlag": "1",
        "prpCmain.startDate": start,
        "prpCmainCI.startDate": start,
        "prpCitemKindsTemp[0].chooseFlag": "1",
        "prpCitemKindsTemp[1].chooseFlag": "1",
        "prpCitemKindsTemp[1].amount": str(luck.choice(tariff.third_party_sums()) // 100),
    }


def _car(luck: Random) -> forms.Form:
    return {
        "prpCitemCar.licenseNo": "浙B" + "".join(luck.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=5)),
        "prpCitemCar.vinNo": "L" + "".join(luck.choices(_VIN, k=10)) + f"{luck.randint(0, 999_999):06d}",
        "prpCitemCar.engineNo": f"{luck.choice('ABCDEFGH')}{luck.randint(100_000, 999_999)}",
        "prpCitemCar.brandName": luck.choice(_MODELS),
        "prpCitemCar.enrollDate": f"{luck.randint(2014, 2024)}-0{luck.randint(1, 9)}-{luck.randint(10, 28)}",
        "prpCitemCar.purchasePrice": str(luck.randint(60, 420) * 1000),
        "prpCitemCar.seatCount": "5",
    }
