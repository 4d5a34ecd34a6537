"""The clerk at the practice portal of Ping An: a log-in host, a captcha, a form in the shell's iframe."""

from collections.abc import Callable
from dataclasses import dataclass

from scripts.stage.browser import Frame, Tab
from scripts.stage.clerk import PATIENCE, Car, Clerk, frame_with
from scripts.stage.portal import Portal
from scripts.stage.waiting import until

PASSWORDS = {"WANGLI001": "practice-01", "CHENMIN002": "practice-02"}
_SAVE = "[ng-click='applyQueryAndQuote()']"
_DRAWN = "() => document.getElementById('randCodeImg').naturalWidth > 0"
_MARK = "() => document.querySelector('[name=lt]').value"
_SUBMIT, _PAY, _SCAN = "[ng-click='applyPolicy()']", "[ng-click='pay()']", "[ng-click='scanPay()']"
_RESULT, _NUMBER = "[ng-click='queryResult()']", "[ng-model='query.documentNo']"
_YES = ".ui-confirm .btn.primary"
_TAKEN = """(scan) => document.querySelector(scan).disabled ||
  document.getElementById("payFrame").getClientRects().length > 0"""
"""Whether 扫码支付 took a press: one on a pop-up that is still being laid out does nothing."""
_ENABLED = "(at) => !document.querySelector(at).disabled"
_FOUND = """(number) => {
  const rows = [...document.querySelectorAll("tr.list-row")];
  return rows.length > 0 && rows.every((row) => row.textContent.includes(number));
}"""
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

    def submit(self, tab: Tab) -> None:
        """Press 提交核保 and confirm."""
        self.pause("submit")
        form = self._idle(tab)
        self._press(form, _SUBMIT)
        form.click(_YES)

    def fetch_code(self, tab: Tab) -> None:
        """Press 缴费, and in the pop-up 扫码支付: the payment host's page with the code appears."""
        self.pause("fetch_code")
        self._press(self._idle(tab), _PAY)
        pop_up = self._within(tab, _SCAN)

        def shown() -> bool:
            if not pop_up.evaluate(_TAKEN, _SCAN):
                pop_up.click(_SCAN)
            return frame_with(tab, ".cashier") is not None

        until(shown, "the payment page with the code", PATIENCE)

    def pay(self, url: str) -> None:
        """The customer scans the code, which says `url`, and pays."""
        customer = self.browser.open(url)
        customer.main.click("#confirmPay")
        self._within(customer, ".said")
        customer.close()

    def ask_result(self, tab: Tab) -> None:
        """Press 支付结果查询 in the pop-up."""
        self._press(self._within(tab, _RESULT), _RESULT)

    def listed(self, tab: Tab, number: str, menu: str = "workbench") -> Frame:
        """Search for a number in 我的工作台 (or `policy`: 保单查询); the page with its rows."""
        tab.main.click(f"[ng-click=\"go('{menu}')\"]")
        rows = self._within(tab, f"#{menu}List")
        rows.fill(_NUMBER, number)
        rows.click("[ng-click='search()']")
        until(lambda: rows.evaluate(_FOUND, number), f"{number} in {menu}", PATIENCE)
        return rows

    def withdraw(self, tab: Tab, number: str) -> None:
        """Press 撤回 behind a quotation and confirm."""
        self._do(tab, number, "withdraw(row)")

    def delete(self, tab: Tab, number: str) -> None:
        """Press 删除 behind a quotation and confirm."""
        self._do(tab, number, "remove(row)")

    def _do(self, tab: Tab, number: str, what: str) -> None:
        rows = self.listed(tab, number)
        self.pause(what)
        rows.click(f"tr.list-row [ng-click='{what}']")
        rows.click(_YES)

    def _press(self, frame: Frame, button: str) -> None:
        until(lambda: frame.evaluate(_ENABLED, button), f"{button} takes a press", PATIENCE)
        frame.click(button)

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
