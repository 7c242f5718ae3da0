# SPDX-License-Identifier: EUPL-1.2
"""Who is written to when a webhook subscription fails, and the mails that say so."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook_subscription", sa.Column("contact_email", sa.LargeBinary(), nullable=True))
    op.create_table(
        "webhook_warning",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("last_reply", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["webhook_subscription.id"],
            name=op.f("fk_webhook_warning_subscription_id_webhook_subscription"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_warning")),
        sa.UniqueConstraint(
            "subscription_id", "reason", "since_at", name=op.f("uq_webhook_warning_subscription_id_reason_since_at")
        ),
    )
    op.create_index(
        "ix_webhook_warning_due",
        "webhook_warning",
        ["due_at"],
        unique=False,
        postgresql_where="state IN ('pending', 'sending')",
    )
    op.create_index("ix_webhook_warning_created_at", "webhook_warning", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_webhook_warning_created_at", table_name="webhook_warning")
    op.drop_index("ix_webhook_warning_due", table_name="webhook_warning")
    op.drop_table("webhook_warning")
    op.drop_column("webhook_subscription", "contact_email")
