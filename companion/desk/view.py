"""The desk as its own pages see it: accounts and passwords, the recovery key, diagnostics."""

import platform
from collections.abc import Callable

from companion import __version__, carriers
from companion.db.keying import KeyringLocked, NoKeyring
from companion.desk.daemon import Desk
from companion.desk.pages.view import (
    AccountView,
    CarrierChoice,
    Diagnostics,
    DriftView,
    LampView,
    NotSaved,
    ProfileView,
    StuckView,
    TroubleView,
)
from companion.desk.profiles import ProfileState
from companion.desk.secrets import Secrets
from companion.management.client import OfficeAway, OfficeRefused
from companion.management.wire import AccountIn
from companion.protocol import ErrorCode, SessionState

RECOVERY_KEY_KEPT = "recovery_key_kept"


class View:
    """Implements companion.desk.pages.DeskView."""

    def __init__(
        self, desk: Desk, secrets: Secrets, recovery_key: Callable[[], str], *, practice: bool
    ) -> None:
        self._desk = desk
        self._secrets = secrets
        self._recovery_key = recovery_key
        self._practice = practice

    def carriers(self) -> list[CarrierChoice]:
        """Carriers that may be chosen for an account."""
        return [
            CarrierChoice(carrier.id, dict(carrier.profile.names), carrier.profile.default_origin or "")
            for carrier in carriers.offered(self._practice)
        ]

    async def accounts(self) -> list[AccountView]:
        """The accounts this desk knows, each with whether its password is on this machine."""
        views = []
        for account in self._desk.accounts.all:
            place = (account.carrier, account.origin, account.login)
            try:
                kept = await self._secrets.has_password(*place)
            except (NoKeyring, KeyringLocked):
                kept = False
            views.append(AccountView(*place, password="present" if kept else "missing"))
        return views

    async def save_account(
        self, carrier: str, origin: str, login: str, institution: str, password: str
    ) -> None:
        """Password into the keyring, then the record into the management system. Raises NotSaved."""
        try:
            if password:
                await self._secrets.keep_password(carrier, origin, login, password)
            await self._desk.client.add_account(
                AccountIn(carrier=carrier, origin=origin, login=login, institution=institution)
            )
            await self._desk.accounts.refresh()
        except KeyringLocked:
            raise NotSaved("keyring_locked") from None
        except NoKeyring:
            raise NotSaved("no_keyring") from None
        except OfficeAway:
            raise NotSaved("office_away") from None
        except OfficeRefused as refusal:
            full = refusal.code == ErrorCode.NOT_NOW
            raise NotSaved("too_many_accounts" if full else "office_refused") from None

    async def recovery_key(self) -> str | None:
        """The recovery key until the clerk has said that it is kept."""
        if await self._desk.memory.get(RECOVERY_KEY_KEPT) is not None:
            return None
        return self._recovery_key()

    async def recovery_key_kept(self) -> None:
        """Never show it again."""
        await self._desk.memory.keep(RECOVERY_KEY_KEPT, "yes")

    async def console_url(self) -> str | None:
        """A one-time link into the console; None while the management system is away."""
        try:
            return await self._desk.doors.link("console")
        except (OfficeAway, OfficeRefused):
            return None

    async def diagnostics(self) -> Diagnostics:
        """How everything is now. Raises StoreError when the desk's own database cannot be read."""
        desk = self._desk
        return Diagnostics(
            lamps=await self._lamps(),
            versions=self._versions(),
            waiting=await desk.inbox.depth(),
            oldest_waiting=await desk.inbox.oldest(),
            stuck=tuple(StuckView(one.id, one.at, one.kind, one.code) for one in await desk.inbox.poisoned()),
            sessions=tuple(
                SessionState(carrier=one.carrier, origin=one.origin, login=one.login, seen_at=one.seen_at)
                for one in desk.sessions.all()
            ),
            troubles=tuple(TroubleView(one.at, one.code, one.detail) for one in desk.condition.incidents()),
            profiles=tuple(_shown(one) for one in desk.profiles.all()),
        )

    async def _lamps(self) -> tuple[LampView, ...]:
        desk = self._desk
        light, sessions = await desk.status.light(), desk.sessions.all()
        there = bool(desk.extensions.all())
        return (
            LampView("extension", "ok" if there else "waiting", None if there else "no_extension", None),
            LampView("desk", "ok", None, None),
            LampView("office", light.lamp, light.detail if light.lamp == "broken" else None, None),
            LampView(
                "session",
                "ok" if sessions else "waiting",
                None if sessions else "captcha_wanted" if desk.sessions.captcha_wanted else "no_session",
                sessions[0].seen_at if sessions else None,
            ),
        )

    def _versions(self) -> tuple[tuple[str, str], ...]:
        ours = [("companion", __version__), ("Python", platform.python_version())]
        for peer in self._desk.extensions.all():
            if peer.hello is not None:
                ours.append(("extension", peer.hello.extension_version))
                ours.append((peer.hello.browser, peer.hello.browser_version))
        return tuple(ours)


def _shown(profile: ProfileState) -> ProfileView:
    drifts = tuple(DriftView(one.at, one.what, one.rule) for one in profile.drifts)
    return ProfileView(profile.carrier, profile.state, profile.hash, profile.reason, drifts)
