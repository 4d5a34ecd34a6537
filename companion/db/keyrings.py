"""The operating system's keyring, asked on a thread, with patience but not for ever.

Secrets live there and nowhere else. Without a keyring nothing starts: there is no key file and no
plain-text mode.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import keyring as keyrings
from keyring.backend import KeyringBackend
from keyring.backends import SecretService
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailBackend
from keyring.errors import KeyringError as BackendError
from keyring.errors import KeyringLocked as BackendLocked

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds for a human to unlock the keyring when it asks."""
LOOKS = 5
"""How often a bus that does not answer within a second is asked."""
_LOCKED = ("LockedException", "PromptDismissedException")
"""Names of secretstorage's exceptions, a library that exists on Linux only."""


class NoKeyring(Exception):
    """The operating system has no keyring we may trust: nothing is stored, nothing is opened."""


class KeyringLocked(Exception):
    """The keyring is there but locked, and was not unlocked in time."""


class Keyring:
    """Secrets by service and name. Every method raises NoKeyring or KeyringLocked."""

    def __init__(self, backend: KeyringBackend, patience: float = PATIENCE) -> None:
        self._backend = backend
        self._patience = patience

    @property
    def name(self) -> str:
        """Which keyring this is, e.g. `keyring.backends.SecretService.Keyring`."""
        kind = type(self._backend)
        return f"{kind.__module__}.{kind.__name__}"

    async def get(self, service: str, name: str) -> str | None:
        """The secret, or None."""
        return await self._call(lambda: self._backend.get_password(service, name))

    async def set(self, service: str, name: str, secret: str) -> None:
        """Store a secret in place of a former one."""
        await self._call(lambda: self._backend.set_password(service, name, secret))

    async def _call(self, ask: Callable[[], T]) -> T:
        try:
            return await asyncio.wait_for(_on_a_thread(ask), self._patience)
        except TimeoutError:
            raise KeyringLocked(f"the keyring did not answer within {self._patience:g} s") from None
        except BackendLocked as error:
            raise KeyringLocked("the keyring is locked") from error
        except BackendError as error:
            raise NoKeyring(f"the keyring failed: {error}") from error


def open_keyring(patience: float = PATIENCE) -> Keyring:
    """The operating system's keyring. Raises NoKeyring; never settles for one that stores plain text."""
    backend: Any = keyrings.get_keyring()
    if isinstance(backend, ChainerBackend):
        backend = max(backend.backends, key=lambda one: one.priority, default=backend)
    if isinstance(backend, FailBackend):
        backend = _look_again() or backend
    if backend.priority < 1:
        raise NoKeyring(
            "this system offers no keyring (Secret Service, Windows Credential Manager, macOS Keychain)"
        )
    return Keyring(backend, patience)


def _look_again() -> KeyringBackend | None:
    """The Secret Service, if the bus was only slow: its library waits a second, at log-in of all times."""
    service: type[KeyringBackend] = SecretService.Keyring
    return service() if any(service.viable for _ in range(LOOKS)) else None


def _patiently(ask: Callable[[], T]) -> T:
    """Ask again what the bus was too slow for; what is asked may be done twice without harm."""
    for _ in range(LOOKS - 1):
        with contextlib.suppress(TimeoutError):
            return ask()
    return ask()


async def _on_a_thread(ask: Callable[[], T]) -> T:
    """Run on a thread that nobody waits for at the end: an unlock prompt may stand open for ever."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if answer.done():
            return
        if error:
            answer.set_exception(error)
        else:
            answer.set_result(result)

    def run() -> None:
        result, error = None, None
        try:
            result = _patiently(ask)
        except Exception as raised:  # noqa: BLE001 (handed to the caller who waits)
            error = _translated(raised)
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return await answer


def _translated(error: Exception) -> Exception:
    """Backends let their libraries' own exceptions through; we know two kinds."""
    locked = isinstance(error, BackendLocked) or type(error).__name__ in _LOCKED
    return BackendLocked("locked") if locked else BackendError(type(error).__name__)
