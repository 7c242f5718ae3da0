# SPDX-License-Identifier: EUPL-1.2
"""Agents give requests to one another and to other teams; the history says to whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history_entry", sa.Column("team", sa.String(), nullable=True))
    op.add_column("history_entry", sa.Column("assignee", sa.Uuid(), nullable=True))
    op.add_column("bulk_operation", sa.Column("assignment", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("bulk_operation", "assignment")
    op.drop_column("history_entry", "assignee")
    op.drop_column("history_entry", "team")
