"""Tables of files: what the vault holds under which key, and which proposal a file belongs to."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, UniqueConstraint
from sqlmodel import Field

from companion.db.types import UTCDateTime
from companion.management.store.tables import Table, new_id


class StoredFile(Table, table=True):
    """One file of the vault, named by its content. `id` is what it is called where it lies, sealed."""

    __tablename__ = "stored_file"
    digest: str = Field(primary_key=True)
    """SHA-256 of the content."""
    id: str = Field(unique=True)
    key: bytes = Field(sa_type=LargeBinary)
    """Of this file alone: without this row nobody reads it any more, not even in an old copy."""
    size: int = Field(sa_type=BigInteger)
    stored_at: datetime = Field(sa_type=UTCDateTime)


class FilePart(Table, table=True):
    """A sealed part of a file, where no folder is set: a team's files lie in its database."""

    __tablename__ = "file_part"
    file_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """From 0 on, in order."""
    sealed: bytes = Field(sa_type=LargeBinary)
    added_at: datetime = Field(sa_type=UTCDateTime)


class ProposalFile(Table, table=True):
    """A policy or e-policy (电子保单) of a proposal."""

    __tablename__ = "proposal_file"
    __table_args__ = (UniqueConstraint("proposal_id", "policy_number", "kind", "digest"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    proposal_id: str = Field(foreign_key="proposal.id")
    download_id: str | None = Field(default=None, foreign_key="download.id", index=True)
    """The download that brought it home last."""
    policy_number: str
    kind: str
    digest: str = Field(foreign_key="stored_file.digest", index=True)
    filed_at: datetime = Field(sa_type=UTCDateTime)
