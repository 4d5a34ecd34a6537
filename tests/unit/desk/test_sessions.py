"""Which browser may make a query: the live sessions of this desk."""

from companion.desk.sessions import Sessions
from tests.unit.desk.parts import INSTANCE, OTHER, ManualClock, query, session


def make(clock: ManualClock) -> tuple[Sessions, list[None]]:
    changes: list[None] = []
    return Sessions(clock, lambda: changes.append(None)), changes


def test_one_session_per_browser_and_origin(clock: ManualClock) -> None:
    sessions, changes = make(clock)
    sessions.report(INSTANCE, session("clerk01"))
    sessions.report(INSTANCE, session("clerk02", tab=9))
    [live] = sessions.all()
    assert (live.login, live.tab) == ("clerk02", 9)
    assert len(changes) == 2


def test_a_session_that_ended_or_whose_browser_is_gone_is_gone(clock: ManualClock) -> None:
    sessions, changes = make(clock)
    sessions.report(INSTANCE, session(state="ended"))
    assert changes == [], "nothing ended that was not there"
    sessions.report(INSTANCE, session())
    sessions.report(INSTANCE, session(state="ended"))
    sessions.report(OTHER, session())
    sessions.report(INSTANCE, session(origin="http://elsewhere.localhost"))
    sessions.drop(OTHER)
    assert [one.origin for one in sessions.all()] == ["http://elsewhere.localhost"]
    assert len(changes) == 5


def test_the_hints_own_browser_comes_first(clock: ManualClock) -> None:
    sessions, _ = make(clock)
    sessions.report(INSTANCE, session())
    clock.go(seconds=9)
    sessions.report(OTHER, session())
    assert [one.instance for one in sessions.fit(query())] == [INSTANCE, OTHER]
    assert [one.instance for one in sessions.fit(query(instance=OTHER))] == [OTHER, INSTANCE]


def test_another_login_or_portal_never_fits_an_unknown_login_may(clock: ManualClock) -> None:
    sessions, _ = make(clock)
    sessions.report(INSTANCE, session("clerk02"))
    sessions.report(OTHER, session(None))
    assert [one.instance for one in sessions.fit(query(login="clerk01"))] == [OTHER]
    assert [one.instance for one in sessions.fit(query(login=None))] == [INSTANCE, OTHER]
    assert sessions.fit(query(origin="http://elsewhere.localhost")) == []
    assert sessions.fit(query(carrier="other")) == []


def test_a_captcha_makes_no_session_and_ends_none(clock: ManualClock) -> None:
    sessions, changes = make(clock)
    sessions.report(INSTANCE, session(None, state="captcha"))
    assert (sessions.all(), sessions.captcha_wanted, changes) == ([], True, [])
    sessions.report(INSTANCE, session("clerk01"))
    assert not sessions.captcha_wanted
    sessions.report(INSTANCE, session(None, state="captcha", tab=9))
    assert ([one.login for one in sessions.all()], sessions.captcha_wanted) == (["clerk01"], False)
    sessions.report(OTHER, session(None, state="captcha"))
    sessions.drop(OTHER)
    assert not sessions.captcha_wanted
