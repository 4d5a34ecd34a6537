"""What the portal's pages can ask for, by path: `redata` in, `result` out (README.md)."""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from companion.practice.cpic import epolicy, forms, rows
from companion.practice.cpic.book import PASSED, Line, Quotation
from companion.practice.cpic.forms import Kind
from companion.practice.cpic.logins import Clerk
from companion.practice.cpic.payments import How, Order
from companion.practice.cpic.portal import Portal
from companion.practice.pages import yuan
from companion.practice.portal import Complaint

MOST = 10_000
SMALL = 10


@dataclass
class Ask:
    """One question of a page. `meta` becomes the answer's meta."""

    portal: Portal
    clerk: Clerk
    redata: dict[str, Any]
    meta: dict[str, Any]
    origin: str
    told: dict[str, Any] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """A text of the question, "" when it has none."""
        value = self.redata.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def words(self, name: str) -> list[str]:
        """A list of texts."""
        value = self.redata.get(name, [])
        return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

    def note(self, what: str, numbers: list[str], found: list[str]) -> None:
        """Write a look into the ledger."""
        self.portal.ledger.write(what, self.clerk.code, numbers, found=found)

    def page(self, every: list[rows.Row]) -> list[rows.Row]:
        """The page of a list that was asked for, sorted as was asked for."""
        name = str(self.meta.get("sortName", ""))
        if name:
            every = sorted(every, key=lambda row: _sortable(row.get(name, "")))
            every = every[::-1] if self.meta.get("sortOrder") == "desc" else every
        size = min(max(_number(self.meta.get("pageSize"), SMALL), 1), MOST)
        number = max(_number(self.meta.get("pageNo"), 1), 1)
        self.told = {"pageNo": number, "pageSize": size, "totalSize": len(every)}
        return every[(number - 1) * size : number * size]


Endpoint = Callable[[Ask], Any]
QUERIES: dict[str, Endpoint] = {}
"""What only looks."""
CHANGES: dict[str, Endpoint] = {}
"""What changes something."""


def _endpoint(table: dict[str, Endpoint], path: str) -> Callable[[Endpoint], Endpoint]:
    def keep(endpoint: Endpoint) -> Endpoint:
        table[path] = endpoint
        return endpoint

    return keep


@_endpoint(CHANGES, "auth/getUserInfo")
def user_info(ask: Ask) -> Any:
    """Who is logged in."""
    ask.portal.ledger.write("whoami", ask.clerk.code)
    return {"userCode": ask.clerk.code, "userName": ask.clerk.name, "branchName": ask.clerk.branch}


@_endpoint(CHANGES, "ecar/calculate")
def calculate(ask: Ask) -> Any:
    """What a form would cost."""
    form = forms.read(ask.redata)
    forms.check(form, full=True)
    beside: list[Kind] = ["nonMotor"] if form.nonMotor else []
    kinds = [*forms.kinds(form), *beside]
    lines = [Line(kind, *forms.term(form, kind), forms.coverages(form, kind)) for kind in kinds]
    return {
        line.kind: {
            "premium": yuan(line.premium),
            "taxAmount": yuan(line.tax),
            "premiums": {part.code: yuan(part.premium) for part in line.coverages},
        }
        for line in lines
    }


@_endpoint(CHANGES, "ecar/quickSave")
def quick_save(ask: Ask) -> Any:
    """暂存: keep what there is."""
    return _saved(ask, full=False)


@_endpoint(CHANGES, "insure/saveInsureInfo")
def save(ask: Ask) -> Any:
    """保存: everything must be there."""
    return _saved(ask, full=True)


def _saved(ask: Ask, full: bool) -> Any:
    quotation = ask.portal.save(forms.read(ask.redata), full, ask.clerk)
    return {
        "quotationNo": quotation.number,
        "quotationState": quotation.state,
        "totalPremium": yuan(quotation.amount),
    }


@_endpoint(CHANGES, "insure/submitInsureInfo")
def submit(ask: Ask) -> Any:
    """提交核保."""
    return rows.submitted(ask.portal.submit(ask.word("quotationNo"), ask.clerk))


@_endpoint(CHANGES, "insure/withdrawInsureInfo")
def withdraw(ask: Ask) -> Any:
    """撤回."""
    return rows.submitted(ask.portal.withdraw(ask.word("quotationNo"), ask.clerk))


@_endpoint(CHANGES, "quotationPolicy/deleteQuotation")
def delete(ask: Ask) -> Any:
    """删除: whole quotations, or some lines of one."""
    numbers, kinds = ask.words("quotationNos"), ask.words("lines")
    if not numbers:
        raise Complaint("请选择报价单")
    known: list[Kind] = [kind for kind in rows.PRODUCTS if kind in kinds]
    deleted = [ask.portal.delete(number, known, ask.clerk) for number in numbers]
    return {each.number: each.state for each in deleted}


@_endpoint(QUERIES, "quotationPolicy/queryQuotationPolicy")
def query(ask: Ask) -> Any:
    """The quotation list."""
    shown = ask.page([rows.quotation(each) for each in _matching(ask, ask.portal.book)])
    ask.note("query", _asked(ask), [row["quotationNo"] for row in shown])
    return shown


@_endpoint(QUERIES, "quotationPolicy/queryQuotationDetail")
def detail(ask: Ask) -> Any:
    """One quotation with everything."""
    quotation = ask.portal.book.find(ask.word("quotationNo"), ask.portal.clock.now())
    ask.note("detail", _asked(ask), [quotation.number] if quotation else [])
    if quotation is None:
        raise Complaint("报价单不存在")
    return rows.detail(quotation)


@_endpoint(QUERIES, "payment/queryPayment")
def payable(ask: Ask) -> Any:
    """What can be paid."""
    every = [each for each in _matching(ask, ask.portal.book) if each.motor and each.state == PASSED]
    shown = ask.page([rows.payable(each, ask.portal.orders.latest(each)) for each in every])
    ask.note("payment_query", _asked(ask), [row["quotationNo"] for row in shown])
    return shown


@_endpoint(CHANGES, "paymentQuery/pay")
def pay(ask: Ask) -> Any:
    """The code to pay with: a QR image, or a number for the card terminal."""
    how: How = "card" if ask.word("payType") == "card" else "qr"
    order = ask.portal.pay(ask.words("quotationNos"), how, ask.clerk, ask.origin)
    return {
        "payNo": order.pay_no,
        "payType": how,
        "payAmount": yuan(order.amount),
        "twoDimensionCodeLink": ask.portal.picture(order, ask.origin) if how == "qr" else "",
    }


@_endpoint(QUERIES, "paymentrecord/query")
def records(ask: Ask) -> Any:
    """The payment records."""
    pay_no, number = ask.word("payNo"), ask.word("quotationNo")
    every = [
        rows.record(order)
        for order in ask.portal.orders
        if (not pay_no or order.pay_no == pay_no) and (not number or _belongs(order, number))
    ]
    shown = ask.page(every)
    ask.note("record_query", [word for word in (pay_no, number) if word], [row["payNo"] for row in shown])
    return shown


@_endpoint(QUERIES, "policy/queryPolicy")
def policies(ask: Ask) -> Any:
    """The policy list: one row per policy; asked for by a number, that policy alone."""
    number = ask.word("policyNo")
    every = rows.policies(_matching(ask, ask.portal.book))
    shown = ask.page([row for row in every if number in ("", row["policyNo"], row["insuredNo"])])
    ask.note("policy_query", _asked(ask), [row["policyNo"] for row in shown])
    return shown


@_endpoint(QUERIES, "epolicy/fetch")
def fetch(ask: Ask) -> Any:
    """A policy's file inside an envelope, for the page to make a file of."""
    found = ask.portal.policy(ask.word("policyNo"))
    if found is None:
        raise Complaint("电子保单不存在")
    kind = epolicy.paper(ask.word("fileType"))
    data = epolicy.draw(*found, ask.portal.moods.get("large_file", 0), kind)
    ask.portal.note_file(found[1].policy_no, ask.clerk.code, data, True, kind)
    return {"fileName": epolicy.file_name(*found, kind), "content": base64.b64encode(data).decode()}


def _asked(ask: Ask) -> list[str]:
    return [word for name in ("quotationNo", "insuredNo", "policyNo") if (word := ask.word(name))]


def _belongs(order: Order, number: str) -> bool:
    every = [*order.insured_nos, *(each.number for each in order.quotations)]
    return number in every


def _matching(ask: Ask, book: Iterable[Quotation]) -> list[Quotation]:
    """The quotations that fulfil every criterion given."""
    now, wanted = ask.portal.clock.now(), ask.word("quotationState")
    texts = {name: word for name in ("plateNo", "carVIN", "insuredName") if (word := ask.word(name))}
    kind, insured = ask.word("productType"), ask.word("insuredNo") or ask.word("policyNo")
    return [
        each
        for each in book
        if each.visible_from <= now
        and ask.word("quotationNo") in ("", *each.every_number)
        and wanted in ("", each.state)
        and (not kind or kind == ("1" if each.motor else "2"))
        and (not insured or any(insured in (line.insured_no, line.policy_no) for line in each.lines))
        and all(word in each.form.value(name) for name, word in texts.items())
    ]


def _number(value: Any, otherwise: int) -> int:
    return (
        int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else otherwise
    )


def _sortable(value: Any) -> tuple[float, str]:
    text = str(value)
    whole, _, cents = text.partition(".")
    return (float(text), "") if whole.isdecimal() and len(cents) == 2 and cents.isdecimal() else (0.0, text)
