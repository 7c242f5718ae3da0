# SPDX-License-Identifier: EUPL-1.2
"""Votes in participatory budgets, one a person, and their count."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "budget", sa.Column("live", sa.Boolean(), server_default=sa.false(), nullable=False), if_not_exists=True
    )
    op.add_column(
        "budget", sa.Column("changeable", sa.Boolean(), server_default=sa.false(), nullable=False), if_not_exists=True
    )
    op.add_column("budget", sa.Column("tally", postgresql.JSONB(), nullable=True), if_not_exists=True)
    op.add_column("budget", sa.Column("record", postgresql.JSONB(), nullable=True), if_not_exists=True)
    op.add_column("budget", sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True), if_not_exists=True)
    op.create_table(
        "budget_vote",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("choice", postgresql.JSONB(), nullable=True),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_budget_vote_budget_id")),
        sa.PrimaryKeyConstraint("budget_id", "person_key", name=op.f("pk_budget_vote")),
        if_not_exists=True,
    )
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_budget_closing")
        op.create_index(
            "ix_budget_closing",
            "budget",
            ["result_at"],
            unique=False,
            postgresql_where=sa.text("counted_at IS NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_budget_closing", table_name="budget", postgresql_where=sa.text("counted_at IS NULL"))
    op.drop_table("budget_vote")
    for column in ("counted_at", "record", "tally", "changeable", "live"):
        op.drop_column("budget", column)
