"""What the details told about the car of a ticket, before a hint of its tab is filed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("confirm", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_vin", sa.JSON(), nullable=True))
