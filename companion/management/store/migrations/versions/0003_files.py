"""Files: what the vault holds, and which proposal a file belongs to."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from companion.db.types import UTCDateTime

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "stored_file",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_stored_file"),
        sa.UniqueConstraint("id", name="uq_stored_file_id"),
    )
    op.create_table(
        "file_part",
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", "number", name="pk_file_part"),
    )
    op.create_table(
        "proposal_file",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("download_id", sa.String(), nullable=True),
        sa.Column("policy_number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("filed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["stored_file.digest"], name="fk_proposal_file_digest_stored_file"),
        sa.ForeignKeyConstraint(["download_id"], ["download.id"], name="fk_proposal_file_download_id_download"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_proposal_file_proposal_id_proposal"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal_file"),
        sa.UniqueConstraint(
            "proposal_id",
            "policy_number",
            "kind",
            "digest",
            name="uq_proposal_file_proposal_id_policy_number_kind_digest",
        ),
    )
    op.create_index("ix_proposal_file_download_id", "proposal_file", ["download_id"])
    op.create_index("ix_proposal_file_digest", "proposal_file", ["digest"])
