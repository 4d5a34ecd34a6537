"""The clerk's first job, played by itself: one line per step, pictures, and the verdict of two ledgers."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from scripts.stage import story
from scripts.stage.agreement import disagreements, once
from scripts.stage.browser import Browser, Tab
from scripts.stage.clerk import Car
from scripts.stage.package import build
from scripts.stage.theatre import Theatre, theatre
from scripts.stage.waiting import until


class Tour:
    """Prints the steps as they are seen to be done, and takes a picture of those that can be seen."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._began = time.monotonic()
        self.steps: list[dict[str, Any]] = []

    def step(self, name: str, detail: str = "", picture: Tab | None = None) -> None:
        """One step is done now."""
        number, seconds = len(self.steps) + 1, time.monotonic() - self._began
        print(f"{number:>3}  {name:<22}{seconds:>7.2f} s   {detail}", flush=True)
        self.steps.append({"step": name, "seconds": round(seconds, 3), "detail": detail})
        if picture is not None:
            picture.screenshot(self._folder / f"{number:02}-{name.replace(' ', '-')}.png")


def play(folder: Path) -> int:
    """Play the job headless on a private desktop; 0 only if everybody tells the same story."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in folder.glob("[0-9][0-9]-*.png"):  # of a tour before this one; the folder may hold more
        picture.unlink()
    tour = Tour(folder)
    with tempfile.TemporaryDirectory(prefix="chudan-tour-") as place:
        packages = build(Path(place) / "packages")
        with theatre(Path(place), packages) as stage, stage.browser("chromium") as browser:
            tour.step("everything is running", stage.portal.origin)
            troubles = _job(tour, stage, browser)
            _write(folder / "timeline.json", tour, stage)
    for trouble in troubles:
        print(f"  ✗  {trouble}")
    if not troubles:
        print("  ✓  the portal's ledger and the management system agree about every step")
    print(f"     pictures and timeline.json are in {folder}/")
    return 1 if troubles else 0


def _job(tour: Tour, stage: Theatre, browser: Browser) -> list[str]:
    clerk, car = stage.clerk(browser), Car.invent()
    tour.step("log in", clerk.login, clerk.log_in())
    entry = clerk.new_entry()
    clerk.enter(entry, car)
    tour.step("fill", car.plate, entry)
    clerk.save(entry)
    save = story.saved(stage, 0)
    number: str = save["numbers"][0]
    tour.step("save", ", ".join(save["numbers"]))
    tour.step("hint", story.told(stage, number, "hint_"))
    tour.step("confirmed by query", story.told(stage, number, "confirmed"))
    tour.step("question shown", "是 / 仅下载 / 取消", clerk.question().tab)
    clerk.answer("yes", customer="示范客户")
    tour.step("answered", story.told(stage, number, "answered_"))
    tour.step("downloaded", story.told(stage, number, "download_done"))
    proposal = story.filed(stage, number)
    tour.step(
        "stored", f"{proposal['state']}, {len(proposal['lines'])} lines", _console(stage, browser, proposal)
    )
    tour.step("toast", " · ".join(toast["title"] for toast in stage.desktop.toasts()))
    return disagreements(stage, save) + once(stage, save)


def _console(stage: Theatre, browser: Browser, proposal: dict[str, Any]) -> Tab:
    tab = browser.open(stage.desk.console())
    until(lambda: "/console/proposals" in tab.main.url, "the one-time link leads into the console")
    tab.goto(f"{tab.main.url.split('/console')[0]}/console/proposals/{proposal['id']}")
    return tab


def _write(file: Path, tour: Tour, stage: Theatre) -> None:
    told = {
        "steps": tour.steps,
        "proposals": stage.office.proposals(),
        "ledger": stage.portal.ledger(),
        "toasts": stage.desktop.toasts(),
    }
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
