"""${message}"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

import companion.db.types
${imports if imports else ""}
revision: str = "${up_revision}"
down_revision: str | Sequence[str] | None = ${repr(down_revision).replace("'", '"')}
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Change the schema."""
    ${upgrades if upgrades else "pass"}
