# SPDX-License-Identifier: EUPL-1.2
"""Archives of participatory budgets that were voted on elsewhere."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget_archive",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("ballots", sa.LargeBinary(), nullable=True),
        sa.Column("told", JSONB(none_as_null=True), nullable=True),
        sa.Column("record", JSONB(none_as_null=True), nullable=True),
        sa.Column("fault", JSONB(none_as_null=True), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_archive")),
    )
    op.create_index("ix_budget_archive_newest", "budget_archive", ["collectivity", "created_at", "id"])
    op.create_index(
        "uq_budget_archive_digest",
        "budget_archive",
        ["collectivity", "digest"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_index(
        "ix_budget_archive_waiting",
        "budget_archive",
        ["held_until", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("budget_archive")
