"""Files of proposals: which policy and e-policy was brought home, and by which download (I-5.2)."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from companion.clock import to_ms
from companion.management.file_views import FileOut
from companion.management.store.file_tables import ProposalFile, StoredFile
from companion.management.store.insert import insert_if_new
from companion.protocol import FileKind


class NotStored(LookupError):
    """The vault holds no file of this digest."""


def attach(
    session: Session,
    *,
    proposal: str,
    download: str | None,
    policy_number: str,
    kind: FileKind,
    digest: str,
    now: datetime,
) -> str:
    """File a file of the vault with a proposal; its id. The same again changes nothing. Raises NotStored."""
    if session.get(StoredFile, digest) is None:
        raise NotStored(digest)
    row = ProposalFile(
        proposal_id=proposal,
        download_id=download,
        policy_number=policy_number,
        kind=kind,
        digest=digest,
        filed_at=now,
    )
    if insert_if_new(session, row):
        return row.id
    known = _same(session, row)
    known.download_id, known.filed_at = download, now
    session.add(known)
    return known.id


def of_proposal(session: Session, proposal: str) -> list[FileOut]:
    """The files of a proposal, newest first."""
    return _listed(session, col(ProposalFile.proposal_id) == proposal)


def of_downloads(session: Session, downloads: list[str]) -> dict[str, FileOut]:
    """Download -> the file it brought home."""
    found = _listed(session, col(ProposalFile.download_id).in_(downloads))
    return {file.download: file for file in reversed(found) if file.download is not None}


def find(session: Session, file: str) -> FileOut | None:
    """One file by its id."""
    return next(iter(_listed(session, col(ProposalFile.id) == file)), None)


def _same(session: Session, row: ProposalFile) -> ProposalFile:
    found = select(ProposalFile).where(
        col(ProposalFile.proposal_id) == row.proposal_id,
        col(ProposalFile.policy_number) == row.policy_number,
        col(ProposalFile.kind) == row.kind,
        col(ProposalFile.digest) == row.digest,
    )
    return session.exec(found.with_for_update()).one()


def _listed(session: Session, which: ColumnElement[bool]) -> list[FileOut]:
    found = select(ProposalFile, StoredFile).join(
        StoredFile, col(StoredFile.digest) == col(ProposalFile.digest)
    )
    newest = found.where(which).order_by(col(ProposalFile.filed_at).desc(), col(ProposalFile.id))
    return [_out(row, stored) for row, stored in session.exec(newest)]


def _out(row: ProposalFile, stored: StoredFile) -> FileOut:
    return FileOut.model_validate(
        {
            "id": row.id,
            "proposal": row.proposal_id,
            "download": row.download_id,
            "kind": row.kind,
            "policy_number": row.policy_number,
            "digest": row.digest,
            "size": stored.size,
            "filed_at": to_ms(row.filed_at),
        }
    )
