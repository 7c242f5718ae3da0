# SPDX-License-Identifier: EUPL-1.2
"""Workflows as data: a definition for each request type, and the timers of the requests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("collectivity", sa.Column("holidays", sa.String(), server_default="france", nullable=False))
    op.add_column("request_type", sa.Column("workflow", postgresql.JSONB(), nullable=True))
    op.add_column("request", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "request_timer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_request_timer_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_timer")),
    )
    op.create_index("ix_request_timer_request", "request_timer", ["request_id"], unique=False)
    op.create_index("ix_request_timer_next", "request_timer", ["next_at"], unique=False)


def downgrade() -> None:
    op.drop_table("request_timer")
    op.drop_column("request", "due_at")
    op.drop_column("request_type", "workflow")
    op.drop_column("collectivity", "holidays")
