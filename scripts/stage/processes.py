"""Child processes that are always ended by whoever started them."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Self

import psutil


def kill_family(parent: psutil.Process) -> None:
    """End a process and all its descendants at once, and wait until they are gone."""
    family = [*parent.children(recursive=True), parent]
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):  # gone with the one before it
            process.kill()
    psutil.wait_procs(family, timeout=10)


class DiedEarlyError(RuntimeError):
    """A child ended, or said nothing in time, before it was ready."""


class Child:
    """One child process in a session of its own, so that a Ctrl-C in the terminal reaches only us.

    What it writes to standard error goes to `log`; its standard output is read line by line.
    """

    def __init__(
        self,
        arguments: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        self.log = log
        self._buffer = b""
        self._log_file = log.open("ab")
        self._process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            env=dict(os.environ if environment is None else environment),
            cwd=directory,
            bufsize=0,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def tell(self, text: str) -> None:
        """Write to the child's standard input."""
        self._stdin.write(text.encode())

    def finish_input(self) -> None:
        """Let the child see the end of its standard input."""
        self._stdin.close()

    def line(self, within: float = 20) -> str:
        """The next line of standard output. Raises DiedEarlyError."""
        deadline = time.monotonic() + within
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise DiedEarlyError(f"{self._name} said nothing within {within:g} s\n{self.tail()}")
                chunk = os.read(self._stdout.fileno(), 65536)
                if not chunk:
                    raise DiedEarlyError(f"{self._name} ended with {self._process.wait(5)}\n{self.tail()}")
                self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line.decode()

    def json_line(self, within: float = 20) -> Any:
        """The next line of standard output, read as JSON. Raises DiedEarlyError."""
        return json.loads(self.line(within))

    def tail(self) -> str:
        """The end of what it wrote to standard error."""
        return self.log.read_text(errors="replace")[-2000:]

    def kill(self) -> None:
        """End it at once, as a power cut would, and wait until it is gone."""
        self._process.kill()
        self.wait()

    def wait(self, within: float | None = 10) -> int:
        """Wait for its own end (None: for ever); its status. Raises subprocess.TimeoutExpired."""
        return self._process.wait(within)

    def stop(self, within: float = 10) -> int:
        """Ask it to end, insist after `within` seconds, and return its exit status."""
        if self.running:
            self._process.send_signal(signal.SIGTERM)
        try:
            status = self.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self.wait()
        for stream in (self._stdin, self._stdout, self._log_file):
            stream.close()
        return status

    @property
    def _name(self) -> str:
        return " ".join(str(part) for part in self._process.args[:4])  # type: ignore[index]

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout
