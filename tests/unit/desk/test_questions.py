"""Questions: shown where they belong, once, until they are answered."""

from companion.desk.extensions import Extensions
from companion.desk.questions import Questions
from companion.management.wire import AskCommand
from companion.protocol import Ask, Closed
from tests.unit.desk.parts import INSTANCE, OTHER, PLACE, FakePeer, question


def command(instance: str = INSTANCE) -> AskCommand:
    return AskCommand(question=question(), instance=instance, place=PLACE)


def make() -> tuple[Questions, FakePeer, FakePeer]:
    extensions, own, other = Extensions(), FakePeer(INSTANCE), FakePeer(OTHER)
    extensions.add(INSTANCE, own)
    extensions.add(OTHER, other)
    return Questions(extensions), own, other


def test_a_question_goes_to_the_browser_that_saw_the_event() -> None:
    questions, own, other = make()
    asked = command()
    questions.ask(asked)
    assert own.sent == [Ask(question=asked.question, place=PLACE)]
    assert other.sent == []
    assert questions.open() == [asked.question]


def test_a_browser_that_comes_back_is_shown_its_open_questions() -> None:
    questions, _, _ = make()
    asked, elsewhere = command(), command(OTHER)
    questions.ask(asked)
    questions.ask(elsewhere)
    back = FakePeer(INSTANCE)
    questions.show_again(INSTANCE, back)
    assert back.sent == [Ask(question=asked.question, place=PLACE)]


def test_a_closed_question_is_taken_off() -> None:
    questions, own, _ = make()
    asked = command()
    questions.ask(asked)
    questions.close(asked.question.id, INSTANCE)
    assert own.sent[-1] == Closed(question=asked.question.id)
    assert questions.open() == []


def test_a_question_unknown_here_is_taken_off_where_the_office_says_also_later() -> None:
    questions, own, other = make()
    gone = question().id
    questions.close(gone, INSTANCE)
    back = FakePeer(INSTANCE)
    questions.show_again(INSTANCE, back)
    assert own.sent == back.sent == [Closed(question=gone)]
    questions.show_again(OTHER, other)
    assert other.sent == []


def test_an_answered_question_is_not_asked_again_until_the_answer_was_refused() -> None:
    questions, own, _ = make()
    asked = command()
    questions.ask(asked)
    questions.answered(asked.question.id)
    questions.ask(asked)
    questions.show_again(INSTANCE, own)
    assert own.sent == [Ask(question=asked.question, place=PLACE)]
    assert questions.open() == []
    questions.unanswered(asked.question.id)
    assert len(own.sent) == 2, "asked again at once: nobody else would"
    assert questions.open() == [asked.question]


def test_a_refused_answer_brings_back_what_was_asked_last() -> None:
    questions, own, _ = make()
    first = command()
    changed = first.model_copy(update={"question": first.question.model_copy(update={"plate": "粤B54321"})})
    questions.answered(first.question.id)  # on disk from the last run
    questions.ask(first)
    questions.ask(changed)
    assert own.sent == []
    questions.unanswered(first.question.id)
    assert questions.open() == [changed.question]
    questions.answered(first.question.id)
    questions.close(first.question.id, INSTANCE)
    questions.unanswered(first.question.id)
    assert questions.open() == []


def test_what_the_management_system_has_open_no_more_is_taken_off() -> None:
    questions, own, _ = make()
    gone, open_ = command(), command()
    questions.ask(gone)
    questions.ask(open_)
    questions.withdraw({gone.question.id, question().id})
    assert own.sent[2:] == [Closed(question=gone.question.id)]
    assert questions.open() == [open_.question]
