"""Underwriting, payment codes, quotations, quick downloads and files."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from companion.db.types import UTCDateTime

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

EMPTY = sa.text("'{}'")
"""What rows from before have in a new column of JSON."""


def upgrade() -> None:
    """Change the schema."""
    _quick_download()
    _payment_code()
    with op.batch_alter_table("confirm", schema=None) as batch_op:
        batch_op.add_column(sa.Column("query", sa.String(), nullable=False, server_default="confirm"))
        batch_op.add_column(sa.Column("asked", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column("ticket", sa.String(), nullable=True))

    with op.batch_alter_table("download", schema=None) as batch_op:
        batch_op.add_column(sa.Column("policy_number", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("quick_id", sa.String(), nullable=True))
        batch_op.create_index("ix_download_quick_id", ["quick_id"], unique=False)
        batch_op.create_foreign_key(
            "fk_download_quick_id_quick_download", "quick_download", ["quick_id"], ["id"]
        )

    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quote_number", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("replaced", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("declined", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("data_revision", sa.String(), nullable=True))

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agency_fields", sa.JSON(), nullable=False, server_default=EMPTY))
    with op.batch_alter_table("push", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fields", sa.JSON(), nullable=False, server_default=EMPTY))
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fields", sa.JSON(), nullable=False, server_default=EMPTY))
    _what_was_cancelled()


def _what_was_cancelled() -> None:
    """Numbers whose quote question was answered 取消 before stay unasked."""
    op.execute(
        "UPDATE line SET declined = 1 WHERE sighting_id IN (SELECT id FROM sighting WHERE state = 'cancelled')"
    )


def _quick_download() -> None:
    op.create_table(
        "quick_download",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=True),
        sa.Column("tab", sa.Integer(), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("command_id", sa.String(), nullable=True),
        sa.Column("command_at", UTCDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("waits_for_session", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("policy_number", sa.String(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("seen_by", sa.String(), nullable=False),
        sa.Column("seen_in", sa.String(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_quick_download_device_id_device"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_quick_download_proposal_id_proposal"
        ),
        sa.ForeignKeyConstraint(["seen_by"], ["device.id"], name="fk_quick_download_seen_by_device"),
        sa.PrimaryKeyConstraint("id", name="pk_quick_download"),
        sa.UniqueConstraint("command_id", name="uq_quick_download_command_id"),
    )
    with op.batch_alter_table("quick_download", schema=None) as batch_op:
        batch_op.create_index("ix_quick_download_changed_at", ["changed_at"], unique=False)
        batch_op.create_index("ix_quick_download_due", ["due_at"], unique=False)
        batch_op.create_index("ix_quick_download_proposal_id", ["proposal_id"], unique=False)


def _payment_code() -> None:
    op.create_table(
        "payment_code",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("image", sa.LargeBinary(), nullable=True),
        sa.Column("media", sa.String(), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("confirm_id", sa.String(), nullable=False),
        sa.Column("sighting_id", sa.String(), nullable=True),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["confirm_id"], ["confirm.id"], name="fk_payment_code_confirm_id_confirm"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_payment_code_proposal_id_proposal"
        ),
        sa.ForeignKeyConstraint(
            ["sighting_id"], ["sighting.id"], name="fk_payment_code_sighting_id_sighting"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment_code"),
        sa.UniqueConstraint("confirm_id", "digest", name="uq_payment_code_confirm_id_digest"),
    )
    with op.batch_alter_table("payment_code", schema=None) as batch_op:
        batch_op.create_index("ix_payment_code_proposal_id", ["proposal_id"], unique=False)
        batch_op.create_index("ix_payment_code_sighting_id", ["sighting_id"], unique=False)
