# SPDX-License-Identifier: EUPL-1.2
"""Appointments as calendars that a program reads again and again, each at a secret address."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("by_agent", sa.Boolean(), nullable=False),
        sa.Column("agendas", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feed_digest")),
    )
    op.create_index("ix_calendar_feed_owner", "calendar_feed", ["owner", "collectivity"])
    op.create_index(
        "ix_calendar_feed_town", "calendar_feed", ["collectivity", "id"], postgresql_where=sa.text("by_agent")
    )
    op.create_index("ix_calendar_feed_ended", "calendar_feed", ["ends_at"])


def downgrade() -> None:
    op.drop_table("calendar_feed")
