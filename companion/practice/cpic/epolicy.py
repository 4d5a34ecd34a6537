"""The e-policy (电子保单) of an issued line and its printed form (保单正本), as PDF."""

from typing import Literal

from companion.practice.cpic.book import Line, Quotation
from companion.practice.cpic.forms import DAY
from companion.practice.pdf import HEIGHT, Page
from companion.practice.portal import ZONE

Paper = Literal["epolicy", "policy"]

MEGABYTE = 1_000_000
TITLES = {
    "commercial": "机动车商业保险保险单",
    "compulsory": "机动车交通事故责任强制保险单",
    "nonMotor": "驾乘人员意外伤害保险单",
}
PAPERS: dict[Paper, str] = {"epolicy": "电子保单", "policy": "保单正本"}
"""What can be had of a policy: the file that counts, and what is printed for the customer."""


def paper(word: object) -> Paper:
    """Which of them a page asked for; the e-policy unless it says otherwise."""
    return "policy" if word == "policy" else "epolicy"


def file_name(quotation: Quotation, line: Line, kind: Paper = "epolicy") -> str:
    """What the portal calls the file."""
    return f"{PAPERS[kind]}_{quotation.form.value('plateNo')}_{line.policy_no}.pdf"


def draw(quotation: Quotation, line: Line, megabytes: float = 0, kind: Paper = "epolicy") -> bytes:
    """The PDF; the same policy gives the same bytes."""
    title = f"{TITLES[line.kind]}（{PAPERS[kind]}）"
    page = Page(f"{title} {line.policy_no}")
    page.text(120, HEIGHT - 70, title, 17)
    page.text(60, HEIGHT - 100, f"保险单号：{line.policy_no}", 11)
    page.text(330, HEIGHT - 100, f"投保单号：{line.insured_no}", 11)
    y = _table(page, HEIGHT - 118, _facts(quotation, line))
    y = _table(page, y - 14, _prices(line))
    page.text(60, y - 24, "本保单为演练环境生成，所有数据均为虚构，不具有任何法律效力。", 9)
    return page.save(int(megabytes * MEGABYTE))


def _table(page: Page, y: float, rows: list[tuple[str, str]]) -> float:
    page.rule(60, y, 475)
    for name, value in rows:
        page.text(68, y - 16, name)
        page.text(330 if len(name) > 12 else 200, y - 16, value)
        y -= 24
        page.rule(60, y, 475)
    return y


def _facts(quotation: Quotation, line: Line) -> list[tuple[str, str]]:
    form = quotation.form
    start, end = (f"{instant.astimezone(ZONE):{DAY}} 00:00" for instant in (line.start, line.end))
    return [
        ("被保险人", form.value("insuredName")),
        ("证件号码", form.value("certNo")),
        ("号牌号码", form.value("plateNo")),
        ("车架号", form.value("carVIN")),
        ("发动机号", form.value("engineNo")),
        ("厂牌型号", form.value("modelType")),
        ("保险期间", f"{start} - {end}"),
    ]


def _prices(line: Line) -> list[tuple[str, str]]:
    rows = [(part.name, f"{part.amount / 100:,.2f} / {part.premium / 100:,.2f}") for part in line.coverages]
    tax = [("代收车船税", f"{line.tax / 100:,.2f}")] if line.tax else []
    return [
        ("保险责任", "保险金额 / 保险费（元）"),
        *rows,
        *tax,
        ("保险费合计", f"{line.premium / 100:,.2f}"),
    ]
