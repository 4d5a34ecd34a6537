"""Visits to portals, what a typed proposal holds, and whose console it is."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from companion.db.types import UTCDateTime

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("console_link", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_id", sa.String(), nullable=True))
    with op.batch_alter_table("console_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_id", sa.String(), nullable=True))
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("registered_on", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("insured_id_number", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("insured_phone", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("institution", sa.String(), nullable=True))

    op.create_table(
        "visit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=True),
        sa.Column("tab", sa.Integer(), nullable=True),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("vin", sa.String(), nullable=True),
        sa.Column("plate", sa.String(), nullable=True),
        sa.Column("insured", sa.String(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["issuing_account.id"], name="fk_visit_account_id_issuing_account"
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_visit_device_id_device"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_visit_proposal_id_proposal"),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_asked_at", ["asked_at"], unique=False)
        batch_op.create_index("ix_visit_pending", ["device_id", "state"], unique=False)
        batch_op.create_index("ix_visit_proposal_id", ["proposal_id"], unique=False)
