"""cbc (收付费), the pay window: notice, code or card-payment number, result; and the customer's own page."""

from aiohttp import web

from companion.practice import qr
from companion.practice.pages import yuan
from companion.practice.picc import forms, pages
from companion.practice.picc.keys import CLERK, PORTAL, numbers
from companion.practice.picc.payments import HOWS, PAID, WAITING, How, Notice
from companion.practice.portal import Complaint

CARD = "2"
"""`payType` of a card terminal; 1 is a QR code."""
routes = web.RouteTableDef()


@routes.get("/cbc/jf/jfMain.do")
async def window(request: web.Request) -> web.Response:
    """The pay window, which holds a frame."""
    asked = ",".join(numbers(request.query.get("bizNo", "")))
    return pages.page("cbc/main.html", clerk=request[CLERK], numbers=asked)


@routes.get("/cbc/jf/jfPage.do")
async def page(request: web.Request) -> web.Response:
    """What is to be paid."""
    entries = request.app[PORTAL].book.lines(numbers(request.query.get("bizNo", "")))
    amount = sum(line.premium + line.tax for _, line in entries)
    return pages.page("cbc/page.html", clerk=request[CLERK], entries=entries, amount=amount)


@routes.post("/cbc/jf/saveByJF.do")
async def make(request: web.Request) -> web.Response:
    """Make a payment notice: SCol1 is its number, which card terminals take."""
    portal, form = request.app[PORTAL], forms.read_form(await request.read())
    how: How = "card" if form.get("payType") == CARD else "qr"
    origin = f"http://{request.host}"
    try:
        notice = portal.pay(numbers(form.get("bizNo", "")), how, request[CLERK], origin)
    except Complaint as complaint:
        return pages.as_json({"data": [], "errorMessage": str(complaint)})
    return pages.as_json({"data": [_columns(notice)]})


def _columns(notice: Notice) -> dict[str, str]:
    return {
        "SCol1": notice.number,
        "SCol2": notice.state,
        "SCol3": yuan(notice.amount),
        "SCol4": HOWS[notice.how],
    }


@routes.get("/cbc/PrintTwoBarCodeServlet")
async def code_image(request: web.Request) -> web.Response:
    """The QR code of a notice; `seed` only keeps it out of the browser's store."""
    portal = request.app[PORTAL]
    notice = portal.notices.find(request.query.get("code", ""))
    if notice is None or notice.how != "qr":
        return pages.page("missing.html", clerk=request[CLERK])
    image = qr.png(portal.address(notice, f"http://{request.host}"))
    return web.Response(body=image, content_type="image/png")


@routes.post("/cbc/jf/queryWeChat.do")
async def result(request: web.Request) -> web.Response:
    """Whether a notice was paid."""
    portal, form = request.app[PORTAL], forms.read_form(await request.read())
    notice = portal.notices.find(form.get("SCol1", ""))
    asked = notice.numbers if notice else []
    portal.ledger.write("payment_query", request[CLERK].code, asked, state=notice.state if notice else "")
    return pages.as_json({"data": [_columns(notice)] if notice else []})


@routes.post("/cbc/jf/proposalToPolicy.do")
async def to_policy(request: web.Request) -> web.Response:
    """The policy numbers of what was paid, once there are any."""
    portal, form = request.app[PORTAL], forms.read_form(await request.read())
    asked = numbers(form.get("bizNo", ""))
    lines = [line for _, line in portal.book.lines(asked)]
    policies = [line.policy_number for line in lines if line.issued]
    portal.ledger.write("policy_asked", request[CLERK].code, asked, found=policies)
    message = "" if policies else "保单生成中，请稍后查询"
    return pages.as_json({"data": {"policyNo": ",".join(policies), "message": message}})


@routes.get("/pay/terminal")
async def terminal(request: web.Request) -> web.Response:
    """The card terminal on the counter: type the card-payment number."""
    word = request.query.get("payNo", "").strip()
    notice = request.app[PORTAL].notices.find(word)
    known = notice if notice and notice.how == "card" and notice.number == word else None
    said = "缴费号不存在" if word and known is None else ""
    return pages.page("cbc/terminal.html", notice=known, said=said, waiting=WAITING)


@routes.get("/pay/{token}")
async def customer(request: web.Request) -> web.Response:
    """What the customer's phone shows."""
    return _customer(_notice(request), "")


@routes.post("/pay/{token}")
async def pay(request: web.Request) -> web.Response:
    """The customer pays, once."""
    notice = _notice(request)
    paid = request.app[PORTAL].settle(notice)
    return _customer(notice, PAID if paid else f"无法支付：{notice.state}")


def _notice(request: web.Request) -> Notice:
    notice = request.app[PORTAL].notices.find(request.match_info["token"])
    if notice is None or notice.token != request.match_info["token"]:
        raise web.HTTPNotFound(text="缴费通知单不存在")
    return notice


def _customer(notice: Notice, said: str) -> web.Response:
    return pages.page("cbc/customer.html", notice=notice, said=said, waiting=WAITING)
