# SPDX-License-Identifier: EUPL-1.2
"""The legal period of each request, and how to reach the collectivity."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("collectivity", sa.Column("contact", postgresql.JSONB(), nullable=True))
    op.add_column("request", sa.Column("clock_started_on", sa.Date(), nullable=True))
    op.add_column("request", sa.Column("clock_paused_on", sa.Date(), nullable=True))
    op.add_column("request", sa.Column("clock_extra_days", sa.Integer(), server_default="0", nullable=False))
    op.add_column("request", sa.Column("clock_extended_months", sa.Integer(), server_default="0", nullable=False))
    op.add_column("request", sa.Column("legal_end_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in (
        "legal_end_at", "clock_extended_months", "clock_extra_days", "clock_paused_on", "clock_started_on",
    ):  # fmt: skip
        op.drop_column("request", column)
    op.drop_column("collectivity", "contact")
