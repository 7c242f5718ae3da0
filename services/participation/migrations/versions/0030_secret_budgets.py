# SPDX-License-Identifier: EUPL-1.2
"""Participatory budgets that are voted on in secret: each has a poll of the same id."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("budget", sa.Column("secret", postgresql.JSONB(none_as_null=True), nullable=True))
    op.add_column("budget", sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("poll", sa.Column("of_budget", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("poll", "of_budget")
    op.drop_column("budget", "called_off_at")
    op.drop_column("budget", "secret")
