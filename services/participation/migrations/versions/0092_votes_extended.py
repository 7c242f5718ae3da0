# SPDX-License-Identifier: EUPL-1.2
"""Votes by name last longer or are called off, and consultations last longer: by whom, why, and since when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("budget", sa.Column("wanted", JSONB(none_as_null=True), nullable=True))
    op.add_column("budget", sa.Column("announced_result_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("budget", sa.Column("change_reason", JSONB(none_as_null=True), nullable=True))
    op.add_column("consultation", sa.Column("announced_close_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("consultation", sa.Column("change_reason", JSONB(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("consultation", "change_reason")
    op.drop_column("consultation", "announced_close_at")
    op.drop_column("budget", "change_reason")
    op.drop_column("budget", "announced_result_at")
    op.drop_column("budget", "wanted")
