"""The way of `chudan console` into the console: it asks the management system as a desk does."""

from companion.db.keying import open_keyring
from companion.desk.secrets import Secrets
from companion.home import Home
from companion.management.client import OfficeClient
from companion.settings import Settings


async def console_link(home: Home) -> str:
    """A link that works once, for a minute. Raises OfficeAway, OfficeRefused, NoKeyring, KeyringLocked."""
    settings = Settings.of(home)
    async with await _client(home, settings) as client:
        url = await client.link("/console")
    return url if "://" in url else settings.office.rstrip("/") + url


async def _client(home: Home, settings: Settings) -> OfficeClient:
    if not settings.office:
        # Only this user can reach the socket: it needs no token.
        return OfficeClient(f"unix:{home.office_socket}")
    enrolment = await Secrets(home, open_keyring()).enrolment()
    return OfficeClient(settings.office, enrolment.token if enrolment else None)
