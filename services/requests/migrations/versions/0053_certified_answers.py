# SPDX-License-Identifier: EUPL-1.2
"""Answers that another administration certifies, with the consent to ask it."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certified_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("type_code", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("fact", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certified_answer")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_certified_answer_request_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_certified_answer_person", "certified_answer", ["person", "collectivity", "id"])
    op.create_index(
        "ix_certified_answer_request",
        "certified_answer",
        ["request_id"],
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )
    op.create_index(
        "ix_certified_answer_loose", "certified_answer", ["created_at"], postgresql_where=sa.text("request_id IS NULL")
    )


def downgrade() -> None:
    op.drop_table("certified_answer")
