"""The policy (保单) and the electronic policy (电子保单) of an issued line, as PDF."""

import hashlib
from typing import Literal

from companion.practice.pages import yuan
from companion.practice.pdf import HEIGHT, Page
from companion.practice.picc.book import Line, Proposal
from companion.practice.portal import ZONE

Kind = Literal["policy", "e_policy"]
MEGABYTE = 1_000_000
TITLES = {"commercial": "机动车商业保险保险单", "compulsory": "机动车交通事故责任强制保险单"}
COPY = {"policy": "（正本）", "e_policy": "（电子保单）"}


def file_name(kind: Kind, proposal: Proposal, line: Line) -> str:
    """What the portal calls the file."""
    words = "电子保单" if kind == "e_policy" else "保单"
    return f"{words}_{proposal.form['prpCitemCar.licenseNo']}_{line.policy_number}.pdf"


def draw(kind: Kind, proposal: Proposal, line: Line, megabytes: float = 0) -> bytes:
    """The PDF; the same policy gives the same bytes."""
    title = TITLES[line.kind] + COPY[kind]
    page = Page(f"{title} {line.policy_number}")
    page.text(110, HEIGHT - 64, title, 18)
    page.text(60, HEIGHT - 96, f"保险单号：{line.policy_number}", 11)
    page.text(330, HEIGHT - 96, f"投保单号：{line.number}", 11)
    y = _table(page, HEIGHT - 114, _facts(proposal, line), 200)
    y = _table(page, y - 18, _prices(line), 330)
    page.text(60, y - 26, "演练环境生成，所有数据均为虚构，不具有任何法律效力。", 9)
    return page.save(int(megabytes * MEGABYTE))


def digest(data: bytes) -> str:
    """What the ledger keeps of bytes."""
    return hashlib.sha256(data).hexdigest()


def _table(page: Page, y: float, rows: list[tuple[str, str]], column: float) -> float:
    page.rule(60, y, 475)
    for name, value in rows:
        page.text(68, y - 16, name)
        page.text(column, y - 16, value)
        y -= 24
        page.rule(60, y, 475)
    return y


def _facts(proposal: Proposal, line: Line) -> list[tuple[str, str]]:
    form = proposal.form
    start, end = (f"{instant.astimezone(ZONE):%Y-%m-%d} 00:00" for instant in (line.start, line.end))
    return [
        ("被保险人", form["prpCinsureds[0].insuredName"]),
        ("证件号码", form["prpCinsureds[0].identifyNumber"]),
        ("号牌号码", form["prpCitemCar.licenseNo"]),
        ("车架号", form["prpCitemCar.vinNo"]),
        ("发动机号", form["prpCitemCar.engineNo"]),
        ("厂牌型号", form["prpCitemCar.brandName"]),
        ("保险期间", f"{start} - {end}"),
    ]


def _prices(line: Line) -> list[tuple[str, str]]:
    rows = [(part.name, f"{yuan(part.amount)} / {yuan(part.premium)}") for part in line.coverages]
    tax = [("代收车船税", yuan(line.tax))] if line.tax else []
    return [("险别", "保险金额 / 保险费（元）"), *rows, *tax, ("保险费合计", yuan(line.premium))]
