"""The payment host, in GBK: the code that the clerk shows, and the page that the customer pays on."""

from urllib.parse import parse_qsl

from aiohttp import web

from companion.practice import qr
from companion.practice.pingan import keys, pages
from companion.practice.pingan.payments import UNPAID, Payment
from companion.practice.pingan.portal import Portal

GBK = "gbk"
routes = web.RouteTableDef()


def make_pay(portal: Portal) -> web.Application:
    """The web application of the payment host."""
    return keys.make_host(portal, routes, "/paygateway/static")


@routes.post("/paygateway/scanPay.do")
async def scan(request: web.Request) -> web.Response:
    """The page with the code for one notice."""
    portal = request.app[keys.PORTAL]
    form = dict(parse_qsl((await request.read()).decode("ascii", "replace"), encoding=GBK, errors="replace"))
    payment = portal.till.by_notice(form.get("documentNo", ""), form.get("sign", ""))
    if payment is None or payment.status != UNPAID:
        return _message("验签失败或缴费通知单已作废")
    url, drawn = _address(portal, payment), "canvas_qr" in portal.moods
    portal.ledger.write(
        "pay_code",
        None,
        payment.apply_numbers,
        notice=payment.notice,
        amount=payment.amount,
        url=url,
        form="canvas" if drawn else "image",
    )
    _pay_later(portal, payment)
    return pages.page(
        "pay/scan.html",
        GBK,
        origin=portal.addresses["pay"],
        payment=payment,
        customer=form.get("customerName", ""),
        plate=form.get("vehicleLicenceCode", ""),
        matrix=qr.rows(url) if drawn else "",
    )


def _pay_later(portal: Portal, payment: Payment) -> None:
    """In `auto_paid` the customer is quick."""
    if "auto_paid" in portal.moods:
        portal.later(portal.moods["auto_paid"], lambda: portal.settle(payment))


@routes.get("/paygateway/qrcode.do")
async def code_image(request: web.Request) -> web.Response:
    """The code as a picture."""
    portal = request.app[keys.PORTAL]
    payment = portal.till.by_code(request.query.get("code", ""))
    if payment is None:
        return _message("二维码不存在")
    return web.Response(body=qr.png(_address(portal, payment)), content_type="image/png")


@routes.get("/paygateway/wap.do")
async def customer(request: web.Request) -> web.Response:
    """What the customer sees after scanning."""
    payment = request.app[keys.PORTAL].till.by_code(request.query.get("code", ""))
    return pages.page("pay/wap.html", GBK, payment=payment) if payment else _message("二维码已失效")


@routes.post("/paygateway/confirmPay.do")
async def pay(request: web.Request) -> web.Response:
    """The customer pays; policies are issued at once."""
    portal = request.app[keys.PORTAL]
    payment = portal.till.by_code(str((await request.post()).get("code", "")))
    paid = payment is not None and portal.settle(payment)
    return _message("支付成功" if paid else "二维码已失效或已支付")


def _address(portal: Portal, payment: Payment) -> str:
    return f"{portal.addresses['pay']}/paygateway/wap.do?code={payment.code}"


def _message(text: str) -> web.Response:
    return pages.page("pay/message.html", GBK, text=text)
