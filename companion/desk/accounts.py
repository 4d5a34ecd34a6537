"""The issuing accounts (出单账号) as this desk last knew them: browsers watch on while nobody is there."""

import asyncio
import contextlib
from typing import Final

import structlog
from pydantic import TypeAdapter, ValidationError

from companion.db.errors import StoreError
from companion.desk.condition import Condition
from companion.desk.extensions import Extensions
from companion.desk.memory import Memory
from companion.management.client import OfficeAway, OfficeClient, OfficeRefused
from companion.protocol import Account, Accounts, ErrorCode

NAME: Final = "accounts"
NOW_AND_THEN: Final = 30.0
"""Seconds between two questions for accounts that others may have added."""
MOST: Final = 500
"""Accounts that one message carries."""
_LIST: Final = TypeAdapter(list[Account])

log = structlog.get_logger()


class AccountBook:
    """The accounts of the management system, in memory and in desk.db."""

    def __init__(
        self, client: OfficeClient, memory: Memory, extensions: Extensions, condition: Condition
    ) -> None:
        self._client = client
        self._memory = memory
        self._extensions = extensions
        self._condition = condition
        self.all: list[Account] = []
        self._news = asyncio.Event()

    async def load(self) -> None:
        """What was known when the desk last ran."""
        kept = await self._memory.get(NAME)
        try:
            self.all = [] if kept is None else _LIST.validate_json(kept)[:MOST]
        except ValidationError:  # of another version: the management system tells them anew
            log.warning("accounts_unreadable")

    def look(self) -> None:
        """Somebody could be missing an account: ask soon."""
        self._news.set()

    async def follow(self) -> None:
        """Ask whenever told to look, and now and then, for ever: others add accounts too."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(NOW_AND_THEN):
                    await self._news.wait()
            self._news.clear()
            # Away or refused: the channel says so, and asks again as soon as it stands.
            with contextlib.suppress(OfficeAway, OfficeRefused):
                await self.refresh()

    async def refresh(self) -> None:
        """Ask the management system and tell the browsers of a change. Raises OfficeAway or OfficeRefused."""
        accounts = await self._client.accounts()
        if accounts[:MOST] == self.all:
            return
        if len(accounts) > MOST:
            log.error("accounts_too_many", count=len(accounts))
            told = f"{len(accounts)} accounts, at most {MOST} are used"
            self._condition.happened(ErrorCode.BAD_FIELD, told)
        self.all = accounts = accounts[:MOST]
        log.info("accounts_changed", count=len(accounts))
        for peer in self._extensions.all():
            peer.send(Accounts(accounts=accounts))
        try:
            await self._memory.keep(NAME, _LIST.dump_json(accounts).decode())
        except StoreError as error:
            log.warning("accounts_not_kept", error=type(error).__name__)
