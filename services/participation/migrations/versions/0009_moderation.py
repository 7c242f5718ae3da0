# SPDX-License-Identifier: EUPL-1.2
"""Reports of comments, cases, decisions with their reasons, and appeals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moderation_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("comment_version", sa.Integer(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=False),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("first_moderator", sa.Uuid(), nullable=True),
        sa.Column("appeal_moderator", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("appeal_moderator <> first_moderator", name=op.f("ck_moderation_case_another_moderator")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_moderation_case_comment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_case")),
        sa.UniqueConstraint(
            "comment_id", "comment_version", name=op.f("uq_moderation_case_comment_id_comment_version")
        ),
    )
    op.create_index("ix_moderation_case_newest", "moderation_case", ["collectivity", "created_at", "id"], unique=False)
    op.create_index("ix_moderation_case_author", "moderation_case", ["author", "created_at", "id"], unique=False)
    op.create_table(
        "moderation_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_case.id"], name=op.f("fk_moderation_report_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_report")),
        sa.UniqueConstraint("case_id", "person", name=op.f("uq_moderation_report_case_id_person")),
    )
    op.create_index("ix_moderation_report_person", "moderation_report", ["person", "created_at"], unique=False)
    op.create_table(
        "moderation_decision",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("moderator", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("provision", postgresql.JSONB(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_case.id"], name=op.f("fk_moderation_decision_case_id")),
        sa.PrimaryKeyConstraint("case_id", "round", name=op.f("pk_moderation_decision")),
    )
    op.create_table(
        "moderation_appeal",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_case.id"], name=op.f("fk_moderation_appeal_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_moderation_appeal")),
    )


def downgrade() -> None:
    op.drop_table("moderation_appeal")
    op.drop_table("moderation_decision")
    op.drop_table("moderation_report")
    op.drop_table("moderation_case")
