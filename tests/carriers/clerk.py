"""A clerk without a browser: the portal's own requests, by hand."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import aiohttp

from tests.carriers.conftest import Practice, Session

CAR = {
    "prpCitemCar.licenseNo": "浙B8K3L6",
    "prpCitemCar.vinNo": "LSVNB2A41N2063518",
    "prpCitemCar.engineNo": "EA211A7735",
    "prpCitemCar.brandName": "大众SVW71410CU",
    "prpCitemCar.enrollDate": "2022-05-18",
    "prpCitemCar.purchasePrice": "128900",
    "prpCinsureds[0].insuredName": "林晓峰",
    "prpCinsureds[0].identifyNumber": "330203199003074518",
    "prpCinsureds[0].mobile": "13900000001",
    "prpCmain.startDate": "2026-03-03",
    "prpCmainCI.startDate": "2026-03-03",
    "prpCitemKindsTemp[0].chooseFlag": "1",
    "BIFlag": "1",
    "CIFlag": "1",
}


class Clerk(Session):
    """One session at a portal."""

    def __init__(self, portal: Practice) -> None:
        super().__init__(f"http://127.0.0.1:{urlsplit(portal.origin).port}")
        self._portal = portal
        self._host = urlsplit(portal.origin).netloc

    @property
    def cookie(self) -> str:
        """The session as a Cookie header."""
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in self.http.cookie_jar)

    async def get(self, path: str) -> str:
        """The text of a page inside."""
        async with self.http.get(path, headers={"Host": self._host}) as answer:
            return (await answer.read()).decode(answer.charset or "ascii")

    async def file(self, path: str, fields: Mapping[str, str] | None = None, start: int = 0) -> bytes:
        """What comes of a file, from some byte on, until it is whole or breaks off; posted for by a form."""
        headers = {"Host": self._host, **({"Range": f"bytes={start}-"} if start else {})}
        body = urlencode(fields or {}, encoding="gbk").encode()
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        method = "POST" if fields else "GET"
        parts = []
        async with self.http.request(method, path, headers=headers, data=body or None) as answer:
            try:
                async for part in answer.content.iter_any():
                    parts.append(part)
            except aiohttp.ClientPayloadError:
                return b"".join(parts)
        return b"".join(parts)

    async def post(self, path: str, fields: Mapping[str, str]) -> str:
        """What the portal answers to a GBK form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Host": self._host}
        body = urlencode(fields, encoding="gbk")
        async with self.http.post(path, data=body.encode(), headers=headers) as answer:
            return (await answer.read()).decode(answer.charset or "ascii")

    async def look(self) -> str:
        """Ask for a captcha; returns what is on it, which only the portal's ledger tells."""
        async with self.http.get("/prpall/captcha.do", headers={"Host": self._host}) as answer:
            await answer.read()
        return self._portal.captcha()

    async def login(
        self, code: str = "clerk01", password: str = "practice-01", captcha: str | None = None
    ) -> str:
        """Log in as a clerk who reads the captcha right, unless told what to type; the page that comes."""
        read = await self.look()
        typed = read if captcha is None else captcha
        fields = {"loginCode": code, "loginPassword": password, "captchaCode": typed}
        return await self.post("/prpall/login.do", fields)

    async def save(self, **changes: str) -> str:
        """Save the car above; `changes` by the last word of a field's name."""
        names = {name.rpartition(".")[2]: name for name in CAR}
        changed = {names.get(name, name): value for name, value in changes.items()}
        return await self.post("/prpall/business/insert.do", {**CAR, **changed})

    async def query(self, *numbers: str) -> str:
        """The list query for these numbers; all without."""
        fields = {
            "prpCproposalVo.bizType": "投保单",
            "prpCproposalVo.proposalNo": ",".join(numbers),
            "pageNo": "1",
        }
        return await self.post("/prpall/business/selectProposal.do", fields)
