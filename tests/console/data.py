"""Believable data of a small agency, made up by a seeded generator: what the console's rooms show."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from companion.management.store.tables import Customer, Line, Proposal, Sighting, Timeline
from companion.management.store.work_tables import Confirm, Download, Notification, Question

CARRIER = "picc"
ORIGIN = "http://picc.localhost:8123"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
GIVEN = [
    "伟",
    "芳",
    "秀英",
    "敏",
    "静",
    "丽娜",
    "强",
    "磊",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "建华",
    "志强",
]
COMPANIES = ["深圳市远途物流有限公司", "广州新港汽车服务有限公司", "东莞恒信工贸集团"]
MODELS = ["别克牌SGM7157DAAA", "比亚迪牌BYD6470MT6HEV", "大众汽车牌FV7146BBDBG", "丰田牌GTM6470ASHEV"]
STATES = ["QUOTED"] * 12 + [
    "TO_QUOTE",
    "NEW",
    "UW_PASSED",
    "AWAIT_PAY",
    "CONFIRMED_TO_SUBMIT",
    "ISSUED",
    "VOID",
]
STEPS = [
    ("hint_network", {}),
    ("confirmed", {"login": "clerk01"}),
    ("asked_D1b", {}),
    ("question_shown", {}),
    ("answered_yes", {"by": "前台一号机"}),
    ("proposal_created", {}),
    ("push_waiting_channel", {}),
    ("download_waiting", {}),
    ("download_done", {}),
    ("toast_delivered", {"backend": "dbus"}),
]


class Agency:
    """Fills a database. The same seed gives the same ids, names and numbers."""

    def __init__(self, session: Session, device: str, now: datetime, seed: int) -> None:
        self._session = session
        self._device = device
        self._now = now
        self._random = random.Random(seed)
        self._made = 0

    def fill(self, proposals: int = 47) -> None:
        """Proposals with everything that belongs to them, waiting questions, unconfirmed hints, toasts."""
        for age in range(proposals):
            self.proposal(self._now - timedelta(minutes=37 * age + 3))
        for name in ("王建国", "王芳", "李秀英", "欧阳小娜"):
            self._session.add(Customer(name=name, phone=self._phone(), created_at=self._now))
        self.question("D1b", self.person(), timedelta(minutes=2))
        self.question("D1b", COMPANIES[0], timedelta(minutes=26))
        for reason in ("not_found", "other_login"):
            self.hint("unconfirmed", reason=reason)
        self.hint("open", waits=True)

    def proposal(self, at: datetime) -> Proposal:
        """One proposal with its lines, a download, a toast and a timeline."""
        state = self._random.choice(STATES)
        row = Proposal(
            id=self._id(),
            state=state,
            carrier=CARRIER,
            login="clerk01",
            plate=None if self._random.random() < 0.08 else self.plate(),
            insured=self._random.choice(COMPANIES) if self._random.random() < 0.15 else self.person(),
            vin="LSGK" + self._digits(13),
            engine_number=self._digits(9),
            brand_model=self._random.choice(MODELS),
            device_id=self._device,
            created_at=at,
            updated_at=at + timedelta(seconds=9),
        )
        self._session.add(row)
        self._session.flush()
        numbers = [self.line(row, kind) for kind in ("commercial", "compulsory")]
        self.download(row, numbers, at)
        for place, (kind, params) in enumerate(STEPS):
            self.step(kind, params, at + timedelta(seconds=place), numbers, proposal=row.id)
        return row

    def line(self, proposal: Proposal, kind: str) -> str:
        """One line of a proposal; returns its number."""
        number = {"commercial": "TDAA", "compulsory": "TDZA"}[kind] + "2026440300" + self._digits(8)
        issued = proposal.state == "ISSUED"
        self._session.add(
            Line(
                id=self._id(),
                carrier=CARRIER,
                number=number,
                proposal_id=proposal.id,
                kind=kind,
                voided=proposal.state == "VOID",
                policy_number="P" + number[1:] if issued else None,
                underwriting="passed" if proposal.state in ("UW_PASSED", "AWAIT_PAY", "ISSUED") else "none",
                plate=proposal.plate,
                insured=proposal.insured,
                start_at=proposal.created_at + timedelta(days=12),
                premium=95_000 if kind == "compulsory" else self._random.randrange(180_000, 980_000),
                raw_status="核保通过" if issued else "暂存",
            )
        )
        return number

    def download(self, proposal: Proposal, numbers: list[str], at: datetime) -> None:
        """A row of the download log, and the toast that told about it."""
        state = self._random.choices(["done", "failed", "waiting", "running"], [30, 4, 1, 1])[0]
        error = (
            self._random.choice(["portal_failed", "not_found", "other_login"]) if state == "failed" else None
        )
        over = state in ("done", "failed")
        self._session.add(
            Download(
                id=self._id(),
                carrier=CARRIER,
                origin=ORIGIN,
                login=self._random.choice(["clerk01", "clerk02"]),
                device_id=self._device,
                instance=None,
                tab=None,
                state=state,
                kind="proposal",
                source="auto_quote",
                proposal_id=proposal.id,
                numbers=numbers,
                attempts=5 if state == "failed" else int(over),
                error=error,
                clerk=self._random.choice(["前台一号机", "前台二号机", "console"]),
                created_at=at + timedelta(seconds=5),
                started_at=None if state == "waiting" else at + timedelta(seconds=6),
                ended_at=at + timedelta(seconds=8) if over else None,
            )
        )
        if over:
            self.toast(f"download_{state}", proposal, numbers, at + timedelta(seconds=8))

    def toast(self, name: str, proposal: Proposal, numbers: list[str], at: datetime) -> None:
        """A toast in the notification centre."""
        delivered = self._random.choices([True, False, None], [20, 2, 1])[0]
        self._session.add(
            Notification(
                id=self._id(),
                at=at,
                toast=name,
                params={"car": proposal.plate or numbers[0], "numbers": ", ".join(numbers)},
                proposal_id=proposal.id,
                device_id=self._device,
                delivered=delivered,
                backend=None if delivered is None else "dbus",
                detail=None,
            )
        )

    def question(self, kind: str, insured: str, ago: timedelta) -> str:
        """A question that waits; returns its id."""
        numbers = ["TDAA2026440300" + self._digits(8), "TDZA2026440300" + self._digits(8)]
        sighting = Sighting(
            id=self._id(),
            state="open",
            carrier=CARRIER,
            kind="quote_saved",
            origin=ORIGIN,
            login="clerk01",
            created_at=self._now - ago,
        )
        self._session.add(sighting)
        self._session.flush()
        held = {"plate": self.plate(), "insured": insured, "premium": 412_345, "lines": []}
        row = Question(
            id=self._id(),
            kind=kind,
            state="open",
            carrier=CARRIER,
            numbers=numbers,
            held=held,
            customer_needed=True,
            sighting_id=sighting.id,
            device_id=self._device,
            instance=self._id(),
            place={"origin": ORIGIN, "login": "clerk01", "tab": 1, "frame": 0},
            asked_at=self._now - ago,
        )
        self._session.add(row)
        return row.id

    def hint(self, state: str, reason: str | None = None, *, waits: bool = False) -> str:
        """A hint that is not confirmed; returns its id."""
        number = "TDAA2026440300" + self._digits(8)
        at = self._now - timedelta(minutes=self._random.randrange(1, 90))
        row = Confirm(
            id=self._id(),
            carrier=CARRIER,
            origin=ORIGIN,
            login="clerk02",
            device_id=self._device,
            instance=None,
            tab=None,
            waits_for_session=waits,
            state=state,
            reason=reason,
            kind="quote_saved",
            numbers=[number],
            numbers_key=number,
            seen_by=self._device,
            seen_in=self._id(),
            place={},
            hinted_at=at,
            started_at=at,
            tries=7 if reason else 0,
        )
        self._session.add(row)
        self._session.flush()
        self.step("hint_network", {}, at, [number], confirm=row.id)
        last = "waiting_session" if waits else f"unconfirmed_{reason}"
        self.step(last, {"login": "clerk02"}, at + timedelta(seconds=30), [number], confirm=row.id)
        return row.id

    def step(
        self,
        kind: str,
        params: dict[str, str],
        at: datetime,
        numbers: list[str],
        proposal: str | None = None,
        confirm: str | None = None,
    ) -> None:
        """One step on the timeline of a proposal, or of a hint that belongs to none."""
        told = {"numbers": ", ".join(numbers)} | params
        row = Timeline(at=at, kind=kind, params=told, carrier=CARRIER, numbers=numbers)
        row.proposal_id, row.confirm_id = proposal, confirm
        self._session.add(row)

    def person(self) -> str:
        """A made-up name."""
        return self._random.choice(SURNAMES) + self._random.choice(GIVEN)

    def plate(self) -> str:
        """A made-up plate."""
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
        return f"粤{self._random.choice('ABES')}" + "".join(self._random.choices(letters, k=5))

    def _phone(self) -> str:
        return "139" + self._digits(8)

    def _digits(self, count: int) -> str:
        return "".join(self._random.choices("0123456789", k=count))

    def _id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))
