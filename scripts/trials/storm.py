"""A storm of events against a daemon that is killed again and again: is anything acknowledged ever lost?"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from companion.clock import SystemClock, to_ms
from scripts.bootstrap import ROOT
from scripts.stage.desk import Desk
from scripts.stage.desktop import private_desktop
from scripts.stage.office import OfficeReader
from scripts.stage.waiting import until
from scripts.trials.extension import Extension

STORM = {"small": 20, "full": 200}
"""How often the daemon is killed: by the tests, and where all is measured that is promised."""
BURST = 64
"""Events in flight when the blow falls."""
DELIVERY = 0.05
"""Seconds the management system may take for one event of the backlog that the kills have left."""
WINDOW = 0.03
"""Seconds after a burst within which a random blow falls: before, within and after its commits."""
PATIENCE = 1.0
"""Seconds that a blow at the first acknowledgement waits for one."""


@dataclass(frozen=True)
class Outcome:
    """What a storm did. All promises hold when `lost` and `doubled` are 0."""

    kills: int
    acknowledged: int
    lost: int
    """Acknowledged, and never seen by the management system."""
    doubled: int
    """Taken by the management system more than once."""
    seconds: float


def storm(directory: Path, kills: int, seed: int, tree: Path = ROOT) -> Outcome:
    """Kill the daemon of a checkout (`tree`) within bursts of events.

    Every second blow falls at a random moment, the others right after an acknowledgement: what it promised
    must be on the disk by then.
    """
    began = time.monotonic()
    chance = random.Random(seed)
    with private_desktop(directory) as desktop:
        desk = Desk(directory / "desk", desktop.environment, tree)
        extension = Extension(desk.socket)
        for blow in range(kills):
            with _running(desk):
                extension.connect()
                extension.burst(BURST, to_ms(SystemClock().now()))
                if blow % 2:
                    time.sleep(chance.random() * WINDOW)
                else:
                    extension.heard(PATIENCE)
                desk.kill()
                extension.disconnect()
        with _running(desk):
            extension.connect()
            until(lambda: not extension.unacknowledged, "everything is acknowledged", within=60)
            patience = 60 + len(extension.acknowledged) * DELIVERY
            until(lambda: extension.waiting() == 0, "everything is delivered", within=patience)
            taken = _deliveries(OfficeReader(desk.office_address))
            extension.disconnect()
    return Outcome(
        kills=kills,
        acknowledged=len(extension.acknowledged),
        lost=sum(taken[number] == 0 for number in _numbers(extension)),
        doubled=sum(taken[number] > 1 for number in _numbers(extension)),
        seconds=time.monotonic() - began,
    )


@contextmanager
def _running(desk: Desk) -> Iterator[None]:
    desk.start()
    try:
        yield
    finally:
        desk.stop()


def _deliveries(office: OfficeReader) -> Counter[str]:
    """Carrier's number -> how many hints of it stand on the timeline."""
    hints = [step for step in office.rows("timeline") if step["kind"].startswith("hint_")]
    return Counter(number for step in hints for number in step["numbers"])


def _numbers(extension: Extension) -> list[str]:
    return [hint.numbers[0] for hint in extension.acknowledged.values()]
