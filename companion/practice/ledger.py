"""What really happened in a practice portal, written down by the portal itself."""

import json
from pathlib import Path
from typing import Any

from companion.clock import Clock, to_ms


class Ledger:
    """JSON lines, one per happening, in the file as soon as they are written."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1) if path else None
        self._clock = clock
        self._seq = 0

    def write(self, what: str, user: str | None, numbers: list[str] | None = None, **more: Any) -> None:
        """Note one happening. `numbers` are the proposal numbers it is about."""
        self._seq += 1
        head = {"seq": self._seq, "at": to_ms(self._clock.now()), "user": user, "what": what}
        if self._file:
            self._file.write(
                json.dumps({**head, "numbers": numbers or [], **more}, ensure_ascii=False) + "\n"
            )

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()
