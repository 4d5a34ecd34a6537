"""The main job at its shortest: logged in, saved, 仅下载, filed, and everybody tells the same of it."""

from typing import Any

from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.clerk import Clerk
from scripts.stage.theatre import Theatre
from scripts.stage.waiting import until


def agreed(theatre: Theatre, clerk: Clerk, save: dict[str, Any]) -> dict[str, Any]:
    """Answer the question about a save with 仅下载; its proposal, on which everybody agrees."""
    clerk.answer("download_only")
    proposal = story.filed(theatre, save["numbers"][0])
    assert disagreements(theatre, save) + once(theatre, save) == []
    return proposal


def job(theatre: Theatre, clerk: Clerk) -> tuple[dict[str, Any], dict[str, Any]]:
    """Log in and play it; the portal's record of the save, and the proposal."""
    clerk.log_in()
    save, _ = story.quote(theatre, clerk)
    return save, agreed(theatre, clerk, save)


def leave(theatre: Theatre, clerk: Clerk) -> None:
    """Log out and close every page of the portal, so that the next job finds none of this one."""
    before = len(theatre.portal.ledger("logout"))
    clerk.log_out()
    until(lambda: len(theatre.portal.ledger("logout")) > before, "the portal has heard of it")
    for tab in clerk.browser.tabs()[1:]:
        tab.close()


def hints(theatre: Theatre, number: str) -> list[str]:
    """Which eyes saw a number saved."""
    return [step["kind"] for step in theatre.timeline(number) if step["kind"].startswith("hint_")]
