"""What the desk's own pages show and do: the daemon implements `DeskView`, pages know no more of it."""

from dataclasses import dataclass
from typing import Literal, Protocol

from companion.protocol import Lamp, Millis, SessionState

Password = Literal["present", "missing"]


class NotSaved(Exception):
    """An account was not saved. `reason` is a key of locales/*/desk.json under `not_saved_…`:
    office_away, office_refused, too_many_accounts, keyring_locked, no_keyring.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class CarrierChoice:
    """A carrier whose profile is here: its id, its name per language, and its portal's usual origin."""

    id: str
    names: dict[str, str]
    origin: str


@dataclass(frozen=True)
class AccountView:
    """An issuing account and whether this machine holds its password."""

    carrier: str
    origin: str
    login: str
    password: Password


@dataclass(frozen=True)
class LampView:
    """One lamp. `name` is extension, desk, office or session; `detail` a key of desk.json or None."""

    name: Literal["extension", "desk", "office", "session"]
    state: Lamp
    detail: str | None
    seen_at: Millis | None


@dataclass(frozen=True)
class StuckView:
    """An event that the management system refused for good and that was passed by."""

    id: str
    at: Millis
    kind: str
    code: int


@dataclass(frozen=True)
class TroubleView:
    """One of the last errors: a number of PROTOCOL.md and our own words."""

    at: Millis
    code: int
    detail: str


@dataclass(frozen=True)
class DriftView:
    """A place of a profile that a portal no longer fits, as the message `drift` names it."""

    at: Millis
    what: Literal["unread_answer", "selector_gone"]
    rule: str


@dataclass(frozen=True)
class ProfileView:
    """A carrier's profile: `own` or `newer` is in use, or it is `off`; what drifted, newest first."""

    carrier: str
    state: Literal["own", "newer", "off"]
    hash: str
    reason: str | None
    drifts: tuple[DriftView, ...]


@dataclass(frozen=True)
class Diagnostics:
    """How the desk is. Nothing personal may stand here: the page's copy button sends it to strangers."""

    lamps: tuple[LampView, ...]
    versions: tuple[tuple[str, str], ...]
    """What and which version, e.g. ("companion", "0.1.0"), ("Chromium", "156.0")."""
    waiting: int
    """Events on disk here that the management system has not taken yet."""
    oldest_waiting: Millis | None
    stuck: tuple[StuckView, ...]
    sessions: tuple[SessionState, ...]
    troubles: tuple[TroubleView, ...]
    """Newest first."""
    profiles: tuple[ProfileView, ...] = ()


class DeskView(Protocol):
    """The desk as its pages see it."""

    def carriers(self) -> list[CarrierChoice]:
        """Carriers that can be chosen for an account."""
        ...

    async def accounts(self) -> list[AccountView]:
        """The issuing accounts of the management system; empty while it is away."""
        ...

    async def save_account(
        self, carrier: str, origin: str, login: str, institution: str, password: str
    ) -> None:
        """Put the password into the keyring, then the account's record into the management system.

        Raises NotSaved. An empty password leaves the one in the keyring.
        """
        ...

    async def recovery_key(self) -> str | None:
        """The recovery key as long as the clerk has not said that it is kept; None afterwards."""
        ...

    async def recovery_key_kept(self) -> None:
        """Never show the recovery key again."""
        ...

    async def diagnostics(self) -> Diagnostics:
        """How everything is now."""
        ...

    async def console_url(self) -> str | None:
        """A one-time link into the console; None while the management system is away."""
        ...
