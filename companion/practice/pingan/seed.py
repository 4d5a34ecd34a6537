"""Invented business of the past months, so that lists can be long."""

from datetime import timedelta
from random import Random

from companion.practice.pingan import book as states
from companion.practice.pingan import forms
from companion.practice.pingan.logins import CLERKS
from companion.practice.pingan.portal import Portal

_FAMILY, _GIVEN = "王李张刘陈杨黄赵周吴徐孙胡朱林何郭马罗梁", "伟芳娜敏静强磊洋艳勇军杰娟涛超明霞平刚桂"
_MODELS = ["大众SVW71410CU", "别克SGM7158LBA3", "丰田TV7182GL", "本田DHW7156CUCSF", "比亚迪BYD7006BEV"]
_MARKS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_STATUSES = [states.ISSUED, states.QUOTED, states.TO_PAY, states.ISSUED, states.TO_CHANGE]
_MESSAGES = {states.TO_PAY: "自动核保通过", states.TO_CHANGE: "行驶证影像不清晰，请修改"}


def fill(portal: Portal, rows: int) -> None:
    """Put so many rows into the workbench. The same number makes the same cars and people."""
    chance, made = Random(rows), 0
    clerks = list(CLERKS)
    now = portal.clock.now()
    while made < rows:
        voucher = _voucher(portal, chance)
        if rows - made == 1:
            voucher["c01BaseInfo"]["selected"] = False
        saved_at = now - timedelta(minutes=7 * (rows - made))
        quotation = portal.book.save(voucher, "", clerks[made // 2 % len(clerks)], saved_at, saved_at)
        _bring_to(portal, quotation, _STATUSES[made // 2 % len(_STATUSES)])
        made += len(quotation.documents)


def _bring_to(portal: Portal, quotation: states.Quotation, status: str) -> None:
    if status == states.QUOTED:
        return
    portal.book.number_documents(quotation)
    for document in quotation.documents:
        document.status = states.TO_PAY if status == states.ISSUED else status
        document.message = _MESSAGES.get(status, "")
    if status == states.ISSUED:
        portal.book.issue(quotation)


def _voucher(portal: Portal, chance: Random) -> forms.Voucher:
    voucher = forms.blank(portal.clock.now())
    voucher["vehicleTarget"] |= {
        "vehicleLicenceCode": "浙" + chance.choice("ABCDF") + "-" + "".join(chance.choices(_MARKS, k=5)),
        "vehicleFrameNo": "L" + "".join(chance.choices(_MARKS, k=10)) + f"{chance.randrange(10**6):06d}",
        "engineNo": "EA" + "".join(chance.choices(_MARKS, k=6)),
        "autoModelName": chance.choice(_MODELS),
        "firstRegisterDate": f"{chance.randint(2014, 2024)}-0{chance.randint(1, 9)}-{chance.randint(10, 28)}",
        "price": str(chance.randrange(60, 400) * 1000),
    }
    voucher["insurantInfo"] |= {
        "personnelName": chance.choice(_FAMILY) + "".join(chance.choices(_GIVEN, k=2)),
        "certificateTypeNo": f"330203{chance.randint(1960, 2001)}{chance.randrange(10**7):07d}X",
        "mobileTelephone": f"139{chance.randrange(10**8):08d}",
    }
    return voucher
