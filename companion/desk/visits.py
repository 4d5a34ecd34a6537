"""Visits to portals: finds the browser that goes there, and hands it the password for the log-in form.

A password leaves the keyring only for a visit that this desk itself began a short while ago, for the browser
that makes it, and for the portal address stored with the account or the log-in host that belongs to it.
"""

from typing import Final

import structlog

from companion import carriers
from companion.clock import Clock, to_ms
from companion.db.keying import KeyringLocked, NoKeyring
from companion.desk.extensions import Extensions, Peer
from companion.desk.secrets import Secrets
from companion.desk.sessions import Sessions
from companion.management.wire import VisitBody, VisitResult
from companion.protocol import Account, ErrorCode, FillSecret, Message, Refusal, SecretRequest, Visit

TRUSTED: Final = 15 * 60_000
"""Milliseconds after the start of a visit in which its log-in form may be filled in: a clerk is slow."""
MOST: Final = 5
"""Passwords given for one visit: a portal locks an account after so many wrong ones."""

log = structlog.get_logger()


class Visits:
    """The visits under way. Nothing is stored: after a restart the clerk presses again."""

    def __init__(self, extensions: Extensions, sessions: Sessions, secrets: Secrets, clock: Clock) -> None:
        self._extensions = extensions
        self._sessions = sessions
        self._secrets = secrets
        self._clock = clock
        self._begun: dict[tuple[str, str], _Begun] = {}

    def begin(self, body: VisitBody) -> VisitResult:
        """Have a browser make the visit: the one that holds the account's session before any other."""
        for instance in self._browsers(body.account):
            self._begun[instance, body.account.id] = _Begun(body.account, to_ms(self._clock.now()))
            if self._extensions.send(instance, _visit(body)):
                log.info("visit", visit=body.visit, purpose=body.purpose, instance=instance)
                return VisitResult(instance=instance, taken=True, error=None)
        return VisitResult(instance=None, taken=False, error="no_browser")

    async def secret(self, instance: str, request: SecretRequest) -> Message:
        """The password for a log-in form of a visit under way, or a refusal. Raises nothing."""
        begun = self._begun.get((instance, request.account))
        if begun is None or not begun.may_ask(to_ms(self._clock.now())):
            return _refused(request, ErrorCode.NOT_NOW, "no visit of this account is under way")
        account = begun.account
        if request.origin not in carriers.tops(account.carrier, account.origin):
            return _refused(request, ErrorCode.FRAME_OF_A_STRANGER, "not the portal of this account")
        begun.given += 1
        try:
            password = await self._secrets.password(account.carrier, account.origin, account.login)
        except (NoKeyring, KeyringLocked) as error:
            log.warning("secret_not_read", error=type(error).__name__)
            return _refused(request, ErrorCode.NOT_NOW, "the keyring cannot be read")
        if password is None:
            return _refused(request, ErrorCode.NOT_HERE, "no password on this machine")
        return FillSecret(re=request.id, login=account.login, password=password)

    def _browsers(self, account: Account) -> list[str]:
        """First who is logged in as this account, then who is logged in as nobody there, then the others."""
        held = {
            one.instance: one.login
            for one in self._sessions.all()
            if (one.carrier, one.origin) == (account.carrier, account.origin)
        }
        present = [_instance(peer) for peer in reversed(self._extensions.all())]
        return sorted(present, key=lambda one: (held.get(one) != account.login, one in held))


class _Begun:
    """A visit that a browser was sent on."""

    def __init__(self, account: Account, at: int) -> None:
        self.account = account
        self.given = 0
        self._at = at

    def may_ask(self, now: int) -> bool:
        return now - self._at <= TRUSTED and self.given < MOST


def _visit(body: VisitBody) -> Visit:
    return Visit(
        id=body.visit,
        purpose=body.purpose,
        account=body.account,
        numbers=body.numbers,
        fields=body.fields,
    )


def _refused(request: SecretRequest, code: ErrorCode, message: str) -> Refusal:
    return Refusal(re=request.id, code=code, message=message, retry=False)


def _instance(peer: Peer) -> str:
    assert peer.hello is not None, "only who said hello is among the extensions"
    return peer.hello.instance
