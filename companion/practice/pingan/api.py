"""The JSON calls of the main host, under `/do/app/`."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from companion.practice.pages import Handler
from companion.practice.pingan import book as states
from companion.practice.pingan import forms, pages
from companion.practice.pingan.book import Document, Quotation
from companion.practice.pingan.keys import CLERK, COOKIE, PORTAL
from companion.practice.pingan.logins import Clerk
from companion.practice.pingan.portal import Portal
from companion.practice.portal import Complaint

MAX_PAGE = 10_000
SORTABLE = ("quotationNo", "applyPolicyNo", "policyNo", "vehicleLicenceCode", "insuredName", "updatedDate")

Body = dict[str, Any]
Call = Callable[[Portal, Clerk, Body], dict[str, Any]]


def _answered(call: Call) -> Handler:
    """A handler: JSON in and out; or a form with a `payload` in, and a page around the JSON out."""

    async def handle(request: web.Request) -> web.Response:
        by_form = request.content_type != "application/json"
        try:
            text = str((await request.post())["payload"]) if by_form else await request.text()
            body = json.loads(text)
            answer = call(request.app[PORTAL], request[CLERK], body if isinstance(body, dict) else {})
        except Complaint as complaint:
            answer = pages.bad(str(complaint))
        except (KeyError, ValueError):
            answer = pages.bad("请求参数有误")
        if by_form:
            return pages.page("answer.html", answer=json.dumps(answer, ensure_ascii=False))
        return pages.as_json(answer)

    return handle


def _looked_up(call: Call) -> Handler:
    """A query; in maintenance there is a GBK page instead."""
    handle = _answered(call)

    async def look(request: web.Request) -> web.StreamResponse:
        if "maintenance" in request.app[PORTAL].moods:
            return pages.page("maintenance.html", "gbk")
        return await handle(request)

    return look


def _listed(call: Call) -> Handler:
    """A list query, which may take its time."""
    handle = _looked_up(call)

    async def wait(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(request.app[PORTAL].moods.get("slow_query", 0.0))
        return await handle(request)

    return wait


def _saved(call: Call) -> Handler:
    """A save, after which the session may be over."""
    handle = _answered(call)

    async def save(request: web.Request) -> web.StreamResponse:
        portal = request.app[PORTAL]
        answer = await handle(request)
        if "logged_out" in portal.moods:
            portal.logins.end(request.cookies.get(COOKIE))
            portal.ledger.write("session_ended", request[CLERK].um)
        return answer

    return save


def _quote(portal: Portal, clerk: Clerk, body: Body) -> dict[str, Any]:
    voucher = body.get("voucher")
    if not isinstance(voucher, dict):
        raise Complaint("请求参数有误")
    return pages.good(voucher=pages.voucher(portal.quote(voucher, str(body.get("token", "")), clerk)))


def _apply(portal: Portal, clerk: Clerk, body: Body) -> dict[str, Any]:
    quotation = portal.apply(_number(body), clerk)
    if quotation.has(states.IN_REVIEW):
        portal.later(portal.moods.get("pushed_result", 0.0), lambda: portal.decide(quotation, _push))
    return pages.good(**pages.results(quotation))


def _push(quotation: Quotation) -> dict[str, Any]:
    return {"type": "applyResult", **pages.results(quotation)}


def _withdraw(portal: Portal, clerk: Clerk, body: Body) -> dict[str, Any]:
    portal.withdraw(_number(body), clerk)
    return pages.good()


def _delete(portal: Portal, clerk: Clerk, body: Body) -> dict[str, Any]:
    portal.delete(_number(body), clerk)
    return pages.good()


def _voucher(portal: Portal, clerk: Clerk, body: Body) -> dict[str, Any]:
    found = portal.open([_number(body)], clerk)
    if not found:
        raise Complaint("报价单不存在")
    return pages.good(voucher=pages.voucher(found[0]))


def _vouchers(portal: Portal, clerk: Clerk, body: Body) -> dict[str, Any]:
    found = portal.open(_numbers(body), clerk)
    return pages.good(voucherList=[pages.voucher(quotation) for quotation in found])


def _workbench(portal: Portal, clerk: Clerk, body: Body) -> dict[str, Any]:
    return _rows(portal, clerk, body, "query", lambda _document: True)


def _policies(portal: Portal, clerk: Clerk, body: Body) -> dict[str, Any]:
    issued = states.ISSUED
    return _rows(portal, clerk, body, "policy_query", lambda document: document.status == issued)


def _rows(
    portal: Portal, clerk: Clerk, body: Body, what: str, among: Callable[[Document], bool]
) -> dict[str, Any]:
    asked = _numbers(body)
    plate, insured = _text(body, "vehicleLicenceCode"), _text(body, "insuredName")
    status = _text(body, "finalStatus")

    def wanted(quotation: Quotation, document: Document) -> bool:
        own = {quotation.number, document.apply_number, document.policy_number}
        return (
            among(document)
            and (not asked or not own.isdisjoint(asked))
            and plate in forms.plate(quotation.voucher)
            and insured in forms.insured(quotation.voucher)
            and status in ("", document.status)
        )

    found = [pages.row(*pair) for pair in portal.book.rows(portal.clock.now(), wanted)]
    _sort(found, body)
    shown, size = _cut(found, body)
    numbers = sorted({row["quotationNo"] for row in shown}) if asked else []
    portal.ledger.write(what, clerk.um, asked, found=numbers, rows=len(shown))
    return pages.good(datalist=shown, totalCount=len(found), pageSize=size)


def _sort(rows: list[dict[str, Any]], body: Body) -> None:
    name = _text(body, "sortField")
    if name in SORTABLE:
        rows.sort(key=lambda row: str(row[name]), reverse=_text(body, "sortOrder") == "desc")


def _cut(rows: list[dict[str, Any]], body: Body) -> tuple[list[dict[str, Any]], int]:
    size = min(max(int(body.get("pageSize") or 10), 1), MAX_PAGE)
    first = (max(int(body.get("pageNo") or 1), 1) - 1) * size
    return rows[first : first + size], size


def _notice(portal: Portal, clerk: Clerk, body: Body) -> dict[str, Any]:
    quotation = portal.book.get(_number(body))
    if quotation is None:
        raise Complaint("报价单不存在")
    payment = portal.till.notice(quotation, portal.clock.now())
    portal.ledger.write(
        "pay_notice", clerk.um, payment.apply_numbers, notice=payment.notice, amount=payment.amount
    )
    return pages.good(
        noticeNo=payment.notice,
        amount=pages.yuan(payment.amount),
        payForm={
            "action": f"{portal.addresses['pay']}/paygateway/scanPay.do",
            "documentNo": payment.notice,
            "amount": pages.yuan(payment.amount),
            "customerName": forms.insured(quotation.voucher),
            "vehicleLicenceCode": forms.plate(quotation.voucher),
            "sign": payment.sign,
        },
    )


def _record(portal: Portal, clerk: Clerk, body: Body) -> dict[str, Any]:
    found = portal.till.record(_text(body, "documentNo"), _text(body, "vehicleLicenceCode"))
    shown, size = _cut([pages.pay_row(payment) for payment in found], body)
    numbers = [number for payment in found for number in payment.apply_numbers]
    portal.ledger.write("pay_query", clerk.um, numbers, statuses=[payment.status for payment in found])
    return pages.good(datalist=shown, totalCount=len(found), pageSize=size)


def _number(body: Body) -> str:
    return _text(body, "quotationNo")


def _numbers(body: Body) -> list[str]:
    return [number for part in _text(body, "documentNo").split(",") if (number := part.strip())]


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    return value.strip() if isinstance(value, str) else ""


CALLS: dict[str, Handler] = {
    "quotation/applyQueryAndQuote": _saved(_quote),
    "quotation/queryVoucher": _looked_up(_voucher),
    "quotation/queryVoucherList": _listed(_vouchers),
    "apply/applyPolicy": _answered(_apply),
    "apply/withdrawApply": _answered(_withdraw),
    "workbench/queryQuoteList": _listed(_workbench),
    "workbench/deleteQuotePolicy": _answered(_delete),
    "policy/queryPolicyList": _listed(_policies),
    "payment/applyPayNotice": _answered(_notice),
    "payment/queryPayRecord": _listed(_record),
}
