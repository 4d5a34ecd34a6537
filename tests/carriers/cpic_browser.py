"""A clerk of the CPIC-style portal in a browser."""

from playwright.async_api import BrowserContext, Page, expect

from tests.carriers.conftest import Practice
from tests.carriers.cpic_clerk import CAR, INSURED

PAGES = "/ecar/view/portal/page"
LIST = f"{PAGES}/quotation_search/quotation_search.html"
ENTRY = f"{PAGES}/quick_quotation/quick_quotation.html"
DETAIL = f"{PAGES}/quotation_detail/quotation_detail.html"
PAYMENT = f"{PAGES}/payment/payment.html"
RECORDS = f"{PAGES}/payment_record/payment_record.html"
POLICIES = f"{PAGES}/policy_search/policy_search.html"


async def type_login(page: Page, portal: Practice, captcha: str = "") -> None:
    """Fill the log-in form as a clerk who reads the captcha, and press the button."""
    await page.wait_for_function("document.getElementById('capImg').naturalWidth > 0")
    await page.fill("#j_username", "clerk01")
    await page.fill("#j_password", "practice-01")
    await page.fill("#verifyCode", captcha or portal.captcha())
    await page.click("#loginBtn")


async def log_in(context: BrowserContext, portal: Practice, path: str) -> Page:
    """A page inside, logged in."""
    page = await context.new_page()
    await page.goto(portal.origin)
    await type_login(page, portal)
    await page.wait_for_url("**/index.html")
    await page.goto(portal.origin + path)
    await page.wait_for_selector("#userCode")
    return page


async def fill(page: Page) -> None:
    """The quotation form, filled and calculated."""
    for name, value in {**CAR, **INSURED}.items():
        await page.fill(f"#{name}", value)
    await page.click("#calculateBtn")
    await expect(page.locator("#commercialPremium")).to_have_value("2728.05")


async def saved(page: Page, portal: Practice) -> str:
    """The number of the quotation that the page has just saved."""
    return str((await noted(page, portal, "save"))["numbers"][0])


async def noted(page: Page, portal: Practice, what: str) -> dict[str, str]:
    """The ledger's only entry of a kind, once the page is done waiting for the portal."""
    await page.wait_for_selector(".layer-msg, .layer-box")
    (entry,) = portal.entries(what)
    return dict(entry)


async def pay(context: BrowserContext, portal: Practice) -> None:
    """The customer opens the code on the phone and pays."""
    phone = await context.new_page()
    await phone.goto(portal.entries("pay_code")[0]["code"])
    await phone.click("#confirmPay")
    await expect(phone.locator("#payState")).to_have_text("支付成功")
    await phone.close()
