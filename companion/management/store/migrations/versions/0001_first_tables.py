"""The tables of the management system."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from companion.db.types import Money, UTCDateTime

revision: str = "0001"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "console_link",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_console_link"),
    )
    op.create_table(
        "console_session",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_console_session"),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer"),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index("ix_customer_name", ["name"], unique=False)
        batch_op.create_index("ix_customer_phone", ["phone"], unique=False)

    op.create_table(
        "device",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sa.UniqueConstraint("token_digest", name="uq_device_token_digest"),
    )
    op.create_table(
        "enrolment_code",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_enrolment_code"),
    )
    op.create_table(
        "issuing_account",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("institution", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_issuing_account"),
        sa.UniqueConstraint("carrier", "origin", "login", name="uq_issuing_account_carrier_origin_login"),
    )
    op.create_table(
        "sighting",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sighting"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_event_device_id_device"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_table(
        "portal_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("tab", sa.Integer(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_portal_session_device_id_device"),
        sa.PrimaryKeyConstraint("id", name="pk_portal_session"),
    )
    with op.batch_alter_table("portal_session", schema=None) as batch_op:
        batch_op.create_index("ix_portal_session_device_id", ["device_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("plate", sa.String(), nullable=True),
        sa.Column("insured", sa.String(), nullable=True),
        sa.Column("vin", sa.String(), nullable=True),
        sa.Column("engine_number", sa.String(), nullable=True),
        sa.Column("brand_model", sa.String(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_proposal_customer_id_customer"),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_proposal_device_id_device"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_proposal_insured", ["insured"], unique=False)
        batch_op.create_index("ix_proposal_plate", ["plate"], unique=False)
        batch_op.create_index("ix_proposal_state", ["state"], unique=False)
        batch_op.create_index("ix_proposal_updated_at", ["updated_at"], unique=False)

    op.create_table(
        "confirm",
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
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("numbers_key", sa.String(), nullable=False),
        sa.Column("seen_by", sa.String(), nullable=False),
        sa.Column("seen_in", sa.String(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("hinted_at", UTCDateTime(), nullable=False),
        sa.Column("rehinted", sa.Boolean(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sighting_id", sa.String(), nullable=True),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_confirm_device_id_device"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_confirm_proposal_id_proposal"),
        sa.ForeignKeyConstraint(["seen_by"], ["device.id"], name="fk_confirm_seen_by_device"),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_confirm_sighting_id_sighting"),
        sa.PrimaryKeyConstraint("id", name="pk_confirm"),
        sa.UniqueConstraint("carrier", "numbers_key", name="uq_confirm_carrier_numbers_key"),
        sa.UniqueConstraint("command_id", name="uq_confirm_command_id"),
    )
    with op.batch_alter_table("confirm", schema=None) as batch_op:
        batch_op.create_index("ix_confirm_due", ["due_at"], unique=False)
        batch_op.create_index("ix_confirm_proposal_id", ["proposal_id"], unique=False)
        batch_op.create_index("ix_confirm_sighting_id", ["sighting_id"], unique=False)

    op.create_table(
        "download",
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
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("clerk", sa.String(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_download_device_id_device"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_download_proposal_id_proposal"),
        sa.PrimaryKeyConstraint("id", name="pk_download"),
        sa.UniqueConstraint("command_id", name="uq_download_command_id"),
    )
    with op.batch_alter_table("download", schema=None) as batch_op:
        batch_op.create_index("ix_download_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_download_due", ["due_at"], unique=False)
        batch_op.create_index("ix_download_proposal_id", ["proposal_id"], unique=False)
        batch_op.create_index("ix_download_state", ["state"], unique=False)

    op.create_table(
        "line",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("sighting_id", sa.String(), nullable=True),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("revision", sa.String(), nullable=True),
        sa.Column("revised", sa.Integer(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("policy_number", sa.String(), nullable=True),
        sa.Column("underwriting", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=True),
        sa.Column("insured", sa.String(), nullable=True),
        sa.Column("start_at", UTCDateTime(), nullable=True),
        sa.Column("end_at", UTCDateTime(), nullable=True),
        sa.Column("premium", Money(), nullable=True),
        sa.Column("raw_status", sa.String(), nullable=False),
        sa.Column("registered_on", sa.String(), nullable=True),
        sa.Column("insured_id_number", sa.String(), nullable=True),
        sa.Column("insured_phone", sa.String(), nullable=True),
        sa.Column("coverages", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_line_proposal_id_proposal"),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_line_sighting_id_sighting"),
        sa.PrimaryKeyConstraint("id", name="pk_line"),
        sa.UniqueConstraint("carrier", "number", name="uq_line_carrier_number"),
    )
    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.create_index("ix_line_proposal_id", ["proposal_id"], unique=False)
        batch_op.create_index("ix_line_sighting_id", ["sighting_id"], unique=False)

    op.create_table(
        "notification",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("toast", sa.String(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=True),
        sa.Column("backend", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_notification_device_id_device"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_notification_proposal_id_proposal"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("ix_notification_at", ["at"], unique=False)
        batch_op.create_index("ix_notification_device_id", ["device_id"], unique=False)

    op.create_table(
        "push",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("remark", sa.String(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_push_customer_id_customer"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_push_proposal_id_proposal"),
        sa.PrimaryKeyConstraint("id", name="pk_push"),
    )
    with op.batch_alter_table("push", schema=None) as batch_op:
        batch_op.create_index("ix_push_proposal_id", ["proposal_id"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_needed", sa.Boolean(), nullable=False),
        sa.Column("sighting_id", sa.String(), nullable=True),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("shown_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("choice", sa.String(), nullable=True),
        sa.Column("remark", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_question_device_id_device"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_question_proposal_id_proposal"),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_question_sighting_id_sighting"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index("ix_question_device_id", ["device_id"], unique=False)
        batch_op.create_index("ix_question_proposal_id", ["proposal_id"], unique=False)
        batch_op.create_index("ix_question_sighting_id", ["sighting_id"], unique=False)
        batch_op.create_index("ix_question_state", ["state"], unique=False)

    op.create_table(
        "line_account",
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name="fk_line_account_line_id_line"),
        sa.PrimaryKeyConstraint("line_id", "origin", "login", name="pk_line_account"),
    )
    op.create_table(
        "timeline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=True),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("confirm_id", sa.String(), nullable=True),
        sa.Column("sighting_id", sa.String(), nullable=True),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["confirm_id"], ["confirm.id"], name="fk_timeline_confirm_id_confirm"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_timeline_proposal_id_proposal"),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_timeline_sighting_id_sighting"),
        sa.PrimaryKeyConstraint("id", name="pk_timeline"),
    )
    with op.batch_alter_table("timeline", schema=None) as batch_op:
        batch_op.create_index("ix_timeline_at", ["at"], unique=False)
        batch_op.create_index("ix_timeline_confirm_id", ["confirm_id"], unique=False)
        batch_op.create_index("ix_timeline_proposal_id", ["proposal_id"], unique=False)
        batch_op.create_index("ix_timeline_sighting_id", ["sighting_id"], unique=False)
