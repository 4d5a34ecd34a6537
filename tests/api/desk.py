"""A desk that does its duty: takes commands, asks the portal, shows toasts, reports."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

from companion.management.client import OfficeClient
from companion.management.wire import AskBody, ClosedBody, CommandOut, CommandResult, QueryBody, ToastResult
from tests.unit.management.portal import Quote, result

DEADLINE = 20.0
"""Seconds after which a test gives up waiting."""


class Desk:
    """Keeps what it was told, so that tests can wait for it."""

    def __init__(self, client: OfficeClient, quotes: dict[str, Quote]) -> None:
        self.client = client
        self.quotes = quotes
        self.commands: list[CommandOut] = []
        self._news = asyncio.Condition()

    async def work(self) -> None:
        """Take commands for ever."""
        async with aclosing(self.client.commands()) as commands:
            async for command in commands:
                await self.carry_out(command)
                async with self._news:
                    self.commands.append(command)
                    self._news.notify_all()

    async def carry_out(self, command: CommandOut) -> None:
        body = command.body
        if isinstance(body, QueryBody):
            await self.client.post_result(command.id, result(command.id, body, self.quotes))
        elif not isinstance(body, AskBody | ClosedBody):
            shown = ToastResult(delivered=True, backend="dbus", detail=None)
            await self.client.post_result(command.id, CommandResult(body=shown))

    async def told(self, wanted: Callable[[CommandOut], bool], times: int = 1) -> list[CommandOut]:
        """Wait until so many commands are as wanted."""

        def found() -> list[CommandOut]:
            return [command for command in self.commands if wanted(command)]

        async with asyncio.timeout(DEADLINE), self._news:
            await self._news.wait_for(lambda: len(found()) >= times)
        return found()


def of_kind(kind: str) -> Callable[[CommandOut], bool]:
    return lambda command: command.body.kind == kind


@asynccontextmanager
async def working(client: OfficeClient, *quotes: Quote) -> AsyncIterator[Desk]:
    """A desk at work for as long as this lasts."""
    desk = Desk(client, {quote.number: quote for quote in quotes})
    task = asyncio.create_task(desk.work())
    try:
        yield desk
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
