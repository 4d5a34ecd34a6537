"""The profile of CPIC against the practice portal, by requests: what is read is what the ledger says."""

from typing import Any

from companion.protocol import LineFacts
from tests.carriers.conftest import Practice, Start
from tests.carriers.cpic_clerk import Clerk
from tests.carriers.live import ask, data, facts

CARRIER = "cpic"
STATES = {"1": "none", "2": "pending", "3": "refused", "4": "refused", "5": "passed", "7": "passed"}


def read(clerk: Clerk, *numbers: str) -> dict[str, Any]:
    """What the engine reads with this clerk's session."""
    return ask(CARRIER, clerk.address, clerk.cookie, *numbers)


def told_by(portal: Practice) -> dict[str, tuple[str, str]]:
    """Kind and state of each motor line by its proposal number, as the ledger's last decision has them."""
    lines = [entry for entry in portal.entries() if entry["what"] in ("submit", "underwritten", "withdraw")]
    motor = [line for line in lines[-1]["lines"] if line["kind"] != "nonMotor"]
    return {line["number"]: (line["kind"], STATES[line["state"]]) for line in motor}


def known(lines: list[LineFacts]) -> dict[str, tuple[str, str]]:
    """The same of lines that were read."""
    return {line.number: (line.kind, line.underwriting) for line in lines}


async def test_a_saved_quotation_is_one_line_under_its_own_number(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.save(nonMotor=True)
        told = read(clerk, number)
    (line,) = facts(told)
    saved = portal.entries("save")[0]
    premium = sum(each["premium"] for each in saved["lines"])
    assert told["whoami"]["whoami"] == "clerk01"
    assert (line.number, line.quote_number, line.kind, line.premium) == (number, None, "both", premium)
    assert (line.plate, line.insured, line.underwriting, line.policy_number) == (
        *(saved["plate"], saved["insured"]),
        *("none", None),
    )
    (whole,) = data(told)
    assert whole.facts.model_copy(update={"start": None}) == line
    assert sum(part.premium or 0 for part in whole.coverages) == premium


async def test_lines_with_numbers_of_their_own_name_their_quotation(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed(nonMotor=True)
        told = read(clerk, number)
        by_own = [facts(read(clerk, line.number)) for line in facts(told)]
    lines = facts(told)
    assert known(lines) == told_by(portal)
    assert {line.quote_number for line in lines} == {number}
    assert by_own == [lines, lines]
    assert [line.facts.model_copy(update={"start": None}) for line in data(told)] == lines


async def test_one_line_refused_says_why_and_the_other_passed(start: Start) -> None:
    portal = start("--mood", "one_line_refused")
    async with Clerk(portal) as clerk:
        await clerk.login()
        told = read(clerk, await clerk.passed())
    assert known(facts(told)) == told_by(portal)
    assert [(line.underwriting, line.raw_status.partition("|")[0]) for line in facts(told)] == [
        ("refused", "拒保"),
        ("passed", "核保通过"),
    ]
    assert "不予承保" in facts(told)[0].raw_status


async def test_withdrawn_and_saved_anew_goes_back(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed()
        passed = facts(read(clerk, number))
        await clerk.withdraw(number)
        withdrawn = facts(read(clerk, number))
        await clerk.save(quotationNo=number, purchasePrice="208900")
        saved = facts(read(clerk, number))
    assert known(withdrawn) == told_by(portal)
    assert [line.number for line in saved] == [line.number for line in passed]
    assert {line.underwriting for line in saved} == {"none"}
    assert saved[0].premium != passed[0].premium


async def test_a_line_that_is_left_out_or_added_later_keeps_its_story(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed()
        before = [line.number for line in facts(read(clerk, number))]
        await clerk.withdraw(number)
        await clerk.save(quotationNo=number, commercial=False)
        left = facts(read(clerk, number))
        alone = await clerk.passed(commercial=False)
        await clerk.withdraw(alone)
        await clerk.save(quotationNo=alone)
        added = facts(read(clerk, alone))
    assert [line.number for line in left] == before
    assert [line.deleted for line in left] == [True, False]
    assert [(line.number == alone, line.kind, line.deleted) for line in added] == [
        (True, "commercial", False),
        (False, "compulsory", False),
    ]


async def test_deleting_one_line_and_then_everything(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed()
        await clerk.delete(number, lines=["commercial"])
        one = facts(read(clerk, number))
        await clerk.delete(number)
        both = facts(read(clerk, number))
        draft = await clerk.save("ecar/quickSave")
        await clerk.delete(draft)
        unsubmitted = facts(read(clerk, draft))
    assert [(line.kind, line.deleted, line.underwriting) for line in one] == [
        ("commercial", True, "unknown"),
        ("compulsory", False, "passed"),
    ]
    assert [line.deleted for line in both] == [True, True]
    assert [(line.number, line.deleted) for line in unsubmitted] == [(draft, True)]


async def test_policy_numbers_come_with_the_payment_and_blanks_are_none(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.passed()
        await clerk.pay(number)
        unpaid = facts(read(clerk, number))
        policies = await clerk.settled(number)
        paid = facts(read(clerk, number))
        by_policy = facts(read(clerk, policies[0]))
    assert {line.policy_number for line in unpaid} == {None}
    assert [line.policy_number for line in paid] == policies
    assert by_policy == paid


async def test_what_is_not_motor_insurance_is_left_out(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.save(nonMotor=True)
        beside = next(row for row in await clerk.rows(productType="2"))["quotationNo"]
        told = read(clerk, beside)
        assert [row["quotationNo"] for row in await clerk.rows()] == [beside, number]
    assert (facts(told), data(told)) == ([], [])


async def test_an_unknown_number_and_a_lost_session(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        told = read(clerk, "QNIB0012699999999999")
        lost = ask(CARRIER, clerk.address, "JSESSIONID=0", "QNIB0012699999999999")
    assert (facts(told), data(told)) == ([], [])
    assert {answer["outcome"] for answer in lost.values()} == {"logged_out"}


async def test_a_portal_in_trouble_is_a_failure_with_a_reason(portal: Practice) -> None:
    async with Clerk(portal) as clerk:
        await clerk.login()
        number = await clerk.save()
        portal.mood("maintenance")
        told = read(clerk, number)
        portal.mood("encrypted")
        sealed = read(clerk, number)
    for answer in (told["confirm"], told["detail"], *sealed.values()):
        assert (answer["outcome"], answer["error"]) == ("failed", "unexpected_answer")
