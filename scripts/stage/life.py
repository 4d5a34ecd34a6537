"""What a clerk does with a car after its save: one set of verbs over each portal's gestures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scripts.stage import picc_steps
from scripts.stage.browser import Frame, Tab
from scripts.stage.clerk import PATIENCE, QUESTION, Clerk, frame_with, press
from scripts.stage.cpic_clerk import CpicClerk
from scripts.stage.pingan_clerk import PinganClerk
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until

BUTTON = "[data-chudan-row]"
"""Our button behind a row."""
_DOWNLOAD = "[data-quick=quick_download]"


@dataclass
class Life:
    """A saved car at PICC; the others differ in their gestures."""

    theatre: Theatre
    clerk: Clerk
    tab: Tab
    """Where it was entered."""
    numbers: list[str]

    def submit(self) -> None:
        """Hand it in for underwriting."""
        picc_steps.underwrite(self.clerk, self._form("#buttonSubmitUnw"))

    def fetch_code(self) -> None:
        """Have the code made by which the customer pays."""
        picc_steps.pay(self.clerk, self.numbers)

    def pay(self, code: dict[str, Any]) -> None:
        """The customer pays by a code of the portal's ledger, and the clerk asks what came of it."""
        picc_steps.settle(self.clerk, code["code"])
        picc_steps.anywhere(self.clerk, "#buttonResult").click("#buttonResult")

    def delete(self) -> None:
        """Delete all of its lines."""
        for number in self.numbers:
            picc_steps.delete(self.clerk, number)

    def listed(self) -> Frame:
        """Search it in the portal's list; the page with its row."""
        return picc_steps.search(self.clerk, self.numbers[0])[1]

    def download(self) -> None:
        """Press our button behind its row, and 下载."""
        rows = self.listed()
        until(lambda: rows.has(BUTTON), "a button behind the row", PATIENCE)
        rows.click(BUTTON)
        press(until(self._asked, "the form beside the row", PATIENCE), _DOWNLOAD)

    def _asked(self) -> Frame | None:
        frames = (frame for tab in self.clerk.browser.tabs() for frame in tab.frames())
        return next((frame for frame in frames if QUESTION in frame.url and frame.has(_DOWNLOAD)), None)

    def _form(self, selector: str) -> Frame:
        return until(lambda: frame_with(self.tab, selector), f"{selector} in the form", PATIENCE)


@dataclass
class CpicLife(Life):
    """See Life."""

    clerk: CpicClerk

    def submit(self) -> None:
        self.clerk.submit(self.tab)

    def fetch_code(self) -> None:
        self.clerk.fetch_code(self.tab, self.numbers[0])

    def pay(self, code: dict[str, Any]) -> None:
        self.clerk.pay(code["code"])
        self.clerk.ask_result(self.tab, code["payNo"])

    def delete(self) -> None:
        self.clerk.delete(self.tab, self.numbers[0])

    def listed(self) -> Frame:
        return self.clerk.listed(self.tab, self.numbers[0])


@dataclass
class PinganLife(Life):
    """See Life."""

    clerk: PinganClerk

    def submit(self) -> None:
        self.clerk.submit(self.tab)

    def fetch_code(self) -> None:
        self.clerk.fetch_code(self.tab)

    def pay(self, code: dict[str, Any]) -> None:
        self.clerk.pay(code["url"])
        self.clerk.ask_result(self.tab)

    def delete(self) -> None:
        self.clerk.delete(self.tab, self.numbers[0])

    def listed(self) -> Frame:
        return self.clerk.listed(self.tab, self.numbers[0])


LIVES: dict[str, Callable[[Theatre, Any, Tab, list[str]], Life]] = {
    "picc": Life,
    "cpic": CpicLife,
    "pingan": PinganLife,
}
"""Life at each portal."""
