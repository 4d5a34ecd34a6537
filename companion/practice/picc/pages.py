"""Turns the portal's state into what a browser gets: GBK pages, GBK JSON, plain text."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from companion.clock import to_ms
from companion.practice.pages import templates, yuan
from companion.practice.picc.book import FLAGS, NO_POLICY, Line, Proposal
from companion.practice.picc.forms import ENCODING, Form
from companion.practice.picc.tariff import third_party_sums
from companion.practice.portal import ZONE

HERE = Path(__file__).parent
COVERAGE_ROWS = [
    ("机动车损失保险", None),
    ("机动车第三者责任保险", third_party_sums()),
    ("机动车车上人员责任保险(司机)", [1_000_000, 2_000_000, 5_000_000]),
    ("机动车车上人员责任保险(乘客)", [1_000_000, 2_000_000, 5_000_000]),
]


_TEMPLATES = templates(HERE / "templates")
_TEMPLATES.filters["yuan"] = yuan
_TEMPLATES.filters["day"] = lambda instant: instant.strftime("%Y-%m-%d")
_TEMPLATES.globals["flags"] = FLAGS
_TEMPLATES.globals["coverage_rows"] = COVERAGE_ROWS


def page(template: str, **context: Any) -> web.Response:
    """A GBK page."""
    return text(_TEMPLATES.get_template(template).render(**context), "text/html")


def text(body: str, content_type: str = "text/plain") -> web.Response:
    """GBK text; what GBK lacks becomes a character reference, as in the core system."""
    return web.Response(
        body=body.encode(ENCODING, "xmlcharrefreplace"), content_type=content_type, charset=ENCODING.upper()
    )


def as_json(value: Any) -> web.Response:
    """JSON the way the core system sends it: in GBK, and called text/html."""
    return text(json.dumps(value, ensure_ascii=False), "text/html")


def login_page(message: str = "") -> web.Response:
    """The log-in page, which also comes unasked."""
    return page("login.html", message=message)


def blank_form(now: datetime) -> Form:
    """What a new entry form is filled with."""
    tomorrow = (now.astimezone(ZONE) + timedelta(days=1)).strftime("%Y-%m-%d")
    return {
        "BIFlag": "1",
        "CIFlag": "1",
        "prpCmain.startDate": tomorrow,
        "prpCmainCI.startDate": tomorrow,
        "prpCitemCar.seatCount": "5",
        **{f"prpCitemKindsTemp[{row}].chooseFlag": "1" for row in range(len(COVERAGE_ROWS))},
        "prpCitemKindsTemp[1].amount": "2000000",
        "prpCitemKindsTemp[2].amount": "10000",
        "prpCitemKindsTemp[3].amount": "10000",
    }


def row(proposal: Proposal, line: Line) -> dict[str, Any]:
    """A row of the list query."""
    return {
        "proposalNo": line.number,
        "policyNo": line.policy_number,
        "riskName": "商业险" if line.kind == "commercial" else "交强险",
        "underWriteFlag": line.flag,
        "delFlag": "1" if line.deleted else "0",
        "licenseNo": proposal.form["prpCitemCar.licenseNo"],
        "insuredName": proposal.form["prpCinsureds[0].insuredName"],
        "sumPremium": float(yuan(line.premium)),
        "startDate": {"time": to_ms(line.start)},
        "operateDate": {"time": to_ms(proposal.saved_at)},
        "operatorCode": proposal.maker,
    }


def car(proposal: Proposal) -> dict[str, Any]:
    """A row of khyx's grid: a car with both its lines."""
    either = row(proposal, proposal.lines[0])
    shared = ("licenseNo", "insuredName", "startDate", "operateDate", "operatorCode")
    return {
        **{name: either[name] for name in shared},
        "vinNo": proposal.form["prpCitemCar.vinNo"],
        "sumPremium": float(yuan(sum(line.premium for line in proposal.lines))),
        **_half("BI", proposal.line("commercial")),
        **_half("CI", proposal.line("compulsory")),
    }


def _half(letters: str, line: Line | None) -> dict[str, str]:
    """One line in a car's row; blanks where the car has no such line."""
    deleted = line is not None and line.deleted
    return {
        f"quotationNo{letters}": line.number if line else NO_POLICY,
        f"policyNo{letters}": line.policy_number if line else NO_POLICY,
        f"flag{letters}": line.flag if line else "",
        f"state{letters}": "" if line is None else "已删除" if deleted else FLAGS[line.flag],
    }
