# SPDX-License-Identifier: EUPL-1.2
"""What became of proposals: milestones that agents report, and those who follow them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.add_column("proposal", sa.Column("outcome", sa.String(), nullable=True))
    op.add_column("proposal", sa.Column("outcome_on", sa.Date(), nullable=True))
    op.add_column("proposal", sa.Column("cost", sa.String(), nullable=True))
    op.create_table(
        "proposal_milestone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("cost", sa.String(), nullable=True),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("told_after", sa.Uuid(), nullable=True),
        sa.Column("told_at", instant, nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_milestone_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_milestone")),
    )
    op.create_index(
        "ix_proposal_milestone_newest", "proposal_milestone", ["proposal_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_proposal_milestone_town", "proposal_milestone", ["collectivity", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_proposal_milestone_untold",
        "proposal_milestone",
        ["id"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "proposal_follower",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_follower_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_follower")),
        sa.UniqueConstraint("proposal_id", "person", name=op.f("uq_proposal_follower_proposal_id_person")),
    )
    op.create_index("ix_proposal_follower_next", "proposal_follower", ["proposal_id", "id"], unique=False)
    op.create_index(op.f("ix_proposal_follower_person"), "proposal_follower", ["person"], unique=False)


def downgrade() -> None:
    op.drop_table("proposal_follower")
    op.drop_table("proposal_milestone")
    op.drop_column("proposal", "cost")
    op.drop_column("proposal", "outcome_on")
    op.drop_column("proposal", "outcome")
