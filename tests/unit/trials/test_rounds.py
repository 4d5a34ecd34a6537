"""What a soak may do is something that the portals can do, and each round is the same one again."""

from companion.practice.__main__ import PORTALS
from companion.practice.moods import parse
from scripts.stage.life import LIVES
from scripts.stage.theatre import CLERKS
from scripts.trials.rounds import ANSWERS, DEEDS, HOMES, INTERRUPTIONS, LATER, LOGINS, MOODS, Plan


def test_every_portal_knows_its_moods_and_has_all_that_is_played_with() -> None:
    assert MOODS.keys() == LATER.keys() == LOGINS.keys() == HOMES.keys() == LIVES.keys() == CLERKS.keys()
    for carrier, sets in (*MOODS.items(), *LATER.items()):
        for moods in sets:
            parse(moods, PORTALS[carrier][0].MOODS)


def test_a_round_is_drawn_by_its_seed_and_number_alone() -> None:
    plans = [Plan.drawn(7, number) for number in range(200)]
    assert plans == [Plan.drawn(7, number) for number in range(200)]
    assert plans != [Plan.drawn(8, number) for number in range(200)]
    assert {plan.deed for plan in plans} == set(DEEDS)
    assert {plan.answer for plan in plans} == set(ANSWERS)
    assert {plan.interruption for plan in plans} == set(INTERRUPTIONS)
    assert all(plan.login != plan.other for plan in plans)
