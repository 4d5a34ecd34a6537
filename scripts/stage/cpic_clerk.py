"""The clerk at the practice portal of CPIC: the same gestures on other pages."""

from dataclasses import dataclass

from scripts.stage.browser import Frame, Tab
from scripts.stage.clerk import PASSWORDS, PATIENCE, Car, Clerk
from scripts.stage.waiting import until

PAGES = "/ecar/view/portal/page"
_CALCULATED = """() => !document.getElementById("calculateBtn").disabled && ["commercial", "compulsory"].some(
    (kind) => Number(document.getElementById(`${kind}Premium`).value) > 0)"""

_ONE = "() => document.getElementById('pageInfo').textContent.startsWith('共 1 条')"
_ENABLED = "(at) => !document.querySelector(at).disabled"
_CHOOSE = "(how) => { document.getElementById('payType').value = how; }"


@dataclass
class CpicClerk(Clerk):
    """The same clerk at the agents' portal."""

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

    def shows(self, tab: Tab, number: str) -> bool:
        """Whether the form shows this number as that of its quotation."""
        form = self._within(tab, "#quotationNo")
        return bool(
            form.evaluate("(number) => document.getElementById('quotationNo').value === number", number)
        )

    def submit(self, tab: Tab) -> None:
        """Press 提交核保 in the form that has just been saved; what is said to each line is left standing."""
        self.pause("submit")
        self._press(self._within(tab, "#submitBtn"), "#submitBtn")
        self._within(tab, "#underwriteResult")

    def listed(
        self, tab: Tab, number: str, page: str = "quotation_search", field: str = "quotationNo"
    ) -> Frame:
        """Search one of the lists, opened by the menu, for a number; the page with the row."""
        menu = self._within(tab, "#mainMenu")
        if menu.has(".layer-ok"):  # a dialog that was left standing
            menu.click(".layer-ok")
        menu.click(f"#mainMenu a[href$='{page}.html']")
        until(lambda: tab.main.url.endswith(f"/{page}.html"), f"{page} is open", PATIENCE)
        rows = self._within(tab, "#userCode")
        rows.fill(f"#{field}", number)
        rows.click("#queryBtn")
        until(lambda: rows.evaluate(_ONE), f"{number} in {page}", PATIENCE)
        return rows

    def withdraw(self, tab: Tab, number: str) -> None:
        """Tick a quotation in the list, press 撤回 and confirm."""
        self._do(tab, number, "#withdrawBtn")
        self._within(tab, ".layer-box")

    def delete(self, tab: Tab, number: str) -> None:
        """Tick a quotation in the list, press 删除 and confirm."""
        self._do(tab, number, "#deleteBtn")
        self._within(tab, ".layer-msg")

    def delete_line(self, tab: Tab, number: str, kind: str) -> None:
        """Press 删除险种 on the quotation's own page and confirm; the page loads itself anew."""
        tab.goto(f"{self.origin}{PAGES}/quotation_detail/quotation_detail.html?quotationNo={number}")
        page = self._within(tab, f"#{kind}Delete")
        self.pause("delete_line")
        page.click(f"#{kind}Delete")
        self._within(tab, ".layer-ok").click(".layer-ok")
        until(lambda: _gone(tab, f"#{kind}Delete"), "the line is deleted", PATIENCE)

    def fetch_code(self, tab: Tab, number: str, how: str = "qr") -> None:
        """Have the code made by which the customer pays (`qr`, or `card`: a number); it is left standing."""
        self.pause("fetch_code")
        tab.goto(f"{self.origin}{PAGES}/payment/payment.html?quotationNo={number}")
        page = self._within(tab, ".searchCheckbox")
        page.evaluate(_CHOOSE, how)
        page.click(".searchCheckbox")
        page.click("#payBtn")
        self._within(tab, "#payNo")

    def pay(self, url: str) -> None:
        """The customer scans the code, which says `url`, or hands the card over at the terminal, and pays."""
        customer = self.browser.open(url)
        self._within(customer, "#confirmPay").click("#confirmPay")
        self._within(customer, "#said")
        customer.close()

    def ask_result(self, tab: Tab, pay_no: str) -> None:
        """Search the payment records for a payment number."""
        self.listed(tab, pay_no, "payment_record", "payNo")

    def _do(self, tab: Tab, number: str, button: str) -> None:
        rows = self.listed(tab, number)
        self.pause(button)
        rows.click(".searchCheckbox")
        rows.click(button)
        self._within(tab, ".layer-ok").click(".layer-ok")

    def _press(self, frame: Frame, button: str) -> None:
        until(lambda: frame.evaluate(_ENABLED, button), f"{button} takes a press", PATIENCE)
        frame.click(button)


def _gone(tab: Tab, selector: str) -> bool:
    return any(frame.has("#facts span") and not frame.has(selector) for frame in tab.frames())


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
