"""Work that goes on beside the event that started it: kept, counted, and never silently dead."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog

from companion.logs import described

PAUSE: Final = 1.0
"""Seconds until work that must not end is begun again."""

log = structlog.get_logger()


class Background:
    """Tasks of one owner. A task that fails is logged with its kind and place, not with its data."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run `work` beside; the caller need not keep the task."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def keep_running(self, begin: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Run work that has no end. A defect that ends it is logged, and it begins again."""

        def again(task: asyncio.Task[Any]) -> None:
            task.get_loop().call_later(PAUSE, self.keep_running, begin, name)

        if not self._closed:  # it may have been during the pause
            self.start(begin(), name).add_done_callback(again)

    async def close(self) -> None:
        """Cancel what still runs and wait until it is gone. Nothing begins any more."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task_failed", task=task.get_name(), **described(error))
