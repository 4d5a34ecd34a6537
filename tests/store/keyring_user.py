"""A process of its own that uses the system's keyring: one word per step, one line per outcome."""

import asyncio
import sys

from companion.db.keyrings import Keyring, KeyringLocked, NoKeyring, open_keyring


async def step(ring: Keyring, word: str) -> str:
    """`get:NAME` or `set:NAME=SECRET`."""
    verb, _, rest = word.partition(":")
    name, _, secret = rest.partition("=")
    if verb == "set":
        await ring.set("chudan/test", name, secret)
    else:
        return str(await ring.get("chudan/test", name))
    return "done"


async def use(patience: float, *words: str) -> None:
    """Take the steps; what the keyring refuses is told by its name."""
    try:
        ring = open_keyring(patience)
    except NoKeyring:
        sys.stdout.write("no keyring\n")
        return
    for word in words:
        try:
            outcome = await step(ring, word)
        except (NoKeyring, KeyringLocked) as error:
            outcome = type(error).__name__
        sys.stdout.write(f"{outcome}\n")


if __name__ == "__main__":
    asyncio.run(use(float(sys.argv[1]), *sys.argv[2:]))
