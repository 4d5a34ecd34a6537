"""What the portal's underwriters say to a line."""

from datetime import datetime

from companion.practice.cpic import forms
from companion.practice.cpic.book import PASSED, REFUSED, RETURNED
from companion.practice.cpic.forms import Application, Kind

OLD_YEARS = 15
SEATS = 9


def decide(form: Application, kind: Kind, now: datetime, strict: bool) -> tuple[str, str]:
    """The state a line gets and why; `strict` underwriters refuse every commercial line."""
    if kind == "nonMotor":
        return PASSED, ""
    if int(form.value("seatCount")) > SEATS:
        return RETURNED, "核定载客与车型不符，请修改后重新提交"
    if kind == "commercial" and strict:
        return REFUSED, "该车风险等级过高，商业险不予承保"
    registered = forms.day(form.value("stRegisterDate"), "初次登记日期")
    if kind == "commercial" and (now - registered).days > OLD_YEARS * 365:
        return REFUSED, f"车龄超过{OLD_YEARS}年，商业险不予承保"
    return PASSED, ""
