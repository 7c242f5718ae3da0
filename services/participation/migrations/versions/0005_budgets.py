# SPDX-License-Identifier: EUPL-1.2
"""Participatory budgets and the projects that residents propose in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("description", postgresql.JSONB(), nullable=False),
        *(
            sa.Column(f"{phase}_at", sa.DateTime(timezone=True), nullable=False)
            for phase in ("call", "deposit", "analysis", "vote", "result", "realisation")
        ),
        sa.Column("budgets", postgresql.JSONB(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("method", postgresql.JSONB(), nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
    )
    op.create_index("ix_budget_newest", "budget", ["collectivity", "created_at", "id"], unique=False)
    op.create_index(
        "ix_budget_opening", "budget", ["vote_at"], unique=False, postgresql_where=sa.text("frozen_at IS NULL")
    )
    op.create_table(
        "budget_project",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("estimate", sa.String(), nullable=False),
        sa.Column("position", postgresql.JSONB(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cost", sa.String(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_budget_project_budget_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_project")),
        sa.UniqueConstraint("budget_id", "number", name=op.f("uq_budget_project_budget_id_number")),
    )
    op.create_index("ix_budget_project_newest", "budget_project", ["budget_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_budget_project_person"), "budget_project", ["person"], unique=False)


def downgrade() -> None:
    op.drop_table("budget_project")
    op.drop_table("budget")
