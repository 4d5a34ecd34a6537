"""What a native host says of its own. `host.py` carries the same in itself, to start from a single file.

A test holds the two together.
"""

import sys

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.:/_-{}+"
DAEMON_DOWN = (
    b'{"v":1,"type":"refusal","re":null,"code":221,"message":"the companion is not running","retry":true}'
)
STRANGER = b'{"v":1,"type":"refusal","re":null,"code":122,"message":"another user answers","retry":false}'


def frame(payload: bytes) -> bytes:
    """One frame: length in native byte order, then the bytes."""
    return len(payload).to_bytes(4, sys.byteorder) + payload


def caller_of(arguments: list[str]) -> str:
    """Whom the browser says this host serves: Chromium gives an origin, Firefox a path and an add-on id."""
    name = ""
    for argument in arguments:
        name = argument
        if argument.startswith("chrome-extension://"):
            break
    return "".join([letter if letter in PLAIN else "?" for letter in name[:500]])


def hello(arguments: list[str], pid: int) -> bytes:
    """The `host_hello` message."""
    text = '{"v":1,"type":"host_hello","caller":"%s","pid":%d}'
    return (text % (caller_of(arguments), pid)).encode()
