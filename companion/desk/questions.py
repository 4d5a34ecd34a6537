"""The relay of questions: from the management system to the browser that saw the event, and off again."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from companion.desk.extensions import Extensions, Peer
from companion.management.wire import AskCommand
from companion.protocol import Ask, Closed, Question

REMEMBERED: Final = 200
"""Closed questions that a browser is told of when it comes back."""


class Questions:
    """What this desk is asked at present. Nothing is stored: the management system tells it again."""

    def __init__(self, extensions: Extensions) -> None:
        self._extensions = extensions
        self._open: dict[str, AskCommand] = {}
        self._answered: dict[str, AskCommand | None] = {}
        """Those whose answers are on their way up, and how they were asked last."""
        self._closed: OrderedDict[str, str] = OrderedDict()

    def ask(self, command: AskCommand) -> None:
        """A question is open; show it unless its answer is on its way up."""
        question = command.question.id
        if question in self._answered:
            self._answered[question] = command
            return
        self._open[question] = command
        self._extensions.send(command.instance, Ask(question=command.question, place=command.place))

    def close(self, question: str, instance: str) -> None:
        """A question is answered or withdrawn: off the page with it, also when its browser comes later."""
        self._answered.pop(question, None)
        self._open.pop(question, None)
        self._closed[question] = instance
        while len(self._closed) > REMEMBERED:
            self._closed.popitem(last=False)
        self._extensions.send(instance, Closed(question=question))

    def withdraw(self, questions: Iterable[str]) -> None:
        """The management system has these open no more, and nobody was there to be told."""
        for question in questions:
            if (command := self._open.get(question)) is not None:
                self.close(question, command.instance)

    def answered(self, question: str) -> None:
        """The clerk's answer is on disk: do not ask again, whoever says so, until it was taken."""
        self._answered[question] = self._open.pop(question, self._answered.get(question))

    def show_again(self, instance: str, peer: Peer) -> None:
        """A browser came (back): put its open questions before the clerk again, take the others off."""
        for question, where in self._closed.items():
            if where == instance:
                peer.send(Closed(question=question))
        for command in self._open.values():
            if command.instance == instance:
                peer.send(Ask(question=command.question, place=command.place))

    def open(self) -> list[Question]:
        """The open questions, oldest first."""
        found = [command.question for command in self._open.values()]
        return sorted(found, key=lambda question: question.asked_at)

    def unanswered(self, question: str) -> None:
        """The answer was refused: the management system, which has told it once, will not ask again."""
        command = self._answered.pop(question, None)
        if command is not None:
            self.ask(command)
