"""The clerk at the practice portal of CPIC: the same gestures on other pages."""

from collections.abc import Callable
from dataclasses import dataclass

from scripts.stage.browser import Tab
from scripts.stage.clerk import PASSWORDS, PATIENCE, Car, Clerk
from scripts.stage.waiting import until

PAGES = "/ecar/view/portal/page"
_CALCULATED = """() => !document.getElementById("calculateBtn").disabled && ["commercial", "compulsory"].some(
    (kind) => Number(document.getElementById(`${kind}Premium`).value) > 0)"""


@dataclass
class CpicClerk(Clerk):
    """A clerk who can read captchas: `captchas` are those drawn so far, oldest first."""

    captchas: Callable[[], list[str]] = list

    def log_in(self) -> Tab:
        """Open the portal and log in; the tab with the portal's home page."""
        drawn = len(self.captchas())
        tab = self.browser.open(f"{self.origin}{PAGES}/common/login.html")
        self._enter_with_captcha(tab, drawn)
        return tab

    def log_in_again(self, tab: Tab) -> None:
        """Log in once more in a tab whose session was lost."""
        drawn = len(self.captchas())
        tab.goto(f"{self.origin}{PAGES}/common/login.html")
        self._enter_with_captcha(tab, drawn)

    def _enter_with_captcha(self, tab: Tab, before: int) -> None:
        form = self._within(tab, "#j_username")
        form.fill("#j_username", self.login)
        form.fill("#j_password", PASSWORDS[self.login])
        form.fill("#verifyCode", until(lambda: self.captchas()[before:], "a captcha", PATIENCE)[-1])
        self.pause("log_in")
        form.click("#loginBtn")
        self._within(tab, "#userCode")

    def log_out(self) -> None:
        """Leave the portal by its own link."""
        self._frame("#logoutBtn").click("#logoutBtn")

    def new_entry(self) -> Tab:
        """Open the quotation form, in the tab where the menu is."""
        self._frame("#mainMenu").click("#mainMenu a[href$='quick_quotation.html']")
        return self._tab("#coverages tr")

    def enter(self, tab: Tab, car: Car, *, commercial: bool = True, compulsory: bool = True) -> None:
        """Fill the quotation form and have the premium calculated."""
        form = self._within(tab, "#coverages tr")
        for name, text in _fields(car).items():
            form.fill(f"#{name}", text)
        for name, wanted in (("commercial", commercial), ("compulsory", compulsory)):
            if form.evaluate("(id) => document.getElementById(id).checked", name) != wanted:
                form.click(f"#{name}")
        self.calculate(tab)

    def change_price(self, tab: Tab, yuan: int) -> None:
        """Change something in a quotation that stands in the form, and calculate again."""
        self._within(tab, "#coverages tr").fill("#purchasePrice", str(yuan))
        self.calculate(tab)

    def calculate(self, tab: Tab) -> None:
        """Press 保费计算 and wait for a premium."""
        form = self._within(tab, "#calculateBtn")
        form.click("#calculateBtn")
        until(lambda: form.evaluate(_CALCULATED), "a premium", PATIENCE)

    def save(self, tab: Tab, button: str = "saveBtn") -> None:
        """Press 保存 (or 暂存: `quickSaveBtn`)."""
        super().save(tab, button)


def _fields(car: Car) -> dict[str, str]:
    return {
        "plateNo": car.plate,
        "carVIN": car.vin,
        "engineNo": car.engine,
        "modelType": car.brand,
        "stRegisterDate": car.registered,
        "purchasePrice": str(car.price),
        "ownerName": car.owner,
        "insuredName": car.owner,
        "certNo": car.identity,
        "telephone": car.phone,
    }
