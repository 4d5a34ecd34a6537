"""The local sockets of this system: the one file that chooses; everybody else names a path and gets streams.

Linux and macOS have unix sockets (`unix_socket`), Windows has named pipes (`named_pipe`). Both offer to
`serve` a path, `open_connection` to it, `is_same_user` of a transport, `make_private` of the folder.
"""

import sys

from companion.link.pipe_errors import PipeError, PipeInUseError, Serving

if sys.platform == "win32":
    from companion.link.named_pipe import is_same_user, make_private, open_connection, serve
else:
    from companion.link.unix_socket import is_same_user, make_private, open_connection, serve

__all__ = [
    "PipeError",
    "PipeInUseError",
    "Serving",
    "is_same_user",
    "make_private",
    "open_connection",
    "serve",
]
