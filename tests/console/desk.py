"""A desk as its pages see it, in memory: the daemon's own is tested with the daemon."""

from dataclasses import dataclass, field, replace

from companion.desk.pages import (
    AccountView,
    CarrierChoice,
    Diagnostics,
    LampView,
    NotSaved,
    StuckView,
    TroubleView,
)
from companion.protocol import SessionState

NOW = 1_772_442_720_000
KEY = "J4XK-2M7Q-ZT5A-90PD-KW3E-7RYB-HC6N-V8SF-41GU-XD2L-QM9T-B5KA-E3WZ"

WELL = Diagnostics(
    lamps=(
        LampView("extension", "ok", None, NOW),
        LampView("desk", "ok", None, NOW),
        LampView("office", "ok", None, NOW),
        LampView("session", "ok", None, NOW),
    ),
    versions=(
        ("companion", "0.1.0"),
        ("protocol", "1"),
        ("browser", "Chromium 156.0"),
        ("extension", "0.1.0"),
        ("schema", "0001"),
        ("system", "Linux 6.1"),
    ),
    waiting=0,
    oldest_waiting=None,
    stuck=(),
    sessions=(
        SessionState(carrier="picc", origin="http://picc.localhost:8123", login="clerk01", seen_at=NOW),
    ),
    troubles=(),
)
ILL = replace(
    WELL,
    lamps=(
        LampView("extension", "ok", None, NOW),
        LampView("desk", "ok", None, NOW),
        LampView("office", "broken", "office_away", NOW - 754_000),
        LampView("session", "waiting", "no_session", None),
    ),
    waiting=7,
    oldest_waiting=NOW - 740_000,
    stuck=(StuckView("8d0e4c1a-5b1f-4f39-9a58-2f1f0f6f2b11", NOW - 3_600_000, "hint", 113),),
    sessions=(),
    troubles=(
        TroubleView(NOW - 754_000, 211, "office_away"),
        TroubleView(NOW - 4_000_000, 131, "frame 0 has not reported"),
        TroubleView(NOW - 9_000_000, 113, "place.origin: string_pattern_mismatch"),
    ),
)


@dataclass
class MemoryDesk:
    """See companion.desk.pages.view.DeskView."""

    found: Diagnostics = WELL
    key: str | None = KEY
    kept: list[AccountView] = field(default_factory=list)
    saved: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    refuses: str = ""
    console: str | None = "http://127.0.0.1:1/console/enter?key=x"

    def carriers(self) -> list[CarrierChoice]:
        return [CarrierChoice("picc", {"zh_CN": "中国人保", "en": "PICC"}, "http://picc.localhost:8123")]

    async def accounts(self) -> list[AccountView]:
        return list(self.kept)

    async def save_account(
        self, carrier: str, origin: str, login: str, institution: str, password: str
    ) -> None:
        if self.refuses:
            raise NotSaved(self.refuses)
        self.saved.append((carrier, origin, login, institution, password))
        self.kept.append(AccountView(carrier, origin, login, "present"))

    async def recovery_key(self) -> str | None:
        return self.key

    async def recovery_key_kept(self) -> None:
        self.key = None

    async def diagnostics(self) -> Diagnostics:
        return self.found

    async def console_url(self) -> str | None:
        return self.console
