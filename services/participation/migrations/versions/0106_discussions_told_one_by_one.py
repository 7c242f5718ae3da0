# SPDX-License-Identifier: EUPL-1.2
"""Whom to tell of a discussion is written with the marks of its comments, and told some at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "discussion_telling",
        sa.Column("news_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("news_id", "person", name=op.f("pk_discussion_telling")),
    )
    op.create_index("ix_discussion_telling_person", "discussion_telling", ["person"])
    op.create_index(
        "ix_discussion_telling_untold",
        "discussion_telling",
        ["news_id", "person"],
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_index(
        "ix_discussion_telling_told",
        "discussion_telling",
        ["news_id", "person"],
        postgresql_where=sa.text("told_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("discussion_telling")
