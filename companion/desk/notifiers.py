"""The desktop's own ways to show a toast: each says how it ended, and none claims more than it knows."""

import asyncio
import sys
import unicodedata
import warnings
from dataclasses import dataclass
from html import escape
from typing import Any, Final, Protocol

from companion import __version__
from companion.management.wire import ToastResult

APPLICATION: Final = "Chudan"
TITLE: Final = 63
"""Windows takes 64 UTF-16 units with the closing zero and loses the whole toast beyond."""
TEXT: Final = 255
ANSWER: Final = 5.0
"""Seconds the notification server may take."""
_PLACE: Final = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications")


@dataclass(frozen=True)
class Toast:
    """What is shown: plain text, no markup."""

    title: str
    text: str


class Notifier(Protocol):
    """A way to show a toast on this desktop."""

    async def show(self, toast: Toast) -> ToastResult:
        """Show it. Every failure is a result, none an exception."""
        ...


def clipped(toast: Toast) -> Toast:
    """A toast that every platform can show: no control characters, not too long, no leading dash.

    A title that begins with "-" would be read as an option by the programs some platforms call.
    """
    title = _clip(_plain(toast.title), TITLE - 1)
    return Toast(f"\u200b{title}" if title.startswith("-") else title, _clip(_plain(toast.text), TEXT))


class DesktopNotifier:
    """The Desktop Notifications Specification on the session bus: the server answers with a number."""

    backend: Final = "dbus"

    async def show(self, toast: Toast) -> ToastResult:
        from dbus_fast.errors import DBusError

        try:
            async with asyncio.timeout(ANSWER):
                number = await self._notify(clipped(toast))
        except TimeoutError:
            return ToastResult(delivered=False, backend=self.backend, detail="no_answer")
        except DBusError as error:
            return ToastResult(delivered=False, backend=self.backend, detail=_short(error.type))
        except (OSError, EOFError, ValueError) as error:
            # No bus, an address that cannot be read, or a bus that hung up: no server in any case.
            return ToastResult(delivered=False, backend=self.backend, detail=type(error).__name__)
        return ToastResult(delivered=True, backend=self.backend, detail=f"id={number}")

    async def _notify(self, toast: Toast) -> int:
        from dbus_fast.aio import MessageBus

        bus = await MessageBus().connect()
        try:
            [capabilities] = await _call(bus, "GetCapabilities", "", [])
            text = escape(toast.text, quote=False) if "body-markup" in capabilities else toast.text
            body = [APPLICATION, 0, "", toast.title, text, [], _hints(), -1]
            [number] = await _call(bus, "Notify", "susssasa{sv}i", body)
            return int(number)
        finally:
            bus.disconnect()


class PlyerNotifier:
    """Where the platform's service is not spoken to directly. plyer cannot tell whether it was shown."""

    backend: Final = "plyer"

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def show(self, toast: Toast) -> ToastResult:
        async with self._one_at_a_time:
            detail = await asyncio.to_thread(_by_plyer, clipped(toast))
        return ToastResult(delivered=False, backend=self.backend, detail=detail)


def notifier() -> Notifier:
    """The notifier of this platform."""
    return DesktopNotifier() if sys.platform == "linux" else PlyerNotifier()


def _by_plyer(toast: Toast) -> str:
    with warnings.catch_warnings():
        # It warns about bindings that are not installed; what it uses instead is what matters.
        warnings.simplefilter("ignore")
        from plyer import notification

        try:
            notification.notify(title=toast.title, message=toast.text or " ", app_name=APPLICATION)
        except (NotImplementedError, OSError, ValueError, AttributeError) as error:
            return type(error).__name__
    return "unconfirmed"


async def _call(bus: Any, member: str, signature: str, body: list[Any]) -> list[Any]:
    from dbus_fast import Message, MessageType
    from dbus_fast.errors import DBusError

    name, path = _PLACE
    reply = await bus.call(
        Message(destination=name, path=path, interface=name, member=member, signature=signature, body=body)
    )
    if reply.message_type is MessageType.ERROR:
        raise DBusError(reply.error_name or "", "refused", reply)
    result: list[Any] = reply.body
    return result


def _hints() -> dict[str, Any]:
    from dbus_fast import Variant

    return {"desktop-entry": Variant("s", "chudan"), "x-chudan-version": Variant("s", __version__)}


def _short(error_name: str) -> str:
    return error_name.rsplit(".", 1)[-1][:100]


def _plain(text: str) -> str:
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in text)


def _clip(text: str, most: int) -> str:
    """At most so many UTF-16 units, which is how Windows counts, ending in … where something is missing."""
    if len(text.encode("utf-16-le")) // 2 <= most:
        return text
    while len(text.encode("utf-16-le")) // 2 > most - 1:
        text = text[:-1]
    return f"{text}…"
