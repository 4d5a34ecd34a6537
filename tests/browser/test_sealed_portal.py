"""A portal whose bodies are ciphertext: seen in the page alone, confirmed by walks through its form."""

from typing import Any

from scripts.stage import story
from scripts.stage.cpic_clerk import CpicClerk
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import Stage
from tests.browser.job import agreed, hints


def test_a_quote_in_ciphertext_is_confirmed_by_a_walk(stage: Stage) -> None:
    theatre = stage(carrier="cpic")
    theatre.portal.mood("encrypted", "strict_csp")
    with theatre.browser("firefox") as browser:
        clerk = theatre.clerk(browser)
        clerk.log_in()
        save, tab = story.quote(theatre, clerk)
        proposal = agreed(theatre, clerk, save)
        assert proposal["vin"]
        assert hints(theatre, save["numbers"][0]) == ["hint_page"]
        addresses = [frame.url for each in browser.tabs() for frame in each.frames()]
        assert [address for address in addresses if "quotation_search" in address] == []
        assert clerk.shows(tab, save["numbers"][0])


def test_the_whole_way_in_ciphertext(stage: Stage) -> None:
    """Saved, passed, both codes, paid: every state is the portal's own, every code the one in its ledger."""
    theatre = stage(carrier="cpic")
    theatre.portal.mood("encrypted", "strict_csp")
    with theatre.browser("chromium") as browser:
        clerk = theatre.clerk(browser)
        assert isinstance(clerk, CpicClerk)
        clerk.log_in()
        save, tab = story.quote(theatre, clerk)
        (number,) = save["numbers"]
        clerk.answer("download_only")
        story.filed(theatre, number)
        assert hints(theatre, number) == ["hint_page"]
        clerk.submit(tab)
        clerk.answer("no")
        proposal = reached(theatre, number, "UW_PASSED")
        decided = theatre.portal.ledger("underwritten")[0]["lines"]
        assert numbers(proposal) == {line["number"] for line in decided}
        clerk.fetch_code(tab, number)
        clerk.answer("no")
        reached(theatre, number, "AWAIT_PAY")
        clerk.fetch_code(tab, number, "card")  # another code is an update, and asks nothing
        code = theatre.portal.ledger("pay_code")[-1]
        clerk.pay(f"{theatre.portal.origin}/pay/terminal?payNo={code['payNo']}")
        clerk.ask_result(tab, code["payNo"])
        proposal = reached(theatre, number, "ISSUED")
        (issued,) = theatre.portal.ledger("issued")
        policies = {line["facts"]["policy_number"] for line in proposal["lines"]}
        assert policies - {None} == set(issued["policies"])


def reached(theatre: Theatre, number: str, state: str) -> dict[str, Any]:
    """The proposal of a quotation, once it is in a state."""

    def look() -> dict[str, Any] | None:
        every = (proposal for proposal in theatre.office.proposals() if proposal["state"] == state)
        return next((proposal for proposal in every if belongs(proposal, number)), None)

    return until(look, f"{number} is {state}", story.MINUTE)


def belongs(proposal: dict[str, Any], number: str) -> bool:
    facts = [line["facts"] for line in proposal["lines"]]
    return any(number in (each["number"], each["quote_number"]) for each in facts)


def numbers(proposal: dict[str, Any]) -> set[str]:
    """The lines' own numbers."""
    return {line["facts"]["number"] for line in proposal["lines"] if line["facts"]["quote_number"]}
