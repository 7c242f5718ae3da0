# SPDX-License-Identifier: EUPL-1.2
"""The channels of a topic may be tried one after the other, and what failed for good by one goes by the next."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "preference",
        sa.Column(
            "modes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
    )
    op.add_column("preference_change", sa.Column("mode", sa.String(), server_default=sa.text("'all'"), nullable=False))
    op.add_column("delivery_decision", sa.Column("rank", sa.SmallInteger(), nullable=True))
    op.add_column("delivery_decision", sa.Column("follows", sa.String(), nullable=True))
    op.add_column("delivery", sa.Column("fallback_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("delivery", "fallback_at")
    op.drop_column("delivery_decision", "follows")
    op.drop_column("delivery_decision", "rank")
    op.drop_column("preference_change", "mode")
    op.drop_column("preference", "modes")
