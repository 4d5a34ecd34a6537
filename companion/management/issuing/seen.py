"""What a confirmed answer answers: where something was seen, and through which session it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from companion.management.issuing.orders import Through
from companion.management.store.signal_tables import QuickDownload
from companion.management.store.work_tables import Confirm


@dataclass(frozen=True)
class Seen:
    """A hint, or a press of the quick-download button, as far as filing its answer needs it."""

    carrier: str
    kind: str
    origin: str
    seen_by: str
    """The desk that saw it: its clerk is asked."""
    seen_in: str
    """The browser profile that saw it."""
    place: Mapping[str, Any]
    device: str
    """The desk that asked the portal."""
    instance: str | None
    tab: int | None
    confirm: str | None = None
    quick: str | None = None
    ticket: str | None = None

    def through(self, login: str, clerk: str) -> Through:
        """The way by which downloads that follow from it go."""
        return Through(self.origin, login, self.device, self.instance, self.tab, clerk)


def of_hint(row: Confirm) -> Seen:
    """A hint that was confirmed."""
    return Seen(
        carrier=row.carrier,
        kind=row.kind,
        origin=row.origin,
        seen_by=row.seen_by,
        seen_in=row.seen_in,
        place=row.place,
        device=row.device_id,
        instance=row.instance,
        tab=row.tab,
        confirm=row.id,
        ticket=row.ticket,
    )


def of_quick(row: QuickDownload) -> Seen:
    """A row of a list whose button was pressed."""
    return Seen(
        carrier=row.carrier,
        kind="quick_download",
        origin=row.origin,
        seen_by=row.seen_by,
        seen_in=row.seen_in,
        place=row.place,
        device=row.device_id,
        instance=row.instance,
        tab=row.tab,
        quick=row.id,
    )
