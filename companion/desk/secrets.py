"""What only the operating system's keyring holds: portal passwords and the device token of a team."""

from typing import Final

from pydantic import ValidationError

from companion.db.keying import Keyring
from companion.home import Home
from companion.management.wire import EnrolOut

SERVICE: Final = "chudan"
DEVICE: Final = "device"


class Secrets:
    """Secrets of one desk. Every method may raise companion.db.keying.NoKeyring or KeyringLocked."""

    def __init__(self, home: Home, keyring: Keyring) -> None:
        self._keyring = keyring
        self._tag = home.tag
        self._present: dict[str, bool] = {}
        """Pages that update themselves ask every few seconds; the keyring is slow."""

    async def keep_password(self, carrier: str, origin: str, login: str, password: str) -> None:
        """Keep the password of an issuing account on this machine, and nowhere else."""
        account = self._account(carrier, origin, login)
        await self._keyring.set(account, login, password)
        self._present[account] = True

    async def password(self, carrier: str, origin: str, login: str) -> str | None:
        """The password of an account; None: this machine has none. For a log-in form, at once, or never."""
        return await self._keyring.get(self._account(carrier, origin, login), login)

    async def has_password(self, carrier: str, origin: str, login: str) -> bool:
        """Whether this machine holds the password of an account. Asks the keyring once per run."""
        account = self._account(carrier, origin, login)
        if account not in self._present:
            self._present[account] = await self._keyring.get(account, login) is not None
        return self._present[account]

    async def keep_enrolment(self, enrolment: EnrolOut) -> None:
        """Keep the device id and token that a team's management system gave."""
        await self._keyring.set(self._device, DEVICE, enrolment.model_dump_json())

    async def enrolment(self) -> EnrolOut | None:
        """The device id and token; None when this desk was never enrolled, or in a way we do not know."""
        kept = await self._keyring.get(self._device, DEVICE)
        try:
            return None if kept is None else EnrolOut.model_validate_json(kept)
        except ValidationError:
            return None

    @property
    def _device(self) -> str:
        return f"{SERVICE}/{self._tag}/{DEVICE}"

    def _account(self, carrier: str, origin: str, login: str) -> str:
        # One service per account: a second user name under one service moves the first on Windows.
        return f"{SERVICE}/{self._tag}/{carrier}/{login}@{origin}"
