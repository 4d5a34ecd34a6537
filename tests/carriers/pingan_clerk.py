"""A clerk of the three-host portal without a browser."""

import copy
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from tests.carriers.conftest import Practice, Session

VOUCHER: dict[str, Any] = {
    "quotationNo": "",
    "vehicleTarget": {
        "vehicleLicenceCode": "浙B-8K3L6",
        "vehicleFrameNo": "LSVNB2A41N2063518",
        "engineNo": "EA211A7735",
        "autoModelName": "大众SVW71410CU",
        "firstRegisterDate": "2022-05-18",
        "price": "128900",
        "vehicleSeats": "5",
    },
    "insurantInfo": {
        "personnelName": "林晓峰",
        "certificateTypeNo": "330203199003074518",
        "mobileTelephone": "13900000001",
    },
    "c01BaseInfo": {
        "selected": True,
        "insuranceBeginTime": "2026-03-03",
        "dutyList": [{"dutyCode": "DUTY01", "selected": True, "insuredAmount": ""}],
    },
    "c51BaseInfo": {"selected": True, "insuranceBeginTime": "2026-03-03"},
}
Answer = dict[str, Any]


class Clerk(Session):
    """One session at the portal."""

    def __init__(self, portal: Practice, prefix: str = "icore_pnbs") -> None:
        super().__init__()
        self.portal = portal
        self.prefix = prefix

    @property
    def cookie(self) -> str:
        """The session as a Cookie header."""
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in self.http.cookie_jar)

    async def ask(
        self, method: str, address: str, data: bytes = b"", mime: str = "text/plain"
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        """The answer of any of the hosts, redirects not followed."""
        parts = urlsplit(address)
        local = f"http://127.0.0.1:{parts.port}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": parts.netloc, "Content-Type": mime}
        async with self.http.request(
            method, local, data=data or None, headers=headers, allow_redirects=False
        ) as answer:
            return answer, await answer.read()

    async def form(
        self, address: str, fields: dict[str, str], encoding: str = "utf-8"
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        """The answer to a form."""
        body = urlencode(fields, encoding=encoding).encode()
        return await self.ask("POST", address, body, "application/x-www-form-urlencoded")

    async def get(self, path: str) -> str:
        """A page or an answer of the main host, inside."""
        _, body = await self.ask("GET", f"{self.portal.origin}/{self.prefix}/{path}")
        return body.decode()

    async def raw(self, path: str, body: Answer) -> str:
        """What the main host answers to a JSON call."""
        address = f"{self.portal.origin}/{self.prefix}/do/app/{path}"
        answer, text = await self.ask("POST", address, json.dumps(body).encode(), "application/json")
        return text.decode(answer.charset or "utf-8")

    async def call(self, path: str, **body: Any) -> Answer:
        """The JSON that the main host answers."""
        answer: Answer = json.loads(await self.raw(path, body))
        return answer

    async def login(self, um: str = "WANGLI001", password: str = "practice-01", typed: str = "") -> str:
        """Log in with the captcha read off the portal; returns the last page."""
        _, page = await self.ask("GET", f"{self.portal.addresses['cas']}/cas/login")
        mark = hidden(page.decode(), "lt")
        await self.ask("GET", f"{self.portal.addresses['cas']}/cas/captcha.png?lt={mark}")
        code = typed or self.portal.captcha()
        fields = {"username": um, "password": password, "randCode": code, "lt": mark}
        _, body = await self.form(f"{self.portal.addresses['cas']}/cas/login", fields)
        if 'name="ticket"' not in body.decode():
            return body.decode()
        ticket = hidden(body.decode(), "ticket")
        await self.form(f"{self.portal.origin}/{self.prefix}/transfer", {"ticket": ticket})
        return await self.get("index.html")

    async def quote(self, token: str = "", **changes: Any) -> Answer:
        """Quote the car above; `changes` by a field's name or group__name."""
        voucher = copy.deepcopy(VOUCHER)
        for name, value in changes.items():
            group, _, inner = name.partition("__")
            (voucher[group] if inner else voucher)[inner or name] = value
        return await self.call("quotation/applyQueryAndQuote", voucher=voucher, token=token)

    async def quoted(self) -> str:
        """The number of a new quotation."""
        return str((await self.quote())["voucher"]["quotationNo"])

    async def rows(self, *numbers: str) -> list[Answer]:
        """The workbench's rows for these numbers."""
        answer = await self.call("workbench/queryQuoteList", documentNo=",".join(numbers))
        rows: list[Answer] = answer["datalist"]
        return rows

    async def policies(self, *numbers: str) -> list[Answer]:
        """The policy list's rows for these numbers, all without."""
        answer = await self.call("policy/queryPolicyList", documentNo=",".join(numbers))
        rows: list[Answer] = answer["datalist"]
        return rows

    async def vouchers(self, *numbers: str) -> list[Answer]:
        """Everything about these numbers, quotation by quotation."""
        answer = await self.call("quotation/queryVoucherList", documentNo=",".join(numbers))
        found: list[Answer] = answer["voucherList"]
        return found

    async def withdraw(self, number: str) -> Answer:
        """Take a submitted quotation back."""
        return await self.call("apply/withdrawApply", quotationNo=number)

    async def delete(self, number: str) -> Answer:
        """Delete a quotation."""
        return await self.call("workbench/deleteQuotePolicy", quotationNo=number)

    async def result(self, number: str) -> list[Answer]:
        """Look whether a quotation's notices are paid."""
        answer = await self.call("payment/queryPayRecord", documentNo=number)
        records: list[Answer] = answer["datalist"]
        return records

    async def submit(self, number: str) -> list[Answer]:
        """Submit; returns what is said about each document."""
        answer = await self.call("apply/applyPolicy", quotationNo=number)
        results: list[Answer] = answer["applyResultList"][0]["singleDocumentResultList"]
        return results

    async def scan(self, number: str) -> str:
        """The payment page for a quotation."""
        form: dict[str, str] = (await self.call("payment/applyPayNotice", quotationNo=number))["payForm"]
        _, page = await self.form(form.pop("action"), form, "gbk")
        return page.decode("gbk")

    async def scan_with(self, sign: str) -> str:
        """The payment page for the notice made last, with a signature of one's own."""
        notice = str(self.portal.entries("pay_notice")[-1]["notice"])
        fields = {"documentNo": notice, "sign": sign}
        _, page = await self.form(f"{self.portal.addresses['pay']}/paygateway/scanPay.do", fields, "gbk")
        return page.decode("gbk")

    async def pay(self) -> str:
        """Pay, as the customer, the code made last."""
        code = str(self.portal.entries("pay_code")[-1]["url"]).partition("code=")[2]
        _, page = await self.form(f"{self.portal.addresses['pay']}/paygateway/confirmPay.do", {"code": code})
        return page.decode("gbk")

    async def bought(self) -> tuple[str, list[Answer]]:
        """A new quotation, submitted and paid: its number, and what was said about each document."""
        number = await self.quoted()
        results = await self.submit(number)
        await self.scan(number)
        await self.pay()
        return number, results

    async def epolicy(self, number: str) -> tuple[aiohttp.ClientResponse, bytes]:
        """The electronic policy with this number."""
        return await self.paper(number, "downloadEPolicy")

    async def paper(self, number: str, call: str) -> tuple[aiohttp.ClientResponse, bytes]:
        """A policy as one of its files."""
        return await self.form(
            f"{self.portal.origin}/{self.prefix}/do/app/policy/{call}", {"policyNo": number}
        )

    async def notices(self) -> aiohttp.ClientWebSocketResponse:
        """The portal's pushed messages."""
        parts = urlsplit(self.portal.origin)
        address = f"http://127.0.0.1:{parts.port}/{self.prefix}/ws/notify"
        return await self.http.ws_connect(address, headers={"Host": parts.netloc})


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]
