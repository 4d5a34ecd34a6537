"""The clerk: what a person does in the practice portal of PICC and with the companion's questions.

The same gestures for every browser; nothing here reads what the companion stores.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from scripts.stage.browser import Browser, Frame, Tab
from scripts.stage.waiting import NeverHappenedError, until

T = TypeVar("T")
PASSWORDS = {"clerk01": "practice-01", "clerk02": "practice-02"}
PATIENCE = 30.0
"""Seconds a clerk waits for a page or a question."""
AGAIN = 8.0
"""Seconds after which a press that opened nothing is made once more."""
QUESTION = "/ask/"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = ["晓峰", "建国", "丽华", "子涵", "敏", "伟", "雨桐", "志强"]
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_CHARACTERS = _LETTERS + "0123456789"


@dataclass(frozen=True)
class Car:
    """An invented car and its invented owner."""

    plate: str
    vin: str
    engine: str
    owner: str
    identity: str
    phone: str
    price: int = 128_900
    """Yuan."""
    brand: str = "大众SVW71410CU"
    registered: str = "2022-05-18"

    @classmethod
    def invent(cls, seed: object = None) -> "Car":
        """A car like no other; the same one for the same seed."""
        dice = random.Random(repr(seed)) if seed is not None else random.Random()
        return cls(
            plate="浙B" + "".join(dice.choices("0123456789ABCDEFGHJKLMN", k=5)),
            vin="LSVNB" + "".join(dice.choices(_CHARACTERS, k=6)) + f"{dice.randrange(10**6):06}",
            engine="EA211A" + f"{dice.randrange(10**4):04}",
            owner=dice.choice(_SURNAMES) + dice.choice(_GIVEN),
            identity=f"33020319900307{dice.randrange(1000):03}8",
            phone=f"1390000{dice.randrange(10**4):04}",
        )


@dataclass(frozen=True)
class Shown:
    """A question of the companion before the clerk's eyes."""

    tab: Tab
    frame: Frame


@dataclass
class Clerk:
    """A clerk at a portal. `pause` is called between gestures with a word for what comes next."""

    browser: Browser
    origin: str
    login: str = "clerk01"
    pause: Callable[[str], None] = field(default=lambda _step: None)
    captchas: Callable[[], list[str]] = list
    """What the captchas say that were drawn so far, oldest first."""

    def log_in(self) -> Tab:
        """Open the portal and log in; the tab with the portal's frameset."""
        drawn = len(self.captchas())
        tab = self.browser.open(f"{self.origin}/prpall/login.do")
        self._enter_with_captcha(tab, drawn)
        return tab

    def log_in_again(self, tab: Tab) -> None:
        """Log in once more in a tab whose session was lost."""
        drawn = len(self.captchas())
        tab.goto(f"{self.origin}/prpall/login.do")
        self._enter_with_captcha(tab, drawn)

    def _enter_with_captcha(self, tab: Tab, before: int) -> None:
        form = self._within(tab, "#loginCode")
        form.fill("#loginCode", self.login)
        form.fill("#loginPassword", PASSWORDS[self.login])
        form.fill("#captchaCode", until(lambda: self.captchas()[before:], "a captcha", PATIENCE)[-1])
        self.pause("log_in")
        form.click("#loginButton")
        self._within(tab, "#menuEntry")

    def log_out(self) -> None:
        """Leave the portal by its own link."""
        self._frame("#logout").click("#logout")

    def new_entry(self) -> Tab:
        """Open the entry form, a window of its own; press again when nothing opens, as a person would."""
        before = len(self.browser.tabs())

        def opens() -> bool:
            self._frame("#menuEntry").click("#menuEntry")
            with suppress(NeverHappenedError):
                until(lambda: len(self.browser.tabs()) > before or self._entry(), "a window", AGAIN)
                return True
            return False

        until(opens, "a window opens", PATIENCE)
        return self._tab("#buttonPremium_1")

    def _entry(self) -> bool:
        """Whether the entry form stands: its window may have been open before."""
        return self._seen("#buttonPremium_1") is not None

    def enter(self, tab: Tab, car: Car, *, commercial: bool = True, compulsory: bool = True) -> None:
        """Fill the entry form and have the premium calculated."""
        form = self._within(tab, "#buttonPremium_1")
        for name, text in _fields(car).items():
            form.fill(f"[id='{name}']", text)
        for name, wanted in (("BIFlag", commercial), ("CIFlag", compulsory)):
            if form.evaluate("(id) => document.getElementById(id).checked", name) != wanted:
                form.click(f"#{name}")
        self.calculate(tab)

    def change_price(self, tab: Tab, yuan: int) -> None:
        """Change something in a proposal that stands in the entry form, and calculate again."""
        form = self._within(tab, "#buttonPremium_1")
        form.fill("[id='prpCitemCar.purchasePrice']", str(yuan))
        self.calculate(tab)

    def calculate(self, tab: Tab) -> None:
        """Press 计算保费 and wait for a premium."""
        form = self._within(tab, "#buttonPremium_1")
        form.click("#buttonPremium_1")
        until(lambda: form.evaluate(_CALCULATED), "a premium", PATIENCE)

    def save(self, tab: Tab, button: str = "buttonSave") -> None:
        """Press 保存 (or 暂存: `buttonTemp`)."""
        self.pause("save")
        self._within(tab, f"#{button}").click(f"#{button}")

    def shows(self, tab: Tab, number: str) -> bool:
        """Whether the entry form shows this number as that of its proposal."""
        form = self._within(tab, "#buttonPremium_1")
        return bool(form.evaluate(_SHOWS, number))

    def quote(self, car: Car, *, commercial: bool = True, compulsory: bool = True) -> Tab:
        """Open the entry form, fill it in and save it; its tab."""
        tab = self.new_entry()
        self.enter(tab, car, commercial=commercial, compulsory=compulsory)
        self.save(tab)
        return tab

    def questions(self) -> list["Shown"]:
        """The companion's questions that stand before the clerk now, in whatever tab or window."""
        return [
            Shown(tab, frame)
            for tab in self.browser.tabs()
            for frame in tab.frames()
            if QUESTION in frame.url and frame.has("[data-choice]")
        ]

    def question(self, within: float = PATIENCE) -> "Shown":
        """Wait for a question and give it."""
        return until(lambda: next(iter(self.questions()), None), "a question before the clerk", within)

    def answer(self, choice: str, customer: str | None = None, phone: str = "") -> None:
        """Press one of a question's buttons; with `yes`, name a new customer where one is wanted."""
        frame = self.question().frame
        address = frame.url
        self.pause("answer")
        press(frame, f"[data-choice={choice}]")
        if customer is not None:
            frame.fill("#pick_name", customer)
            frame.fill("#pick_phone", phone)
            press(frame, "[data-choice=confirm]")
        until(lambda: not self._stands(address), "the question goes away", PATIENCE)

    def _stands(self, address: str) -> bool:
        """Whether this very question still stands: another may have taken its place at once."""
        return any(shown.frame.url == address for shown in self.questions())

    def _frame(self, selector: str) -> Frame:
        return until(lambda: self._seen(selector), f"{selector} anywhere", PATIENCE)[1]

    def _tab(self, selector: str) -> Tab:
        return until(lambda: self._seen(selector), f"{selector} anywhere", PATIENCE)[0]

    def _seen(self, selector: str) -> tuple[Tab, Frame] | None:
        for tab in reversed(self.browser.tabs()):
            if frame := frame_with(tab, selector):
                return tab, frame
        return None

    def _within(self, tab: Tab, selector: str) -> Frame:
        return until(lambda: frame_with(tab, selector), f"{selector} in a tab", PATIENCE)


_SHOWS = """(number) => [...document.querySelectorAll("input")].some((field) => field.value === number)"""
_CALCULATED = """() => ["prpCmain.sumPremium1", "prpCitemKindCI.premium"].some(
    (id) => Number(document.getElementById(id)?.value) > 0)"""


def frame_with(tab: Tab, selector: str) -> Frame | None:
    """The frame of a tab that shows this, if one does."""
    return next((frame for frame in tab.frames() if frame.has(selector)), None)


def press(frame: Frame, selector: str) -> None:
    """Press until it has worked: a question that has only just appeared takes no press."""

    def pressed() -> bool:
        if frame.has(selector):
            frame.click(selector)
        return not frame.has(selector)

    until(pressed, f"{selector} takes the press", PATIENCE)


def _fields(car: Car) -> dict[str, str]:
    return {
        "prpCitemCar.licenseNo": car.plate,
        "prpCitemCar.vinNo": car.vin,
        "prpCitemCar.engineNo": car.engine,
        "prpCitemCar.brandName": car.brand,
        "prpCitemCar.enrollDate": car.registered,
        "prpCitemCar.purchasePrice": str(car.price),
        "prpCinsureds[0].insuredName": car.owner,
        "prpCinsureds[0].identifyNumber": car.identity,
        "prpCinsureds[0].mobile": car.phone,
    }
