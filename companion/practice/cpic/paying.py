"""The customer's side: what the code opens on a phone, and the card terminal at the counter."""

from pathlib import Path

from aiohttp import web

from companion.practice.cpic.keys import PORTAL
from companion.practice.cpic.payments import HOWS, STATES, WAITING, Order
from companion.practice.pages import templates, yuan

routes = web.RouteTableDef()
_TEMPLATES = templates(Path(__file__).parent / "templates")


@routes.get("/pay/terminal")
async def terminal(request: web.Request) -> web.Response:
    """The card terminal: type the card-payment number."""
    order = request.app[PORTAL].orders.find(request.query.get("payNo", ""))
    asked = bool(request.query.get("payNo"))
    return _page("terminal.html", order=order, said="支付号不存在" if asked and not order else "")


@routes.get("/pay/{token}")
async def cashier(request: web.Request) -> web.Response:
    """What the customer's phone shows."""
    return _page("cashier.html", order=_order(request), said="")


@routes.post("/pay/{token}")
async def pay(request: web.Request) -> web.Response:
    """The customer pays, once."""
    order = _order(request)
    paid = request.app[PORTAL].settle(order)
    said = "支付成功" if paid else f"无法支付：订单{STATES[order.state]}"
    return _page("cashier.html", order=order, said=said)


def _order(request: web.Request) -> Order:
    order = request.app[PORTAL].orders.find(request.match_info["token"])
    if order is None:
        raise web.HTTPNotFound(text="订单不存在")
    return order


def _page(name: str, order: Order | None, said: str) -> web.Response:
    facts = {"order": order, "said": said, "states": STATES, "hows": HOWS, "waiting": WAITING, "yuan": yuan}
    return web.Response(text=_TEMPLATES.get_template(name).render(facts), content_type="text/html")
