# SPDX-License-Identifier: EUPL-1.2
"""Keys of applications, and the messages that these have sent."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("guests", sa.LargeBinary(), nullable=True),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_key")),
    )
    op.create_index("ix_sending_key_list", "sending_key", ["collectivity", "created_at", "id"])
    op.create_table(
        "sending_count",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("span", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["sending_key.id"], name=op.f("fk_sending_count_key_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key_id", "span", "began_at", name=op.f("pk_sending_count")),
    )
    op.create_index("ix_sending_count_began_at", "sending_count", ["began_at"])
    op.create_table(
        "sent_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.Column("reference_index", sa.LargeBinary(), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["message.id"], name=op.f("fk_sent_message_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["key_id"], ["sending_key.id"], name=op.f("fk_sent_message_key_id")),
        sa.ForeignKeyConstraint(["template_id"], ["message_template.id"], name=op.f("fk_sent_message_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_message")),
    )
    listed = ["collectivity", "application", "kind"]
    op.create_index("ix_sent_message_list", "sent_message", [*listed, "created_at", "id"])
    op.create_index("ix_sent_message_reference", "sent_message", [*listed, "reference_index", "created_at", "id"])
    op.create_index("ix_sent_message_created_at", "sent_message", ["created_at"])
    op.create_index("ix_sent_message_key_id", "sent_message", ["key_id"])
    op.create_index("ix_sent_message_template_id", "sent_message", ["template_id"])


def downgrade() -> None:
    op.drop_table("sent_message")
    op.drop_table("sending_count")
    op.drop_table("sending_key")
