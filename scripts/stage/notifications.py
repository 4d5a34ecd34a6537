"""A notification server that shows nothing and writes down what it was asked to show.

`python -m scripts.stage.notifications FILE` owns org.freedesktop.Notifications on the session bus, prints one
line when it does, and appends one JSON object per toast: id, replaces, app, title, body, actions, timeout.
"""

import asyncio
import json
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusDict, DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from scripts.stage.processes import Child

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
Strings = Annotated[list[str], DBusSignature("as")]
FourStrings = Annotated[list[str], DBusSignature("ssss")]


class Recorder(ServiceInterface):
    """The Desktop Notifications Specification, version 1.2, written to a file."""

    def __init__(self, file: Path) -> None:
        super().__init__(NAME)
        self._file = file
        self._last = 0

    @dbus_method(name="Notify")
    def notify(
        self,
        app: DBusStr,
        replaces: DBusUInt32,
        icon: DBusStr,
        title: DBusStr,
        body: DBusStr,
        actions: Strings,
        hints: DBusDict,
        timeout: DBusInt32,
    ) -> DBusUInt32:
        """Take a toast and answer its number."""
        self._last += 1
        number = replaces or self._last
        toast = {"id": number, "replaces": replaces, "app": app, "title": title, "body": body}
        toast |= {"icon": icon, "actions": actions, "timeout": timeout, "at": round(time.time() * 1000)}
        toast |= {"hints": {name: hint.value for name, hint in hints.items()}}
        with self._file.open("a") as out:
            out.write(json.dumps(toast, ensure_ascii=False, default=repr) + "\n")
        return number

    @dbus_method(name="CloseNotification")
    def close(self, number: DBusUInt32) -> None:
        """Take a toast away."""
        self.closed(number, 3)

    @dbus_signal(name="NotificationClosed")
    def closed(self, number: int, reason: int) -> Annotated[list[int], DBusSignature("uu")]:
        """Tell that a toast is gone."""
        return [number, reason]

    @dbus_signal(name="ActionInvoked")
    def invoked(self, number: int, action: str) -> Annotated[list[Any], DBusSignature("us")]:
        """Tell that the clerk clicked."""
        return [number, action]

    @dbus_method(name="GetCapabilities")
    def capabilities(self) -> Strings:
        """What a usual server can do; `body-markup` makes unescaped text a defect."""
        return ["actions", "body", "body-markup", "persistence"]

    @dbus_method(name="GetServerInformation")
    def information(self) -> FourStrings:
        """Name, vendor, version, specification."""
        return ["recorder", "chudan", "1", "1.2"]


@contextmanager
def notification_server(environment: Mapping[str, str], file: Path) -> Iterator[Child]:
    """Run the recorder on the bus that `environment` names, writing to `file`."""
    command = [sys.executable, "-m", "scripts.stage.notifications", str(file)]
    root = Path(__file__).parents[2]
    with Child(command, log=file.with_suffix(".log"), environment=environment, directory=root) as server:
        server.json_line()
        yield server


def toasts(file: Path) -> list[dict[str, Any]]:
    """What was shown so far, oldest first."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


async def _serve(file: Path) -> None:
    bus = await MessageBus().connect()
    bus.export(PATH, Recorder(file))
    await bus.request_name(NAME)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    print(json.dumps({"ready": NAME}), flush=True)
    await ended.wait()
    bus.disconnect()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
