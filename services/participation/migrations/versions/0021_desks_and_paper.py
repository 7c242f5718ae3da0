# SPDX-License-Identifier: EUPL-1.2
"""Votes at a desk and on paper, on the same roll; batches of paper ballots, each entered by two agents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("poll_roll", sa.Column("channel", sa.String(), server_default="online", nullable=False))
    op.create_table(
        "paper_batch",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("ballots", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("valid", sa.Integer(), nullable=False),
        sa.Column("spoiled", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_paper_batch_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "label", name=op.f("pk_paper_batch")),
    )


def downgrade() -> None:
    op.drop_table("paper_batch")
    op.drop_column("poll_roll", "channel")
