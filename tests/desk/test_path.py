"""The path through a real daemon: saved quote → confirmed → asked → answered → stored → toast."""

import time

from companion.protocol import Answer, Ask, Closed, CustomerChoice, Customers, CustomerSearch, Shown
from companion.web.i18n import catalog
from scripts.stage.desktop import Desktop
from scripts.stage.waiting import until
from tests.desk.browser import LOGIN, NUMBERS, ORIGIN, Browser, hint, new_id, place
from tests.desk.office import Office
from tests.desk.running import RunningDesk


def now() -> int:
    return round(time.time() * 1000)


def answer(question: str, choice: str, customer: CustomerChoice | None = None) -> Answer:
    return Answer.model_validate(
        {
            "id": new_id(),
            "at": now(),
            "question": question,
            "choice": choice,
            "remark": None,
            "customer": customer,
        }
    )


def test_a_saved_quote_becomes_a_proposal_and_a_toast(
    desktop: Desktop, desk: RunningDesk, browser: Browser, office: Office
) -> None:
    seen = hint()
    browser.send(seen)
    browser.acked(seen.id)
    job = browser.answer_job()
    assert (job.query, job.origin, job.login, job.tab) == ("confirm", ORIGIN, LOGIN, 7)
    ask = browser.expect(Ask)
    assert (ask.question.kind, ask.question.numbers, ask.place) == ("D1b", list(NUMBERS), place())
    assert office.rows("/proposals") == [], "nothing is stored before the answer"
    shown = Shown(id=new_id(), at=now(), question=ask.question.id, place=place())
    browser.send(shown)
    given = answer(ask.question.id, "yes", CustomerChoice(id=None, name="练习客户", phone="13900000001"))
    browser.send(given)
    browser.acked(shown.id, given.id)
    assert browser.answer_job().query == "detail"
    browser.expect(Closed, lambda closed: closed.question == ask.question.id)

    noted = office.delivered_toast()
    [proposal] = office.rows("/proposals")
    assert (proposal["state"], proposal["numbers"]) == ("QUOTED", list(NUMBERS))
    [download] = office.rows("/downloads")
    assert download["state"] == "done"
    [toast] = desktop.toasts()
    words = catalog("zh_CN")
    assert words.has(f"toast.{noted['toast']}")
    assert toast["title"] == words.t(f"toast.{noted['toast']}", **noted["params"])
    assert (noted["delivered"], noted["backend"], noted["detail"]) == (True, "dbus", f"id={toast['id']}")

    found = CustomerSearch(id=new_id(), text="练习")
    browser.send(found)
    assert [one.name for one in browser.expect(Customers).found] == ["练习客户"]
    browser.send(seen)
    browser.acked(seen.id)
    assert len(office.rows("/proposals")) == 1, "the same delivery again is nothing new"
    everything_private = ("粤B12345", "练习甲", "练习客户", "13900000001", "440300199001010000")
    logged = desk.log + desk.process.tail()
    assert [private for private in everything_private if private in logged] == []


def test_without_a_session_a_job_waits_and_a_session_wakes_it(desk: RunningDesk, office: Office) -> None:
    with Browser(desk.socket) as browser:
        browser.hello()
        seen = hint()
        browser.send(seen)
        browser.acked(seen.id)
        until(
            lambda: [row for row in office.rows("/confirms") if row["standing"] == "waiting_session"],
            "the job waits for a session, visibly",
        )
        browser.log_in("somebody-else")
        browser.log_in()
        assert browser.answer_job().login == LOGIN
        browser.expect(Ask)


def test_a_question_survives_the_browser(desk: RunningDesk, office: Office) -> None:
    with Browser(desk.socket) as browser:
        browser.hello().log_in()
        seen = hint()
        browser.send(seen)
        browser.answer_job()
        first = browser.expect(Ask)
    with Browser(desk.socket, browser.instance) as again:
        again.hello()
        assert again.expect(Ask) == first
        given = answer(first.question.id, "cancel")
        again.send(given)
        again.acked(given.id)
        again.expect(Closed)
    assert office.rows("/proposals") == []


def test_a_question_answered_elsewhere_disappears(browser: Browser, office: Office) -> None:
    browser.send(hint())
    browser.answer_job()
    question = browser.expect(Ask).question.id
    office.call(
        "POST", f"/questions/{question}/answer", {"choice": "cancel", "remark": None, "customer": None}
    )
    browser.expect(Closed, lambda closed: closed.question == question)
