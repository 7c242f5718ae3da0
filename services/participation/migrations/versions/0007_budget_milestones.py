# SPDX-License-Identifier: EUPL-1.2
"""What becomes of the chosen projects of participatory budgets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget_milestone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["budget_project.id"], name=op.f("fk_budget_milestone_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_milestone")),
    )
    op.create_index("ix_budget_milestone_newest", "budget_milestone", ["project_id", "created_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("budget_milestone")
