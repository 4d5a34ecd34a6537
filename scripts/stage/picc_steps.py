"""What the clerk does in the practice portal of PICC after a save; the same gestures for every browser."""

from collections.abc import Sequence

from scripts.stage.browser import Frame, Tab
from scripts.stage.clerk import PATIENCE, Clerk
from scripts.stage.waiting import until

QUERY, POLICIES, KHYX = (
    "prpall/business/queryProposal.do",
    "prpall/business/queryPolicy.do",
    "khyx/quotation/quotationList.do",
)
_CHOOSE = """([id, value]) => {
  const list = document.getElementById(id);
  list.value = value;
  list.dispatchEvent(new Event("change", { bubbles: true }));
}"""
_PICTURE = """() => document.getElementById("qrImage")?.naturalWidth > 0"""


def anywhere(clerk: Clerk, selector: str) -> Frame:
    """The document in which something stands, in whatever tab or window."""
    return until(lambda: _seen(clerk, selector), f"{selector} anywhere", PATIENCE)


def _seen(clerk: Clerk, selector: str) -> Frame | None:
    frames = (frame for tab in reversed(clerk.browser.tabs()) for frame in tab.frames())
    return next((frame for frame in frames if frame.has(selector)), None)


def underwrite(clerk: Clerk, where: Frame, button: str = "#buttonSubmitUnw") -> None:
    """Hand in for underwriting: press, and give an opinion in the window that is written.

    What came of it stands there, perhaps under our question already, or the window has closed for a dialog.
    """
    clerk.pause("underwrite")
    until(
        lambda: where.evaluate("(at) => !document.querySelector(at).disabled", button),
        "a saved form",
        PATIENCE,
    )
    where.click(button)
    window = anywhere(clerk, "#undwrtSubmit")
    window.click("#undwrtSubmit")
    until(lambda: not _seen(clerk, "#undwrtSubmit"), "the opinion is given", PATIENCE)


def search(clerk: Clerk, number: str = "", path: str = QUERY) -> tuple[Tab, Frame]:
    """Open a list of prpall in a tab of its own and search it; the tab, and the document of the list."""
    tab = clerk.browser.open(f"{clerk.origin}/{path}")
    field = "prpCpolicyVo.policyNo" if path == POLICIES else "prpCproposalVo.proposalNo"
    if number:
        tab.main.fill(f"[id='{field}']", number)
    clerk.pause("search")
    tab.main.click("#buttonQuery")
    until(lambda: tab.main.has("tr.datagrid-row"), "rows in the list", PATIENCE)
    return tab, tab.main


def press_for(clerk: Clerk, number: str, button: str) -> Tab:
    """Search a proposal, tick it and press a button of the list, such as `#buttonWithdraw`; the tab."""
    tab, query = search(clerk, number)
    query.click(f"input[name=bizNo][value='{number}']")
    query.click(button)
    return tab


def delete(clerk: Clerk, number: str) -> None:
    """Delete a line in the list."""
    tab, query = search(clerk, number)
    clerk.pause("delete")
    query.click("[class$=-edit] a:last-child")
    until(lambda: query.has("tr.row-deleted"), "a deleted row", PATIENCE)
    tab.close()


def pay(clerk: Clerk, numbers: Sequence[str], *, card: bool = False) -> tuple[Tab, Frame]:
    """Have a code made in the pay window; the window, and the frame in it."""
    tab = clerk.browser.open(f"{clerk.origin}/cbc/jf/jfMain.do?bizNo={','.join(numbers)}")
    inner = until(
        lambda: next((one for one in tab.frames() if one.has("#buttonCreate")), None), "a frame", PATIENCE
    )
    inner.evaluate(_CHOOSE, ["payType", "2" if card else "1"])
    clerk.pause("pay")
    inner.click("#buttonCreate")
    shown = (lambda: inner.has("#cardNo")) if card else (lambda: bool(inner.evaluate(_PICTURE)))
    until(shown, "a code", PATIENCE)
    return tab, inner


def settle(clerk: Clerk, address: str) -> None:
    """The customer pays: `address` is what the QR code says, or that of the card terminal."""
    tab = clerk.browser.open(address)
    tab.main.click("#confirmPay")
    until(lambda: not tab.main.has("#confirmPay"), "the payment", PATIENCE)
    tab.close()
