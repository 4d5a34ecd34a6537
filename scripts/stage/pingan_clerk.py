"""The clerk at the practice portal of Ping An: a log-in host, a captcha, a form in the shell's iframe."""

from collections.abc import Callable
from dataclasses import dataclass

from scripts.stage.browser import Frame, Tab
from scripts.stage.clerk import PATIENCE, Car, Clerk
from scripts.stage.portal import Portal
from scripts.stage.waiting import until

PASSWORDS = {"WANGLI001": "practice-01", "CHENMIN002": "practice-02"}
_SAVE = "[ng-click='applyQueryAndQuote()']"
_DRAWN = "() => document.getElementById('randCodeImg').naturalWidth > 0"
_MARK = "() => document.querySelector('[name=lt]').value"
_BUSY = "(save) => document.querySelector(save).disabled"
_CHECKED = "(name) => document.querySelector(`[name=${name}]`).checked"


@dataclass
class PinganClerk(Clerk):
    """See Clerk. `captcha` reads off the portal's ledger what is drawn on a log-in page."""

    captcha: Callable[[str], str] = str

    def log_in(self) -> Tab:
        """Open the portal, which leads to the log-in host and back; the tab with the shell."""
        tab = self.browser.open(self.origin)
        self._fill_log_in(tab)
        return tab

    def log_in_again(self, tab: Tab) -> None:
        """Log in once more in a tab whose session was lost."""
        tab.goto(self.origin)
        self._fill_log_in(tab)

    def _fill_log_in(self, tab: Tab) -> None:
        form = self._within(tab, "#loginBtn")
        until(lambda: form.evaluate(_DRAWN), "a captcha", PATIENCE)
        form.fill("#username", self.login)
        form.fill("#password", PASSWORDS[self.login])
        form.fill("#randCode", self.captcha(form.evaluate(_MARK)))
        self.pause("log_in")
        form.click("#loginBtn")
        self._within(tab, "#umCode")

    def new_entry(self) -> Tab:
        """Open the quotation form in the shell's iframe."""
        self._frame("[ng-click=\"go('quotation')\"]").click("[ng-click=\"go('quotation')\"]")
        return self._tab(_SAVE)

    def enter(self, tab: Tab, car: Car, *, commercial: bool = True, compulsory: bool = True) -> None:
        """Fill the quotation form."""
        form = self._within(tab, _SAVE)
        for name, text in _fields(car).items():
            form.fill(f"[name={name}]", text)
        for name, wanted in (("c01Selected", commercial), ("c51Selected", compulsory)):
            if form.evaluate(_CHECKED, name) != wanted:
                form.click(f"[name={name}]")

    def change_price(self, tab: Tab, yuan: int) -> None:
        """Change something in a quotation that stands in the form."""
        self._idle(tab).fill("[name=price]", str(yuan))

    def save(self, tab: Tab, button: str = _SAVE) -> None:
        """Press 报价并保存: premiums are calculated with it."""
        self.pause("save")
        self._idle(tab).click(button)

    def _idle(self, tab: Tab) -> Frame:
        form = self._within(tab, _SAVE)
        until(lambda: not form.evaluate(_BUSY, _SAVE), "the form takes a press", PATIENCE)
        return form


def captcha_of(portal: Portal, mark: str) -> str:
    """What the captcha drawn last for a log-in page says."""
    drawn = [entry for entry in portal.ledger("captcha") if entry["page"] == mark]
    return str(drawn[-1]["answer"])


def _fields(car: Car) -> dict[str, str]:
    return {
        "vehicleLicenceCode": f"{car.plate[:2]}-{car.plate[2:]}",
        "vehicleFrameNo": car.vin,
        "engineNo": car.engine,
        "autoModelName": car.brand,
        "firstRegisterDate": car.registered,
        "price": str(car.price),
        "personnelName": car.owner,
        "certificateTypeNo": car.identity,
        "mobileTelephone": car.phone,
    }
