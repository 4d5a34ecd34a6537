"""Files from portals: asked of a browser, taken piece by piece, looked at, handed to the management system.

One piece is on its way at a time, and the next leaves when this one lies sealed in the spool: memory stays
flat, and a broken link, a sleeping browser or a daemon that died costs nothing of what has come.
"""

import asyncio
import base64
import binascii
from collections import defaultdict
from typing import Final, Literal

import stamina
import structlog

from companion.db.errors import StoreError
from companion.desk.coming import Coming, RefusedFile, ending, file_job, without
from companion.desk.condition import Condition
from companion.desk.extensions import Extensions
from companion.desk.jobs import TURN
from companion.desk.pdf_proof import begins_as_pdf, prove
from companion.desk.sessions import Sessions
from companion.desk.spool import HEAD, Draft, Spool, Whole
from companion.logs import described
from companion.management.client import OfficeAway, OfficeClient, OfficeRefused
from companion.management.wire import FileBody, FileResult, ProgressBody
from companion.protocol import (
    DownloadTold,
    ErrorCode,
    FileBegin,
    FileChunk,
    FileEnd,
    FileGo,
    JobResult,
    Refusal,
)

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of one file."""
SILENCE: Final = 90.0
"""Seconds without a word after which a browser is not waited for any more."""
BACK: Final = 45.0
"""Seconds in which a browser that is gone may come back and go on."""

log = structlog.get_logger()


class Incoming:
    """Fetches files, one at a time per portal session."""

    def __init__(
        self,
        sessions: Sessions,
        extensions: Extensions,
        client: OfficeClient,
        spool: Spool,
        condition: Condition,
    ) -> None:
        self._sessions = sessions
        self._extensions = extensions
        self._client = client
        self._spool = spool
        self._condition = condition
        self._coming: dict[str, Coming] = {}
        self._back: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._turns: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, job: str, body: FileBody) -> FileResult:
        """Bring a file home. Every ending is a result, none an exception; only a desk that ends has none."""
        began = asyncio.get_running_loop().time()
        try:
            result = await self._bring(job, body)
        except TimeoutError:
            result = without("failed", "timeout")
        except StoreError as error:
            code = self._condition.store_failed(error)
            result = without("failed", "disk_full" if code == ErrorCode.DISK_FULL else "store_unavailable")
        except Exception as error:  # noqa: BLE001 - logged; the management system must not wait for a defect
            log.error("file_defect", job=job, **described(error))
            result = without("failed", "desk_failed")
        await self._forget(job)
        took = round((asyncio.get_running_loop().time() - began) * 1000)
        log.info("file", job=job, file=body.file, outcome=result.outcome, error=result.error, took=took)
        return result.model_copy(update={"took": took})

    def tell(self, progress: ProgressBody) -> None:
        """How a quick download goes, for its button."""
        told = DownloadTold(
            request=progress.request, state=progress.state, percent=None, reason=progress.reason
        )
        self._extensions.send(progress.instance, told)

    def received(self, instance: str, message: FileBegin | FileChunk | FileEnd | JobResult) -> bool:
        """A browser says something about a file. False: no file of this name is awaited from there."""
        coming = self._coming.get(message.re)
        if coming is None or coming.instance != instance:
            return False
        coming.hear(message)
        return True

    def came(self, instance: str) -> None:
        """A browser is there (again): what it was asked for is asked once more, and goes on."""
        self._back[instance].set()

    def lost(self, instance: str) -> None:
        """A browser is gone, perhaps for a moment."""
        self._back.pop(instance, None)
        for coming in self._coming.values():
            if coming.instance == instance:
                coming.lose()

    # -------------------------------------------------------------- where from

    async def _bring(self, job: str, body: FileBody) -> FileResult:
        ends: float | None = None
        for instance, tab in await self._places(job, body):
            turn = self._turns[instance, body.origin]
            try:
                async with asyncio.timeout(TURN):
                    await turn.acquire()
            except TimeoutError:
                return without("failed", "session_busy", instance)
            try:
                # Its budget is for the file itself, not for those before it.
                ends = ends or asyncio.get_running_loop().time() + body.budget / 1000
                async with asyncio.timeout_at(ends):
                    result = await self._from(Coming(job, body, instance), tab)
            finally:
                turn.release()
            if result is not None:
                return result
        return without("no_session", None)

    async def _places(self, job: str, body: FileBody) -> list[tuple[str, int | None]]:
        """Browsers and tabs to try: first the one from which a part has come before this daemon started."""
        begun = await self._spool.begun_in(job)
        places: list[tuple[str, int | None]] = [] if begun is None else [(begun, None)]
        for session in self._sessions.fit(body):
            own = session.instance == body.instance and body.tab is not None
            places.append((session.instance, body.tab if own else session.tab))
        return places

    async def _from(self, coming: Coming, tab: int | None) -> FileResult | None:
        """The file from one browser; None when it cannot be had there."""
        self._coming[coming.job] = coming
        try:
            while await self._there(coming.instance):
                coming.broken = False
                self._extensions.send(coming.instance, file_job(coming, tab))
                ended = await self._take(coming)
                if ended == "no_session":
                    return None
                if ended != "lost":
                    return await self._hand_over(coming, ended) if isinstance(ended, FileEnd) else ended
            return None if coming.draft is None else without("failed", "browser_gone", coming.instance)
        except RefusedFile as refused:
            self._extensions.send(
                coming.instance,
                Refusal(re=coming.job, code=ErrorCode.NOT_NOW.value, message=refused.word, retry=False),
            )
            return without("failed", refused.word, coming.instance)
        finally:
            del self._coming[coming.job]

    async def _there(self, instance: str) -> bool:
        """Whether a browser is connected, or comes back within BACK."""
        if self._extensions.of(instance) is not None:
            return True
        try:
            async with asyncio.timeout(BACK):
                await self._back[instance].wait()
        except TimeoutError:
            return False
        return True

    # -------------------------------------------------------------- piece by piece

    async def _take(self, coming: Coming) -> FileEnd | FileResult | Literal["lost", "no_session"]:
        """Take what a browser says until the file is whole, cannot be had, or the link breaks."""
        while True:
            try:
                # Before it begins a portal may think, or a walk go through its pages: within the budget.
                async with asyncio.timeout(None if coming.draft is None else SILENCE):
                    said = await coming.said.get()
            except TimeoutError:
                raise RefusedFile("browser_silent") from None
            if said == "lost":
                return "lost"
            if isinstance(said, JobResult):
                return ending(said, coming.instance)
            if isinstance(said, FileBegin):
                await self._begin(coming, said)
            elif coming.draft is None:
                log.info("file_without_beginning", job=coming.job)
            elif isinstance(said, FileChunk):
                await self._add(coming, coming.draft, said)
            else:
                return said

    async def _begin(self, coming: Coming, said: FileBegin) -> None:
        if (said.size or 0) > LARGEST:
            raise RefusedFile("too_long")
        if coming.draft is None or coming.fetch != said.fetch:
            coming.draft = await self._spool.begin(coming.job, said.fetch, coming.instance)
        coming.fetch, coming.size = said.fetch, said.size
        log.info("file_begins", job=coming.job, size=said.size, at=coming.draft.size)
        self._go(coming, coming.draft)

    async def _add(self, coming: Coming, draft: Draft, said: FileChunk) -> None:
        if said.offset == draft.size:
            try:
                piece = base64.b64decode(said.data, validate=True)
            except binascii.Error:
                raise RefusedFile("bad_piece") from None
            if draft.size + len(piece) > LARGEST:
                raise RefusedFile("too_long")
            await asyncio.to_thread(draft.add, piece)
            if len(draft.head) == HEAD and not begins_as_pdf(draft.head):
                raise RefusedFile("not_a_pdf")
        self._go(coming, draft)

    def _go(self, coming: Coming, draft: Draft) -> None:
        if coming.broken:
            return
        self._extensions.send(coming.instance, FileGo(re=coming.job, offset=draft.size))
        percent = min(99, draft.size * 100 // coming.size) if coming.size else None
        body = coming.body
        if body.request is not None and body.instance is not None and percent != coming.percent:
            coming.percent = percent
            told = DownloadTold(request=body.request, state="running", percent=percent, reason=None)
            self._extensions.send(body.instance, told)

    # -------------------------------------------------------------- whole

    async def _hand_over(self, coming: Coming, end: FileEnd) -> FileResult:
        draft = coming.draft
        assert draft is not None, "an end is heard after a beginning"
        if end.size != draft.size or not draft.size:
            return without("failed", "cut_off", coming.instance)
        whole = await asyncio.to_thread(draft.end)
        finding = await prove(whole, coming.body.policy_number) if begins_as_pdf(draft.head) else "not_a_pdf"
        if finding != "good":
            return without("failed", finding, coming.instance)
        try:
            await self._upload(whole)
        except OfficeRefused as refusal:
            return without("failed", f"refused_{refusal.code}", coming.instance)
        self._condition.store_works()
        return FileResult(
            instance=coming.instance,
            outcome="answered",
            whoami=end.whoami,
            digest=whole.digest,
            size=whole.size,
            error=None,
            took=0,
        )

    async def _upload(self, whole: Whole) -> None:
        """For as long as the file is wanted: the management system may be away for a while."""
        retry = stamina.retry_context(
            on=OfficeAway, attempts=None, timeout=None, wait_initial=0.2, wait_max=10.0, wait_jitter=0.5
        )
        async for attempt in retry:
            with attempt:
                await self._client.put_file(whole.digest, whole.pieces)

    async def _forget(self, job: str) -> None:
        try:
            await self._spool.drop(job)
        except StoreError as error:
            # It is sealed, and thrown away with the next start.
            log.warning("file_not_forgotten", job=job, error=type(error).__name__)
