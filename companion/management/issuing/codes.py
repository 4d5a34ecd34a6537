"""Payment codes: QR codes and card-payment numbers (刷卡支付号), known apart by what they say (I-4)."""

import base64
import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from sqlalchemy import and_, delete, update
from sqlmodel import Session, col, select

from companion.management.issuing.timeline import About, tell
from companion.management.store.insert import insert_if_new
from companion.management.store.signal_tables import PaymentCode
from companion.management.store.tables import Proposal
from companion.protocol import Code

LARGEST: Final = 16_000_000
"""Pixels of an image that is looked at: a few bytes can claim to be a huge picture."""
MEDIA: Final = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "WEBP": "image/webp",
}
"""Pictures that are kept, as browsers name them."""
Taken = Literal["new", "changed", "same"]


class Read(NamedTuple):
    """What an image is: its MIME type, and what its code says where that can be read."""

    media: str | None
    text: str | None


def read_image(image: bytes) -> Read:
    """Decode a QR code. Nothing raises: the bytes are a page's, they may be anything."""
    # Only who meets a code pays for these two: together they take longer to load than the office to start.
    import zxingcpp
    from PIL import Image

    try:
        with Image.open(io.BytesIO(image), formats=list(MEDIA)) as picture:
            media = MEDIA[str(picture.format)]
            if picture.width * picture.height > LARGEST:
                return Read(None, None)
            wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
            found = zxingcpp.read_barcodes(picture.convert("L"), formats=wanted)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return Read(None, None)
    return Read(media, next((code.text for code in found if code.text), None))


def keep(session: Session, confirm: str, carrier: str, code: Code, made: datetime) -> PaymentCode | None:
    """Keep what a page showed until the hint is confirmed. None: there is nothing in it.

    The same code of the same hint again is the same row, and waits again if it was over.
    """
    row = _row(confirm, carrier, code, made)
    return None if row is None else _kept(session, row)


def share(session: Session, confirm: str, others: Iterable[str]) -> None:
    """The newest code of a hint is each of these hints': it pays for several cars."""
    mine = select(PaymentCode).where(col(PaymentCode.confirm_id) == confirm, col(PaymentCode.state) != "over")
    row = _newest(session, mine)
    if row is not None:
        told = row.model_dump(include={"carrier", "kind", "digest", "text", "image", "media", "made_at"})
        for other in others:
            _kept(session, PaymentCode(**told, state="waiting", confirm_id=other))
        drop(session, confirm)


def _kept(session: Session, row: PaymentCode) -> PaymentCode:
    if insert_if_new(session, row):
        return row
    known = session.exec(
        select(PaymentCode)
        .where(col(PaymentCode.confirm_id) == row.confirm_id, col(PaymentCode.digest) == row.digest)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if known.state == "over":
        known.state, known.made_at = "waiting", row.made_at
        known.image, known.media = row.image, row.media
        known.proposal_id = known.sighting_id = None
    return known


def waiting(session: Session, confirm: str | None, sightings: Sequence[str] = ()) -> PaymentCode | None:
    """The newest code that waits with a hint or with sightings.

    Older ones are forgotten: a portal that shows a new code takes no money by the one before.
    """
    mine = (col(PaymentCode.confirm_id) == confirm) | col(PaymentCode.sighting_id).in_(sightings)
    found = select(PaymentCode).where(mine, col(PaymentCode.state) == "waiting")
    newest = _newest(session, found)
    if newest is not None:
        older = delete(PaymentCode).where(
            mine, col(PaymentCode.state) == "waiting", col(PaymentCode.id) != newest.id
        )
        session.execute(older)
    return newest


def current(session: Session, proposal: str) -> PaymentCode | None:
    """The code by which a proposal can be paid now."""
    mine = select(PaymentCode).where(
        col(PaymentCode.proposal_id) == proposal, col(PaymentCode.state) == "current"
    )
    return _newest(session, mine)


def take(session: Session, proposal: Proposal, row: PaymentCode, about: About, now: datetime) -> Taken:
    """A waiting code becomes the proposal's. The same code again is nothing new; a newer one replaces it.

    One that was shown before the proposal's newest has only come late: it is dead already.
    """
    before = current(session, proposal.id)
    if before is not None and before.digest == row.digest:
        if before.id != row.id:
            session.delete(row)
            session.flush()
        return "same"
    if _was_later(session, proposal.id, row):
        session.delete(row)
        tell(session, now, "code_dropped", about)
        return "same"
    if before is not None:
        _over([before])
    row.state, row.proposal_id, row.sighting_id = "current", proposal.id, None
    session.add(row)
    session.flush()
    if before is None:
        tell(session, now, f"{row.kind}_stored", about)
    else:
        tell(session, now, f"{row.kind}_changed", about)
    if row.kind == "qr" and row.text is None:
        tell(session, now, "qr_unreadable", about)
    return "new" if before is None else "changed"


def end(session: Session, proposal: str) -> None:
    """Withdrawn: nothing can be paid by the proposal's code any more."""
    row = current(session, proposal)
    if row is not None:
        _over([row])
        session.flush()


def drop(session: Session, confirm: str | None, sighting: str | None = None) -> bool:
    """Forget the codes that wait with a sighting, or with a hint and no sighting yet: 取消, or the carrier
    wants no money."""
    if sighting is None:
        mine = and_(col(PaymentCode.confirm_id) == confirm, col(PaymentCode.sighting_id).is_(None))
    else:
        mine = and_(col(PaymentCode.sighting_id) == sighting)
    gone = delete(PaymentCode).where(mine, col(PaymentCode.state) == "waiting")
    return session.execute(gone.returning(col(PaymentCode.id))).first() is not None


def move(session: Session, sightings: Iterable[str], to: str) -> None:
    """The codes of sightings that became another one wait there."""
    mine = update(PaymentCode).where(col(PaymentCode.sighting_id).in_(list(sightings)))
    session.exec(mine.values(sighting_id=to))


def _was_later(session: Session, proposal: str, row: PaymentCode) -> bool:
    """Whether the proposal already had a code that a page showed after this one."""
    later = select(PaymentCode.id).where(
        col(PaymentCode.proposal_id) == proposal,
        col(PaymentCode.id) != row.id,
        col(PaymentCode.made_at) > row.made_at,
    )
    return session.exec(later.limit(1)).first() is not None


def _over(rows: Iterable[PaymentCode]) -> None:
    for row in rows:
        row.state, row.image = "over", None


def _newest(session: Session, found: object) -> PaymentCode | None:
    newest = found.order_by(col(PaymentCode.made_at).desc(), col(PaymentCode.digest))  # type: ignore[attr-defined]
    locked = newest.with_for_update().execution_options(populate_existing=True)
    row: PaymentCode | None = session.exec(locked).first()
    return row


def _row(confirm: str, carrier: str, code: Code, made: datetime) -> PaymentCode | None:
    if code.text and code.text.strip():
        text = code.text.strip()
        read, image, kind = Read(None, text), None, "card"
    else:
        image = base64.b64decode(code.image or "")
        read, kind = read_image(image), "qr"
    if image is not None and read.media is None:
        return None
    return PaymentCode(
        carrier=carrier,
        kind=kind,
        state="waiting",
        digest=_digest(read.text.encode() if read.text is not None else image or b""),
        text=read.text,
        image=image,
        media=read.media,
        made_at=made,
        confirm_id=confirm,
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
