"""Profiles delivered by files, switched off with a reason, and what is remembered of drift."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from companion import carriers, delivery
from companion.desk.condition import Condition
from companion.desk.extensions import Extensions
from companion.desk.profiles import ProfileBook
from companion.home import Home
from companion.protocol import Drift, Profiles, encode
from tests.unit.desk.parts import CARRIER, INSTANCE, OTHER, FakePeer, ManualClock

SHIPPED = (carriers.FOLDER / CARRIER / "profile.json").read_text(encoding="utf-8")
RULE = "pages.list.always.0"


class Bench:
    """A book over a desk's directory, and one browser."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.condition = Condition(ManualClock(), lambda _name: None)
        self.peer = FakePeer()
        self.extensions = Extensions()
        self.book = ProfileBook(self.home, self.extensions, self.condition)

    def lay(self, text: str, carrier: str = CARRIER) -> None:
        file = self.home.profiles / carrier / "profile.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def told(self) -> Profiles:
        """What a browser is told that says hello now."""
        self.book.greet(self.peer)
        message = self.peer.sent[-1]
        assert isinstance(message, Profiles)
        encode(message)
        return message

    def troubles(self) -> list[str]:
        return [one.detail for one in self.condition.incidents()]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def changed(change: Callable[[Any], None]) -> str:
    profile = json.loads(SHIPPED)
    change(profile)
    return json.dumps(profile, ensure_ascii=False)


def drift(hash_: str, rule: str = RULE) -> Drift:
    return Drift(at=1, carrier=CARRIER, profile=hash_, what="selector_gone", rule=rule)


def test_nothing_there_is_told_too(bench: Bench) -> None:
    """A browser may remember what is not so any more."""
    assert bench.told() == Profiles(profiles=[], off=[])


def test_a_newer_profile_is_told_whole_with_the_hash_of_its_bytes(bench: Bench) -> None:
    text = changed(lambda profile: profile["names"].update(en="Newer"))
    bench.lay(text)
    (one,) = bench.told().profiles
    assert (one.carrier, one.text) == (CARRIER, text)
    assert one.hash == hashlib.sha256(text.encode()).hexdigest()
    assert bench.book.look() is False
    bench.lay(SHIPPED)
    assert bench.book.look() is True


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p.update(default_origin="https://evil.example"), "default_origin: not changed"),
        (lambda p: p.update(further_hosts=[{"host": "evil.example", "top": True}]), "further_hosts: not"),
        (lambda p: p["login"].update(password="#comment"), "login: not changed by a file"),
        (lambda p: p.update(login=None), "login: not changed by a file"),
        (lambda p: p["pages"]["login"].update(path="^/forum"), "pages.login: not changed by a file"),
        (lambda p: p.update(carrier="cpic"), "names itself cpic"),
        (lambda p: p.update(surprise=1), "surprise: Extra inputs"),
        (lambda p: p.update(number="1" * 301), "number: String should have at most 300"),
        (lambda p: p["pages"].update({f"p{n}": {"path": "^/" + "x" * 250} for n in range(300)}), "longer"),
    ],
)
def test_what_may_not_be_used_is_refused_by_name_and_told_once(
    bench: Bench, change: Callable[[Any], None], said: str
) -> None:
    bench.lay(changed(change))
    assert bench.told() == Profiles(profiles=[], off=[])
    bench.told()
    (trouble,) = bench.troubles()
    assert trouble.startswith(f"profile not taken: {CARRIER}: {said}")


def test_a_carrier_nobody_knows_and_no_text_at_all_are_refused(bench: Bench) -> None:
    bench.lay(SHIPPED, "nobody")
    (bench.home.profiles / CARRIER).mkdir()
    (bench.home.profiles / CARRIER / "profile.json").write_bytes(b"\xff\xfe")
    assert bench.told().profiles == []
    assert len(bench.troubles()) == 2


@pytest.fixture
def more_carriers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Six carriers, all made like one that there is."""
    own = carriers.profiles()[CARRIER]
    made = {
        name: replace(own, profile=own.profile.model_copy(update={"carrier": name}))
        for name in (f"{CARRIER}{number}" for number in range(6))
    }
    monkeypatch.setattr(carriers, "profiles", lambda: made)
    return list(made)


def lay_all(bench: Bench, names: list[str]) -> None:
    for name in names:
        bench.lay(json.dumps({**json.loads(SHIPPED), "carrier": name}, ensure_ascii=False), name)


def test_every_carrier_may_have_a_newer_profile(bench: Bench, more_carriers: list[str]) -> None:
    lay_all(bench, more_carriers)
    assert [one.carrier for one in bench.told().profiles] == more_carriers
    assert bench.troubles() == []


def test_what_does_not_fit_into_a_message_is_refused_by_name(
    bench: Bench, more_carriers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "ROOM", 3 * len(json.dumps(SHIPPED)))
    lay_all(bench, more_carriers)
    told = [one.carrier for one in bench.told().profiles]
    assert 0 < len(told) < len(more_carriers)
    assert sorted(bench.troubles()) == [
        f"profile not taken: {name}: no room beside the others" for name in more_carriers[len(told) :]
    ]


def test_a_file_replaced_while_it_is_read_is_told_with_its_own_hash(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = carriers.load

    def replaced_meanwhile(folder: Path) -> carriers.Carrier:
        found = load(folder)
        bench.lay(SHIPPED)
        return found

    monkeypatch.setattr(carriers, "load", replaced_meanwhile)
    bench.lay(changed(lambda profile: profile["names"].update(en="Newer")))
    (one,) = bench.told().profiles
    assert one.hash == hashlib.sha256(one.text.encode()).hexdigest()


def test_one_bad_file_leaves_the_others_alone(bench: Bench) -> None:
    bench.lay("{}")
    other = (carriers.FOLDER / "cpic" / "profile.json").read_text(encoding="utf-8")
    bench.lay(other, "cpic")
    delivery.switch(bench.home.profiles, "pingan", "门户改版")
    told = bench.told()
    assert [one.carrier for one in told.profiles] == ["cpic"]
    assert [(one.carrier, one.reason) for one in told.off] == [("pingan", "门户改版")]


@pytest.mark.parametrize("content", ["[]", "{", '{"picc": 1}', '{"PICC!": "x"}'])
def test_a_list_that_cannot_be_read_switches_nothing_off_and_is_told(bench: Bench, content: str) -> None:
    bench.home.profiles.mkdir(parents=True)
    (bench.home.profiles / delivery.OFF).write_text(content, encoding="utf-8")
    assert bench.told().off == []
    (trouble,) = bench.troubles()
    assert trouble.startswith("profile not taken: off.json:")


def test_off_and_on_again(bench: Bench) -> None:
    folder = bench.home.profiles
    assert delivery.switch(folder, CARRIER, "门户改版") is True
    assert delivery.switch(folder, CARRIER, "门户改版") is False
    assert bench.told().off[0].reason == "门户改版"
    assert [(one.carrier, one.state) for one in bench.book.all() if one.state != "own"] == [(CARRIER, "off")]
    assert delivery.switch(folder, CARRIER, None) is True
    assert bench.told().off == []


def test_a_switch_found_at_the_hello_of_one_browser_is_told_to_all(bench: Bench) -> None:
    bench.told()
    newcomer, other = FakePeer(INSTANCE), FakePeer(OTHER)
    bench.extensions.add(INSTANCE, newcomer)
    bench.extensions.add(OTHER, other)
    delivery.switch(bench.home.profiles, CARRIER, "门户改版")
    bench.book.greet(newcomer)
    bench.book.greet(newcomer)
    [told] = other.sent
    assert isinstance(told, Profiles)
    assert [one.carrier for one in told.off] == [CARRIER]
    assert newcomer.sent == [told, told], "once for each hello"


def test_drift_is_remembered_until_another_profile_is_used(bench: Bench) -> None:
    bench.told()
    own = carriers.profiles()[CARRIER].hash
    bench.book.drifted(drift(own))
    bench.book.drifted(drift(own))
    bench.book.drifted(drift(own, "粤B12345 张三"))
    bench.told()
    (state,) = [one for one in bench.book.all() if one.drifts]
    assert (state.carrier, [one.rule for one in state.drifts]) == (CARRIER, [RULE])
    bench.lay(changed(lambda profile: profile["names"].update(en="Newer")))
    bench.told()
    assert [one for one in bench.book.all() if one.drifts] == []


def test_drift_of_a_former_profile_is_forgotten_when_a_browser_comes_with_another(bench: Bench) -> None:
    bench.book.drifted(drift("0" * 64))
    assert [one.carrier for one in bench.book.all() if one.drifts] == [CARRIER]
    assert bench.peer.hello is not None
    bench.peer.hello = bench.peer.hello.model_copy(update={"profiles": {CARRIER: "1" * 64}})
    bench.told()
    assert [one for one in bench.book.all() if one.drifts] == []
