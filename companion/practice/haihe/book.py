"""The portal itself: its quotes, its live tokens, and what the pages ask of it."""

import itertools
import secrets
from dataclasses import dataclass
from typing import ClassVar

from companion.clock import Clock
from companion.practice.ledger import Ledger
from companion.practice.moods import Moods
from companion.practice.portal import ZONE, Complaint, Practice

COVERAGES = (("机动车损失保险", 128_900_00, 1_646_80), ("机动车第三者责任保险", 2_000_000_00, 1_201_20))
PASSWORDS = {"clerk01": "practice-01", "clerk02": "practice-02"}
_OWNERS = ("林晓峰", "何雨桐", "吴志强", "郑丽华")


@dataclass(frozen=True)
class Quote:
    """One quote. Money in fen."""

    number: str
    clerk: str
    plate: str
    vin: str
    engine: str
    model: str
    insured: str
    identity: str
    phone: str
    start: str
    status: str = "已报价"

    @property
    def premium(self) -> int:
        """What it costs."""
        return sum(premium for _name, _sum, premium in COVERAGES)


class Portal(Practice):
    """The practice portal: its quotes and its live tokens."""

    MOODS: ClassVar[frozenset[str]] = frozenset({"maintenance", "save_refused"})

    def __init__(self, ledger: Ledger, clock: Clock, wanted: Moods, rows: int = 0) -> None:
        super().__init__(ledger, clock, wanted)
        # What is saved must not get a number again after a restart: seconds grow faster than anybody saves.
        now = clock.now().astimezone(ZONE)
        self._serial = itertools.count(rows + now.hour * 3600 + now.minute * 60 + now.second + 1)
        self._tokens: dict[str, str] = {}
        self.quotes: dict[str, Quote] = {}
        for at in range(rows):
            self._file(self._invented(at))

    def log_in(self, login: str, password: str) -> str:
        """A token. Raises Complaint."""
        if not secrets.compare_digest(PASSWORDS.get(login, "").encode(), password.encode()) or not password:
            raise Complaint("用户名或密码错误")
        token = secrets.token_urlsafe(24)
        self._tokens[token] = login
        self.ledger.write("login", login)
        return token

    def log_out(self, token: str) -> None:
        """Forget a token."""
        self.ledger.write("logout", self._tokens.pop(token, None))

    def clerk(self, token: str) -> str | None:
        """Whose token it is."""
        return self._tokens.get(token)

    def save(self, clerk: str, form: dict[str, str]) -> Quote:
        """Keep a quote. Raises Complaint."""
        if "save_refused" in self.moods:
            self.ledger.write("refusal", clerk)
            raise Complaint("核心系统繁忙，请稍后重试")
        names = ("plate", "vin", "engine", "model", "insured", "identity", "phone", "start")
        if missing := [name for name in names if not form.get(name, "").strip()]:
            raise Complaint(f"必填项不能为空：{missing[0]}")
        quote = self._file(
            Quote(self._number(next(self._serial)), clerk, **{name: form[name].strip() for name in names})
        )
        line = {"number": quote.number, "kind": "both", "premium": quote.premium}
        facts = {"plate": quote.plate, "insured": quote.insured}
        self.ledger.write("save", clerk, [quote.number], **facts, lines=[line])
        return quote

    def find(self, clerk: str, keyword: str) -> list[Quote]:
        """Quotes with a number or plate, the newest first; all of them for nothing."""
        words = (keyword, keyword.replace("-", ""))
        found = [one for one in self.quotes.values() if not keyword or {one.number, one.plate} & set(words)]
        self.ledger.write("query", clerk, [one.number for one in found] if keyword else [])
        return found[::-1]

    def _file(self, quote: Quote) -> Quote:
        self.quotes[quote.number] = quote
        return quote

    def _number(self, serial: int) -> str:
        return f"HHQ{self.clock.now().astimezone(ZONE):%Y%m%d}{serial:06}"

    def _invented(self, at: int) -> Quote:
        return Quote(
            self._number(at + 1),
            "clerk01",
            plate=f"津A{at % 10}K{at * 37 % 1000:03}",
            vin=f"LSVNB2A41N20{at * 7919 % 100000:05}",
            engine=f"EA211A{at * 613 % 10000:04}",
            model="大众SVW71410CU",
            insured=_OWNERS[at % len(_OWNERS)],
            identity=f"12010319900307{at % 1000:03}8",
            phone=f"1390000{at % 10000:04}",
            start="2026-04-01",
        )
