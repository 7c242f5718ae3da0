# SPDX-License-Identifier: EUPL-1.2
"""What came of mails after the relay took them, addresses that do not exist, and how choices came to be."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("email_delivery", sa.Column("delayed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("email_delivery", sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("email_delivery", sa.Column("report_status", sa.String(), nullable=True))
    op.create_table(
        "unreachable_address",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "collectivity", "channel", name=op.f("pk_unreachable_address")),
    )
    op.create_table(
        "preference_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference_change")),
    )
    op.create_index(
        "ix_preference_change_person", "preference_change", ["collectivity", "person", "created_at", "id"], unique=False
    )
    op.create_index("ix_preference_change_created_at", "preference_change", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_preference_change_created_at", table_name="preference_change")
    op.drop_index("ix_preference_change_person", table_name="preference_change")
    op.drop_table("preference_change")
    op.drop_table("unreachable_address")
    op.drop_column("email_delivery", "report_status")
    op.drop_column("email_delivery", "bounced_at")
    op.drop_column("email_delivery", "delayed_at")
