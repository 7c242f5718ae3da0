# SPDX-License-Identifier: EUPL-1.2
"""For how long it is kept who chose what, and what their choices added up to after that."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

_KEPT = ("consultation", "poll", "budget")
REFUSED = """
DO $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM consultation WHERE counted <> '{}'
        UNION ALL SELECT 1 FROM proposal WHERE supports_kept > 0
        UNION ALL SELECT 1 FROM budget_choice
    ) THEN
        RAISE EXCEPTION 'votes are forgotten: what they added up to is kept here alone, and would be lost';
    END IF;
END
$$
"""


def upgrade() -> None:
    for table in _KEPT:
        days = sa.Column("retention_days", sa.Integer(), server_default=sa.text("365"), nullable=False)
        op.add_column(table, days)
        op.add_column(table, sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("consultation", sa.Column("counted", JSONB(none_as_null=True), nullable=True))
    op.add_column("proposal", sa.Column("supports_kept", sa.Integer(), nullable=True))
    op.add_column("proposal", sa.Column("supports_forgotten_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "budget_choice",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("choice", JSONB(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_budget_choice_budget_id_budget")),
        sa.PrimaryKeyConstraint("budget_id", "place", name=op.f("pk_budget_choice")),
    )


def downgrade() -> None:
    op.execute(REFUSED)
    op.drop_table("budget_choice")
    op.drop_column("proposal", "supports_forgotten_at")
    op.drop_column("proposal", "supports_kept")
    op.drop_column("consultation", "counted")
    for table in reversed(_KEPT):
        op.drop_column(table, "forgotten_at")
        op.drop_column(table, "retention_days")
