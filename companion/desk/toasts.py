"""Toasts (冒泡提醒): worded here in the clerk's language, shown once per command, answered as they ended."""

from collections.abc import Mapping
from typing import Final

import structlog
from sqlalchemy import delete
from sqlmodel import Session, col

from companion.background import Background
from companion.clock import Clock, to_ms
from companion.db.engine import Database
from companion.db.errors import StoreError
from companion.desk.notifiers import Notifier, Toast
from companion.desk.store import ToastRow
from companion.management.wire import ToastCommand, ToastResult
from companion.web.i18n import Catalog

REMEMBERED_MS: Final = 3 * 24 * 3600 * 1000

log = structlog.get_logger()


def worded(catalog: Catalog, name: str, params: Mapping[str, str], kind: str = "toast") -> Toast:
    """A toast in the clerk's language; `<name>_text` is the second line where there is one.

    `kind` names the catalog: `toast` for those of the management system, `desk_toast` for the desk's own.
    """
    key = f"{kind}.{name}"
    text = catalog.t(f"{key}_text", **params) if catalog.has(f"{key}_text") else ""
    return Toast(catalog.t(key, **params), text)


class Toasts:
    """Shows what the management system commands, and what the desk itself must tell."""

    def __init__(
        self,
        database: Database,
        notifier: Notifier,
        catalog: Catalog,
        clock: Clock,
        background: Background,
    ) -> None:
        self._database = database
        self._notifier = notifier
        self._catalog = catalog
        self._clock = clock
        self._background = background

    async def show(self, command: str, toast: ToastCommand) -> ToastResult:
        """Show a toast, unless this command was carried out before; then tell again how it ended."""
        try:
            known = await self._database.read(lambda session: session.get(ToastRow, command))
        except StoreError:
            known = None
        if known is not None:
            return ToastResult.model_validate_json(known.result)
        result = await self._notifier.show(worded(self._catalog, toast.toast, toast.params))
        log.info(
            "toast", command=command, toast=toast.toast, delivered=result.delivered, detail=result.detail
        )
        await self._remember(command, result)
        return result

    def tell(self, name: str) -> None:
        """Show a toast of the desk's own."""
        toast = worded(self._catalog, name, {}, kind="desk_toast")
        self._background.start(self._notifier.show(toast), f"toast {name}")

    async def _remember(self, command: str, result: ToastResult) -> None:
        now = to_ms(self._clock.now())
        row = ToastRow(id=command, at=now, result=result.model_dump_json())

        def work(session: Session) -> None:
            session.exec(delete(ToastRow).where(col(ToastRow.at) < now - REMEMBERED_MS))
            session.add(row)

        try:
            await self._database.write(work)
        except StoreError as error:
            # It was shown and will be reported; at worst a repeated command shows it again.
            log.warning("toast_not_remembered", error=type(error).__name__)
