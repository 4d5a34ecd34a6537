"""What the portal's underwriters say to a line."""

from datetime import datetime

from companion.practice.picc.book import AUTO_PASSED, PASSED, REFUSED
from companion.practice.picc.forms import Form, Kind
from companion.practice.portal import ZONE

OLD_YEARS = 15
SEATS = 9


def decide(form: Form, kind: Kind, now: datetime, strict: bool, by_hand: bool) -> tuple[str, str]:
    """The flag a line gets and the opinion; `strict` underwriters refuse every commercial line."""
    seats = form.get("prpCitemCar.seatCount") or "5"
    if not seats.isdecimal() or int(seats) > SEATS:
        return REFUSED, "核定载客与使用性质不符"
    if kind == "commercial" and strict:
        return REFUSED, "该车出险频率过高，商业险不予承保"
    if kind == "commercial" and _age(form, now) > OLD_YEARS:
        return REFUSED, f"车龄超过{OLD_YEARS}年，商业险不予承保"
    return (PASSED, "同意承保") if by_hand else (AUTO_PASSED, "自动核保通过")


def _age(form: Form, now: datetime) -> int:
    """Years since the car was registered."""
    return now.astimezone(ZONE).year - int(form["prpCitemCar.enrollDate"][:4])
