"""What the popup and `chudan doctor` are told: the lamps, what waits, what is asked, what happened last."""

from companion import __version__
from companion.desk.condition import Condition, Light, office_light, why_away
from companion.desk.extensions import Extensions
from companion.desk.inbox import Inbox
from companion.desk.questions import Questions
from companion.desk.sessions import Sessions
from companion.management.client import OfficeAway, OfficeClient, OfficeRefused
from companion.protocol import RecentEvent, SessionState, Status

QUESTIONS = 50
"""As many as one status carries."""


class DeskStatus:
    """Answers `status_request`."""

    def __init__(
        self,
        client: OfficeClient,
        condition: Condition,
        inbox: Inbox,
        sessions: Sessions,
        questions: Questions,
        extensions: Extensions,
    ) -> None:
        self._client = client
        self._condition = condition
        self._inbox = inbox
        self._sessions = sessions
        self._questions = questions
        self._extensions = extensions

    async def status(self, request: str) -> Status:
        """How everything is now. Raises StoreError when not even the waiting rows can be counted."""
        light = await self.light()
        return Status(
            re=request,
            daemon_version=__version__,
            office=light.lamp,
            office_detail=light.detail,
            waiting=await self._inbox.depth(),
            extensions=len(self._extensions.all()),
            sessions=self.sessions(),
            questions=self._questions.open()[:QUESTIONS],
            recent=await self._recent() if light.lamp == "ok" else [],
        )

    async def light(self) -> Light:
        """The lamp 管理系统. While all seems well the management system is asked: its store may be away."""
        light = self._condition.light
        if light.lamp != "ok":
            return light
        try:
            await self._client.health()
        except OfficeAway as away:
            return office_light(why_away(away))
        except OfficeRefused:
            return office_light("office_refused")
        return light

    def sessions(self) -> list[SessionState]:
        """The live portal sessions, the one seen last first."""
        return [
            SessionState(carrier=one.carrier, origin=one.origin, login=one.login, seen_at=one.seen_at)
            for one in self._sessions.all()
        ]

    async def _recent(self) -> list[RecentEvent]:
        try:
            return await self._client.recent()
        except (OfficeAway, OfficeRefused):
            return []
