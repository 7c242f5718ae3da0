# SPDX-License-Identifier: EUPL-1.2
"""Templates that agents write, their published versions, and what mails and text messages have of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=True),
        sa.Column("draft", JSONB(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=True),
        sa.Column("latest", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
    )
    kept = sa.text("archived_at IS NULL")
    op.create_index(
        "ix_message_template_list", "message_template", ["collectivity", "created_at", "id"], postgresql_where=kept
    )
    op.create_index(
        "uq_message_template_name",
        "message_template",
        ["collectivity", sa.text("lower(name)")],
        unique=True,
        postgresql_where=kept,
    )
    op.create_index(
        "uq_message_template_occasion",
        "message_template",
        ["collectivity", "occasion"],
        unique=True,
        postgresql_where=sa.text("archived_at IS NULL AND occasion IS NOT NULL"),
    )
    op.create_table(
        "message_template_version",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["message_template.id"],
            name=op.f("fk_message_template_version_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("template_id", "number", name=op.f("pk_message_template_version")),
    )
    op.create_index("ix_message_template_version_list", "message_template_version", ["template_id", "created_at", "id"])
    op.add_column("message", sa.Column("html", sa.LargeBinary(), nullable=True))
    op.add_column("message", sa.Column("sms", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "sms")
    op.drop_column("message", "html")
    op.drop_table("message_template_version")
    op.drop_table("message_template")
