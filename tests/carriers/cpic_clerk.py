"""A clerk of the CPIC-style portal without a browser."""

import copy
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.carriers.conftest import Practice, Session

CAR = {
    "plateNo": "浙B8K3L6",
    "carVIN": "LSVNB2A41N2063518",
    "engineNo": "EA211A7735",
    "modelType": "大众SVW71410CU",
    "stRegisterDate": "2022-05-18",
    "purchasePrice": "128900",
    "seatCount": "5",
    "ownerName": "林晓峰",
}
INSURED = {"insuredName": "林晓峰", "certNo": "330203199003074518", "telephone": "13900000001"}
APPLICATION: dict[str, Any] = {
    "ecarvo": CAR,
    "insuredVo": INSURED,
    "commercial": True,
    "compulsory": True,
    "commercialInsuransVo": {"stStartDate": "2026-03-03"},
    "compulsoryInsuransVo": {"stStartDate": "2026-03-03"},
    "quoteInsuranceVos": [
        {"insuranceCode": "DAMAGELOSSCOVERAGE", "amount": 0},
        {"insuranceCode": "THIRDPARTYLIABILITYCOVERAGE", "amount": 2_000_000},
    ],
}
QUERY, DETAIL = "quotationPolicy/queryQuotationPolicy", "quotationPolicy/queryQuotationDetail"
SUBMIT, PAY, RECORD = "insure/submitInsureInfo", "paymentQuery/pay", "paymentrecord/query"


class Clerk(Session):
    """One session at a portal."""

    def __init__(self, portal: Practice) -> None:
        self.portal = portal
        self.address = f"http://127.0.0.1:{urlsplit(portal.origin).port}"
        self.headers = {"Host": urlsplit(portal.origin).netloc}
        super().__init__(self.address)

    @property
    def cookie(self) -> str:
        """The session as a Cookie header."""
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in self.http.cookie_jar)

    async def look(self) -> str:
        """Ask for a captcha; returns what is on it, which only the portal's ledger tells."""
        async with self.http.get("/ecar/auth/captchaImage", headers=self.headers) as answer:
            await answer.read()
        return self.portal.captcha()

    async def login(
        self, user: str = "clerk01", password: str = "practice-01", captcha: str | None = None
    ) -> dict[str, Any]:
        """Log in as a clerk who reads the captcha right, unless told what to type."""
        read = await self.look()
        typed = read if captcha is None else captcha
        fields = {"j_username": user, "j_password": password, "verifyCode": typed}
        path = "/ecar/j_spring_security_check"
        async with self.http.post(path, data=fields, headers=self.headers) as answer:
            return dict(await answer.json())

    async def raw(self, path: str, redata: Any, **meta: Any) -> tuple[int, str]:
        """Status and text of the answer to one envelope."""
        body = {"meta": meta, "redata": redata}
        async with self.http.post(f"/ecar/{path}", json=body, headers=self.headers) as answer:
            return answer.status, (await answer.read()).decode(answer.charset or "utf-8")

    async def ask(self, path: str, redata: Any = None, **meta: Any) -> dict[str, Any]:
        """The answer's envelope."""
        return dict(json.loads((await self.raw(path, redata or {}, **meta))[1]))

    async def result(self, path: str, redata: Any = None, **meta: Any) -> Any:
        """The result in an envelope that must be one of success."""
        answer = await self.ask(path, redata, **meta)
        assert answer["message"] == {"code": "success", "message": ""}
        return answer["result"]

    async def complaint(self, path: str, redata: Any = None) -> str:
        """What the portal says against it."""
        answer = await self.ask(path, redata)
        assert (answer["message"]["code"], answer["result"]) == ("error", None)
        return str(answer["message"]["message"])

    async def save(self, path: str = "insure/saveInsureInfo", **changes: Any) -> str:
        """Save the car above; returns the quotation's number."""
        return str((await self.result(path, application(**changes)))["quotationNo"])

    async def submit(self, number: str) -> dict[str, Any]:
        """Hand a quotation in for underwriting; what is said to each line."""
        return dict(await self.result(SUBMIT, {"quotationNo": number}))

    async def withdraw(self, number: str) -> dict[str, Any]:
        """Take a quotation back from underwriting."""
        return dict(await self.result("insure/withdrawInsureInfo", {"quotationNo": number}))

    async def delete(self, *numbers: str, lines: Sequence[str] = ()) -> dict[str, str]:
        """Delete quotations, or only some lines of them; what state each is in then."""
        redata = {"quotationNos": list(numbers), "lines": list(lines)}
        return dict(await self.result("quotationPolicy/deleteQuotation", redata))

    async def pay(self, *numbers: str, how: str = "qr") -> dict[str, Any]:
        """Fetch the code by which the customer pays: `qr` or `card`."""
        return dict(await self.result(PAY, {"quotationNos": list(numbers), "payType": how}))

    async def settled(self, *numbers: str) -> list[str]:
        """Fetch a code and have the customer pay by it; the policy numbers."""
        await self.pay(*numbers)
        await visit(self, self.portal.entries("pay_code")[-1]["code"], pay=True)
        return [str(number) for number in self.portal.entries("issued")[-1]["policies"]]

    async def passed(self, **changes: Any) -> str:
        """A quotation that went through underwriting."""
        number = await self.save(**changes)
        await self.submit(number)
        return number

    async def rows(self, path: str = QUERY, **criteria: str) -> list[dict[str, Any]]:
        """All rows of a list for these criteria."""
        return list(await self.result(path, criteria, pageNo=1, pageSize=10_000))

    async def row(self, number: str) -> dict[str, Any]:
        """The list's row of one quotation."""
        (row,) = await self.rows(quotationNo=number)
        return row


def application(**changes: Any) -> dict[str, Any]:
    """What the quotation form sends; a change is of a field of the car, the insured or the form."""
    form = copy.deepcopy(APPLICATION)
    for name, value in changes.items():
        part = form["ecarvo"] if name in CAR else form["insuredVo"] if name in INSURED else form
        part[name] = value
    return form


def whats(portal: Practice) -> list[str]:
    """What happened after logging in."""
    return portal.whats("captcha", "login")


async def visit(clerk: Clerk, url: str, pay: bool) -> str:
    """What the customer's phone shows."""
    path, method = "/pay/" + url.rpartition("/")[2], "POST" if pay else "GET"
    async with aiohttp.ClientSession(clerk.address) as phone, phone.request(method, path) as answer:
        return await answer.text()


async def issued(clerk: Clerk) -> str:
    """The policy number of a fresh compulsory policy."""
    (policy,) = await clerk.settled(await clerk.passed(commercial=False))
    return policy


async def fetched(clerk: Clerk, number: str, start: int = 0) -> tuple[aiohttp.ClientResponse, bytes]:
    """What the download link gives."""
    headers = {**clerk.headers, **({"Range": f"bytes={start}-"} if start else {})}
    path = "/ecar/epolicy/download"
    async with clerk.http.post(path, data={"policyNo": number}, headers=headers) as answer:
        parts = []
        try:
            async for part in answer.content.iter_any():
                parts.append(part)
        except aiohttp.ClientPayloadError:
            parts.append(b"")
        return answer, b"".join(parts)
