"""The profile of CPIC in a real browser: walks, lists, files and forms, plain and in ciphertext."""

import base64
import hashlib
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.carriers.conftest import Practice, Start
from tests.carriers.cpic_browser import DETAIL, ENTRY, LIST, PAGES, PAYMENT, POLICIES, RECORDS, log_in
from tests.carriers.cpic_clerk import CAR, INSURED, Clerk
from tests.carriers.in_page import Watched
from tests.carriers.pdf_text import texts

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CARRIER = "cpic"
REQUEST = """async ([query, numbers]) => {
  const { url, ...asked } = Chudan.engine.request(window.profile, query, numbers, location.href);
  const answer = await fetch(url, asked);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const contentType = answer.headers.get("content-type");
  const { status } = answer;
  const read = { status, url: answer.url, bytes, contentType };
  return Chudan.engine.read(window.profile, query, read, numbers);
}"""


async def watched(context: BrowserContext) -> Watched:
    """The clerk's browser, with the profile in its pages."""
    eyes = Watched(CARRIER, context)
    await eyes.begin()
    return eyes


async def test_walks_read_what_requests_read(context: BrowserContext, start: Start) -> None:
    """Both ways in every state; a request of the same session is refused as long as bodies are sealed."""
    portal = start("--rows", "30")
    eyes = await watched(context)
    numbers: list[str] = []
    async with Clerk(portal) as clerk:
        await clerk.login()
        numbers.append(await clerk.save(nonMotor=True))
        numbers.append(await clerk.passed())
        portal.mood("one_line_refused")
        numbers.append(await clerk.passed())
        portal.mood("")
        numbers.append(await clerk.passed(commercial=False))
        await clerk.settled(numbers[-1])
        numbers.append(await clerk.passed())
        await clerk.delete(numbers[-1], lines=["compulsory"])
        numbers.append("QNIB0012699999999999")
        page = await log_in(context, portal, LIST)
        for number in numbers:
            asked = {name: await request(page, name, number) for name in ("confirm", "detail")}
            portal.mood("encrypted")
            refused = await request(page, "confirm", number)
            walked = {"confirm": await eyes.ask(portal.origin, "confirm", number)}
            if walked["confirm"]["lines"]:
                walked["detail"] = await eyes.ask(portal.origin, "detail", number)
            portal.mood("")
            assert (refused["outcome"], refused["error"]) == ("failed", "unexpected_answer")
            for name, answer in walked.items():
                assert (answer["outcome"], answer["whoami"]) == ("answered", "clerk01"), (number, name)
                assert plain(answer) == plain(asked[name]), (number, name)
    assert not asked["confirm"]["lines"]


async def request(page: Page, name: str, number: str) -> dict[str, Any]:
    """What a query by request reads in a page."""
    return dict(await page.evaluate(REQUEST, [name, [number]]))


def plain(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of an answer; the list does not say why a line was refused."""
    lines = answer["lines"] or answer["data"]
    return [
        {**line, **({"facts": brief(line["facts"])} if "facts" in line else brief(line))} for line in lines
    ]


def brief(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "raw_status": facts["raw_status"].partition("|")[0]}


async def test_several_numbers_are_asked_one_by_one(context: BrowserContext, portal: Practice) -> None:
    await watched(context)
    async with Clerk(portal) as clerk:
        await clerk.login()
        numbers = [await clerk.save(), await clerk.passed(), "QNIB0012699999999999"]
    page = await log_in(context, portal, LIST)
    before = len(portal.entries("query"))
    job = {"query": "confirm", "numbers": numbers, "budget": 20_000}
    told = await page.evaluate("(job) => Chudan.work(window.profile, job)", job)
    assert (told["outcome"], told["whoami"]) == ("answered", "clerk01")
    assert {line["quote_number"] or line["number"] for line in told["lines"]} == set(numbers[:2])
    assert sorted(entry["numbers"] for entry in portal.entries("query")[before:]) == sorted(
        [number] for number in numbers
    )


@pytest.mark.parametrize("mood", ["", "encrypted"])
async def test_every_motor_row_of_every_list_is_known(
    context: BrowserContext, start: Start, mood: str
) -> None:
    portal = start("--rows", "400")
    async with Clerk(portal) as clerk:
        await clerk.login()
        rows = await clerk.rows()
        policies = await clerk.rows("policy/queryPolicy")
        payable = await clerk.rows("payment/queryPayment")
    portal.mood(mood)
    eyes = await watched(context)
    page = await log_in(context, portal, f"{LIST}?plateNo=")
    await whole(page, mood)
    assert await all_rows(eyes, page, mood) == [row_of(row) for row in rows if row["productType"] == "1"]
    await page.goto(portal.origin + POLICIES)
    await whole(page, mood)
    assert await all_rows(eyes, page, mood) == [
        {"numbers": [row["insuredNo"]], "policy_number": row["policyNo"]}
        for row in policies
        if row["productType"] == "1"
    ]
    await page.goto(portal.origin + PAYMENT)
    await whole(page, mood)
    assert await all_rows(eyes, page, mood) == [
        {"numbers": [row["quotationNo"]], "policy_number": None} for row in payable
    ]


def row_of(row: dict[str, Any]) -> dict[str, Any]:
    policies = [number for kind in ("commercial", "compulsory") if (number := row[f"{kind}PolicyNo"].strip())]
    return {"numbers": [row["quotationNo"]], "policy_number": policies[0] if policies else None}


async def whole(page: Page, mood: str) -> None:
    """Have a table show all rows at once; the window of a long list is scrolled instead."""
    await expect(page.locator("#pageInfo")).to_contain_text("共")
    if not mood:
        await page.select_option("#pageSize", "1000")
        await expect(page.locator("#pageInfo")).to_contain_text("第 1 / 1 页")


async def all_rows(eyes: Watched, page: Page, mood: str) -> list[dict[str, Any]]:
    """The rows that get a button, each once, from the top of the list to its end."""
    rows = await eyes.rows(page)
    if not mood:
        return rows
    assert len(rows) <= 20
    while await page.evaluate(
        """() => {
          const box = document.getElementById("searchGrid"), before = box.scrollTop;
          box.scrollTop += 400;
          box.onscroll();
          return box.scrollTop > before;
        }"""
    ):
        rows += [row for row in await eyes.rows(page) if row not in rows]
    return rows


@pytest.mark.parametrize(("kind", "word"), [("e_policy", "电子保单"), ("policy", "保单正本")])
async def test_files_come_by_form_and_by_the_pages_own_link(
    context: BrowserContext, start: Start, kind: str, word: str
) -> None:
    portal = start("--rows", "30")
    async with Clerk(portal) as clerk:
        await clerk.login()
        policy = (await clerk.settled(await clerk.passed()))[1]
    eyes = await watched(context)
    page = await log_in(context, portal, POLICIES)
    asked = await page.evaluate(
        "([kind, number]) => Chudan.engine.fileRequest(window.profile, kind, [], number, location.href)",
        [kind, policy],
    )
    by_form = base64.b64decode(await eyes.fetch(page, asked))
    portal.mood("encrypted")
    assert b"%PDF" not in base64.b64decode(await eyes.fetch(page, asked))
    walked, link = await eyes.walk(portal.origin, eyes.profile["files"][kind]["walk"], policy_number=policy)
    assert link.startswith("blob:")
    by_link = base64.b64decode(await eyes.fetch(walked, link))
    assert by_form == by_link
    assert f"保险单号：{policy}" in texts(by_form)
    assert any(word in line for line in texts(by_form))
    digest = hashlib.sha256(by_form).hexdigest()
    downloads = [(entry["numbers"], entry["sha256"]) for entry in portal.entries("download")]
    assert downloads == [([policy], digest)] * 2


async def test_places_of_forms_are_where_the_profile_says(context: BrowserContext, portal: Practice) -> None:
    eyes = await watched(context)
    login, entry, finder = (eyes.profile[name] for name in ("login", "entry", "finder"))
    page = await context.new_page()
    await page.goto(portal.origin + eyes.profile["home"])
    await page.click(".layer-ok")  # nobody is logged in: the portal says so and shows its log-in page
    await page.wait_for_selector(login["captcha"])
    assert (
        await page.evaluate("() => Chudan.engine.pageOf(window.profile, document, location.href)") == "login"
    )
    await page.wait_for_function("document.getElementById('capImg').naturalWidth > 0")
    for name, text in (("username", "clerk01"), ("password", "wrong"), ("captcha", portal.captcha())):
        await page.fill(login[name], text)
    await page.click(login["submit"])
    (wrong,) = login["wrong"]
    await expect(page.locator(wrong["at"])).to_have_text("用户名或密码错误")
    page = await log_in(context, portal, entry["start"])
    await page.wait_for_selector(entry["steps"][0]["wait"]["at"])
    values = {**CAR, **INSURED}
    for place in entry["fields"].values():
        await page.fill(place["at"], values[place["at"].removeprefix("#")])
    await page.click("#quickSaveBtn")
    await page.wait_for_selector(".layer-msg")
    (save,) = portal.entries("save")
    assert (save["plate"], save["insured"]) == (CAR["plateNo"], INSURED["insuredName"])
    page, _ = await eyes.walk(portal.origin, finder)
    await page.fill(finder["number"], save["numbers"][0])
    await page.click("#queryBtn")
    await expect(page.locator("#pageInfo")).to_contain_text("共 1 条")
    await page.goto(portal.origin + eyes.profile["logout"])
    assert (
        await page.evaluate("() => Chudan.engine.pageOf(window.profile, document, location.href)") == "login"
    )
    assert portal.entries("logout")


@pytest.mark.parametrize("mood", ["", "encrypted"])
async def test_what_must_always_be_there_is_there(context: BrowserContext, start: Start, mood: str) -> None:
    portal = start("--rows", "12")
    eyes = await watched(context)
    portal.mood(mood)
    page = await log_in(context, portal, f"{PAGES}/common/index.html")
    places = {
        "home": "",
        "entry": ENTRY,
        "query": LIST,
        "detail": f"{DETAIL}?quotationNo=QNIB0012500001000000",
    }
    places |= {
        "payment": PAYMENT,
        "record": RECORDS,
        "policy": POLICIES,
        "login": f"{PAGES}/common/login.html",
    }
    assert places.keys() == eyes.profile["pages"].keys()
    for name, path in places.items():
        if path:
            await page.goto(portal.origin + path, wait_until="networkidle")
        assert (
            await page.evaluate("() => Chudan.engine.pageOf(window.profile, document, location.href)") == name
        )
        for at in eyes.profile["pages"][name].get("always", []):
            assert await page.locator(at).count() > 0, (name, at)
