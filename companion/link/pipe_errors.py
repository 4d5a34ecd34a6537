"""What can be wrong with a local socket, and what serving one looks like, on every system."""

from typing import Protocol


class PipeError(Exception):
    """A local socket that cannot be used; the message says why, for the clerk's administrator."""


class PipeInUseError(PipeError):
    """Somebody is serving this socket already."""


class Serving(Protocol):
    """A socket that is being served."""

    def close(self) -> None:
        """Take no more visitors and take the socket away; those who came stay."""
        ...

    async def wait_closed(self) -> None:
        """Wait until nothing of it is left."""
        ...
