"""A private D-Bus session bus that starts nothing by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.stage.processes import Child

CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
"""No <servicedir>: otherwise the bus would start a keyring or notification server of its own accord."""


@contextmanager
def session_bus(directory: Path) -> Iterator[str]:
    """Run a bus in `directory` (a short path: its socket lies there) and give its address."""
    configuration = directory / "bus.conf"
    configuration.write_text(CONFIGURATION.format(socket=directory / "bus"))
    command = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"]
    with Child(command, log=directory / "bus.log") as bus:
        yield bus.line()
